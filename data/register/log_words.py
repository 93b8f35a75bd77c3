"""What a line of the log says, in words: the code words are for the file, these are for people."""

from ..errors import N_
from ..model import LogEntry, LogKind, LogWhat
from ..words import Words

_CHANGED = {
    LogWhat.OPENED: N_("opened the case"),
    LogWhat.PUPILS: N_("changed who is in the case"),
    LogWhat.STEP: N_("recorded a step"),
    LogWhat.CONSULTED: N_("recorded a consultation"),
    LogWhat.CLOSED: N_("closed the case"),
    LogWhat.REOPENED: N_("opened the case again"),
    LogWhat.OFFERED: N_("offered the case to somebody else"),
    LogWhat.ACCEPTED: N_("took the case over"),
    LogWhat.ESCALATED: N_("said why the next phase is needed"),
    LogWhat.SEEN: N_("saw the case and said so"),
    LogWhat.REMOVAL: N_("wrote about suspension or expulsion"),
    LogWhat.COMPLAINT: N_("wrote about an official complaint"),
    LogWhat.NOTE: N_("wrote a note"),
    LogWhat.ADDED: N_("put a note in the case"),
    LogWhat.AGREEMENT: N_("made an agreement"),
    LogWhat.CHECK: N_("looked at an agreement"),
    LogWhat.APPROACH: N_("wrote about an approach"),
    LogWhat.INCIDENT: N_("wrote about an incident"),
}

_EXPORTED = {
    LogWhat.DOSSIER: N_("exported the dossier"),
    LogWhat.PARNASSYS: N_("exported for ParnasSys"),
    LogWhat.CALENDAR: N_("exported the calendar"),
    LogWhat.YEAR: N_("exported the year figures"),
    LogWhat.BACKUP: N_("made a backup"),
}

_PERSON = {
    LogWhat.INVITED: N_("invited {who}"),
    LogWhat.JOINED: N_("{who} logged in for the first time"),
    LogWhat.RESET: N_("gave {who} a new one-time code"),
    LogWhat.ROLES: N_("changed the tasks of {who}"),
    LogWhat.LEFT: N_("took {who} out of the school"),
    LogWhat.RECOVERY: N_("replaced the recovery code"),
    LogWhat.IMPORTED: N_("took groups and pupils from a file"),
}


def told(words: Words, line: LogEntry, who: str) -> str:
    """Return what somebody did, without who did it; `who` is the name of the person it is about."""
    match line.kind:
        case LogKind.READ:
            return words.tr(N_("read the case")) if line.case else words.tr(N_("read"))
        case LogKind.GRANTED:
            return words.tr(N_("let {who} take part"), who=who)
        case LogKind.WITHDRAWN:
            return words.tr(N_("took {who} out of the case"), who=who)
        case LogKind.CHANGED:
            return words.tr(_CHANGED.get(_what(line), N_("changed something")))
        case LogKind.EXPORTED:
            return words.tr(_EXPORTED.get(_what(line), N_("exported something")))
        case LogKind.PERSON:
            return words.tr(_PERSON.get(_what(line), N_("changed something about {who}")), who=who)


def _what(line: LogEntry) -> LogWhat:
    try:
        return LogWhat(line.what)
    except ValueError:  # no word, or one of a newer version
        return LogWhat.OTHER
