"""An incident in words: the nine national kinds, its ground, what was done about it."""

from ..errors import N_
from ..model import Ground, IncidentWhat, NationalKind

NATIONAL = {
    NationalKind.INJURY: N_("violence with injury"),
    NationalKind.ARMED: N_("violence with a weapon"),
    NationalKind.WEAPON: N_("possession of a weapon"),
    NationalKind.SEXUAL: N_("sexual"),
    NationalKind.BULLYING: N_("serious bullying"),
    NationalKind.DISCRIMINATION: N_("discrimination"),
    NationalKind.THREAT: N_("threat"),
    NationalKind.DAMAGE: N_("vandalism or theft"),
    NationalKind.DRUGS: N_("drugs"),
}
"""What each national kind is called (ITS/OCW 2009)."""

GROUND = {Ground.JUDGEMENT: N_("teacher's judgement"), Ground.COMPLAINT: N_("official complaint")}

WHAT = {
    IncidentWhat.PARENTS: N_("parents told"),
    IncidentWhat.DIRECTOR: N_("management brought in"),
    IncidentWhat.MEASURE: N_("measure"),
    IncidentWhat.PARNASSYS: N_("in ParnasSys"),
    IncidentWhat.REPORTED: N_("report considered"),
}
"""What was done about it, in the order in which it is mostly done."""
