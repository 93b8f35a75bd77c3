"""Cases as schools lead them, entered day by day, and what their dossiers say."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from data.model import AgreedWith, Agreement, Check, DecisionKind, Kept, NoteKind, ParticipantRole, Strand
from data.protocol import StepState
from data.register import Jotting, Register
from data.register.dossier import Answer, Asked, Dossier, Gap, GapKind, Ruled, Statement
from data.register.dossier.words import to_text
from data.words import Words

from .school_kit import Kit

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


def open_case(kit: Kit, register: Register, bullied: str = ZOE, *accused: str) -> str:
    """Open a case about pupils by whole name."""
    sides = {kit.ids[bullied]: Strand.BULLIED, **{kit.ids[name]: Strand.ACCUSED for name in accused or (DANIEL,)}}
    return register.cases.open(sides)


def done(register: Register, code: str, step: int, text: str = "Gedaan.", about: Iterable[str] = ()) -> str:
    details = {"judgement": "bullying"} if step == 1 else {}
    return register.cases.record_step(code, step, StepState.DONE, text=text, about=about, details=details)


def report(kit: Kit, register: Register, code: str, facts: str, *, days_ago: int = 0, signal: bool = False) -> str:
    """Write down that something was seen, or that parents called, some days before."""
    return register.notes.add(
        Jotting(
            facts,
            pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),),
            happened=kit.clock.now() - dt.timedelta(days=days_ago),
            kind=NoteKind.SIGNAL if signal else NoteKind.OBSERVATION,
            case=code,
        )
    )


def agree(
    register: Register,
    code: str,
    text: str,
    *,
    check_in: int | None = 7,
    party: AgreedWith = AgreedWith.GROUP,
    about: tuple[str, ...] = (),
) -> str:
    now = register.now()
    agreement = Agreement(
        cases=(code,),
        party=party,
        author=register.me,
        happened=now.date(),
        entered=now,
        text=(text,),
        about=about,
        check_on=None if check_in is None else now.date() + dt.timedelta(days=check_in),
    )
    return str(register.db.table("agreements").insert(msgspec.to_builtins(agreement)))


def check(register: Register, code: str, agreement: str, kept: Kept, *, next_in: int | None = None) -> str:
    now = register.now()
    said = Check(
        agreement=agreement,
        case=code,
        author=register.me,
        happened=now.date(),
        entered=now,
        kept=kept,
        next_on=None if next_in is None else now.date() + dt.timedelta(days=next_in),
    )
    return str(register.db.table("checks").insert(msgspec.to_builtins(said)))


def consult(register: Register, code: str, again_in: int) -> str:
    again = register.now().date() + dt.timedelta(days=again_in)
    return register.cases.decide(code, DecisionKind.CONSULTED, text="Zo gaan we verder.", again=again)


def asked(found: Iterable[Ruled]) -> dict[Asked, Ruled]:
    return {ruled.asked: ruled for ruled in found}


def answers(found: Iterable[Ruled]) -> dict[Asked, Answer]:
    return {ruled.asked: ruled.answer for ruled in found}


def kinds(gaps: Iterable[Gap]) -> set[GapKind]:
    return {gap.kind for gap in gaps}


def english(dossier: Dossier) -> str:
    return to_text(dossier, Words("en"))


def typed(statements: Iterable[Statement]) -> str:
    """Return everything somebody typed in some statements."""
    return "\n".join(part for one in statements for said in one.said for part in said.text if isinstance(part, str))
