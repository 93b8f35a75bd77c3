"""What was agreed, in words: with whom, when it is looked at, how it was kept, how safe a child feels."""

from collections.abc import Iterable
from datetime import date

from textual.content import Content

from data.errors import N_
from data.model import AgreedWith, Agreement, Approach, Check, Kept
from data.protocol import Proof, StepView
from data.register import KnownAgreement, KnownCase

from .desk import Desk
from .text import safe

KEPT = {Kept.KEPT: N_("kept"), Kept.PARTLY: N_("partly kept"), Kept.NOT: N_("not kept")}
"""How an agreement was kept; the number of its place chooses it in the form."""

PARTIES = {AgreedWith.GROUP: N_("the group"), AgreedWith.FAMILY: N_("a family"), AgreedWith.PUPIL: N_("a pupil")}
"""With whom something is agreed."""

NAMED = 3
"""How many pupils of an agreement are named; the others are counted."""


def kept_sign(desk: Desk, kept: Kept) -> tuple[str, str]:
    """Return the sign of how it was kept, and its style."""
    glyphs = desk.glyphs
    return {
        Kept.KEPT: (glyphs.done, "done"),
        Kept.PARTLY: (glyphs.busy, "key"),
        Kept.NOT: (glyphs.broken, "late"),
    }[kept]


def party(desk: Desk, agreement: Agreement) -> str:
    """Return with whom it was agreed: `groep 6`, `ouders van Z.d.V.`, `Z.d.V.`."""
    if agreement.party is AgreedWith.GROUP:
        found = desk.register.pupils.groups().get(agreement.group)
        if found is None:
            return desk.tr(PARTIES[AgreedWith.GROUP])
        name = found.name.removeprefix("groep ").removeprefix("group ")
        return desk.tr("group {name}", name=name)
    more = f" +{len(agreement.about) - NAMED}" if agreement.about[NAMED:] else ""
    pupils = ", ".join(map(desk.pupil, agreement.about[:NAMED])) + more
    return desk.tr("parents of {pupil}", pupil=pupils) if agreement.party is AgreedWith.FAMILY else pupils


def when(desk: Desk, known: KnownAgreement, today: date, *, going_on: bool = True) -> tuple[str, str, str]:
    """Return when it is looked at: a sign, words and their style. `going_on`: its case is open."""
    glyphs, due = desk.glyphs, known.due
    if known.corrected:
        return glyphs.skipped, desk.tr("replaced"), "quiet"
    if due is None or not going_on:
        sign, style = kept_sign(desk, known.kept) if known.kept else (glyphs.open, "quiet")
        return sign, desk.tr(KEPT[known.kept]) if known.kept else desk.tr("no day to look"), style
    days = (today - due).days
    if days > 0:
        return glyphs.late, desk.words.trn("{count} day late", "{count} days late", days), "late"
    if days == 0:
        return glyphs.new, desk.tr("today"), "key"
    return glyphs.open, desk.tr("by {date}", date=desk.words.date(due)), "key"


def standing(known: KnownCase) -> list[KnownAgreement]:
    """Return the agreements that stand, what is due first in front."""
    found = [agreed for agreed in known.agreements if not agreed.corrected]
    return sorted(found, key=lambda agreed: agreed.due or date.max)


def how_many(desk: Desk, known: KnownCase, today: date) -> tuple[str, str]:
    """Return how many agreements stand and how many are late, as `2, 1 te laat`, and a style; empty for none."""
    found = standing(known)
    late = sum(agreed.overdue(today) for agreed in found) if known.open else 0
    if not late:
        return (str(len(found)) if found else ""), "quiet"
    return f"{len(found)}, {desk.tr('{count} late', count=late)}", "late"


def of_step(desk: Desk, known: KnownCase, view: StepView, today: date) -> tuple[str, str]:
    """Return the same for a step that makes or looks at agreements: `afspraken: 2, 1 te laat`; empty for others."""
    text, style = how_many(desk, known, today) if agrees(view) else ("", "quiet")
    return (desk.tr("agreements: {count}", count=text) if text else ""), style


def agrees(view: StepView) -> bool:
    """Whether a step makes agreements, or looks at them."""
    return view.step.proof in (Proof.AGREEMENT, Proof.CHECK)


def safety(desk: Desk, known: KnownCase, said: Check | Approach) -> str:
    """Return how safe a child feels now, and felt before, as `veilig 2 → 4`; empty where nobody asked."""
    if said.safety is None:
        return ""
    before = known.agreed.scored_before(said)
    score = str(said.safety) if before is None else f"{before} {desk.glyphs.to} {said.safety}"
    whose = desk.pupil(said.about if isinstance(said, Check) else "".join(said.about))
    return " ".join((whose, desk.tr("safe {score}", score=score)))


def method(known: KnownCase, said: Approach) -> str:
    """Return what the protocol calls a method; its id where the protocol has none of that name."""
    return next((found.title for found in known.protocol.methods if found.id == said.method), said.method)


def agreement_lines(desk: Desk, known: KnownCase, agreed: KnownAgreement, today: date) -> Content:
    """Return an agreement with its checks, a line each."""
    said = agreed.agreement
    sign, word, style = when(desk, agreed, today, going_on=known.open)
    about = [party(desk, said), desk.words.date(said.happened), desk.author(said.author)]
    if others := [code for code in said.cases if code != known.code]:
        about.append(desk.tr("also in {cases}", cases=", ".join(others)))
    head = Content.assemble((f"{sign} {word}", f"bold ${style}"), "  ", safe("  ".join(about), "$meta"))
    text = safe(desk.text(said.text), "$quiet" if agreed.corrected else "bold")
    return Content("\n").join((head, text, *check_lines(desk, known, agreed)))


def check_lines(desk: Desk, known: KnownCase, agreed: KnownAgreement) -> Iterable[Content]:
    """Yield what was found each time somebody looked."""
    for check in agreed.checks:
        said = check.record
        sign, style = kept_sign(desk, said.kept)
        parts = [desk.words.date(said.happened), desk.author(said.author), safety(desk, known, said)]
        head = safe("  ".join(filter(None, parts)), "$meta")
        text = [safe(desk.text(said.text).replace("\n", " "))] if said.text else []
        word = (f"{sign} {desk.tr(KEPT[said.kept])}", f"${style}")
        yield Content("  ").join((Content.assemble("  ", word), head, *text))


def approach_lines(desk: Desk, known: KnownCase, said: Approach) -> Content:
    """Return where a method was begun, or looked back on."""
    what = desk.tr("looked back") if said.looked else desk.tr("begun")
    parts = [desk.words.date(said.happened), what, desk.author(said.author), safety(desk, known, said)]
    head = Content.assemble((method(known, said), "bold"), "  ", safe("  ".join(filter(None, parts)), "$meta"))
    return Content("\n").join((head, safe(desk.text(said.text)))) if said.text else head


def told(desk: Desk, known: KnownCase, said: Agreement | Check | Approach) -> str:
    """Return in one line what a colleague agreed, found or tried."""
    if isinstance(said, Agreement):
        what = desk.tr("agreed with {whom}", whom=party(desk, said))
    elif isinstance(said, Check):
        what = desk.tr("agreement {kept}", kept=desk.tr(KEPT[said.kept]))
    else:
        what = method(known, said)
    return ": ".join(filter(None, (what, desk.text(said.text))))
