"""What complaint rulings found wrong, entered as it happened: the dossier says it, before a committee does.

Landelijke Klachtencommissie, onderwijsgeschillen.nl; each test is named after the ruling.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Kept, ParticipantRole, Strand
from data.protocol import StepState
from data.register import Jotting
from data.register.dossier import Answer, Asked, GapKind, build, questions

from .dossier_kit import (
    DANIEL,
    ZOE,
    agree,
    answers,
    asked,
    check,
    consult,
    done,
    english,
    kinds,
    open_case,
    report,
)
from .school_kit import Kit, school


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def test_106704_reports_not_registered_and_not_examined_whether_it_was_structural(kit: Kit) -> None:
    marit = kit.open_as("marit")
    notes = []
    for facts in ("Duwen op het plein.", "Jas in de modder.", "Weer buitengesloten."):
        kit.clock.pass_(days=2)
        notes.append(marit.notes.add(Jotting(facts, pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),))))
    kit.clock.pass_(days=20)
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED}, notes=notes)
    kit.clock.pass_(days=1)
    report(kit, marit, code, "Moeder belde: elke week geduwd.", days_ago=15, signal=True)
    kit.clock.pass_(days=5)

    found = asked(questions(marit, code))
    assert found[Asked.REGISTERED].answer is Answer.PARTLY
    assert kinds(found[Asked.REGISTERED].gaps) == {GapKind.LATE}
    assert found[Asked.EXAMINED].answer is Answer.NO
    assert kinds(found[Asked.EXAMINED].gaps) >= {GapKind.NOT_ASSESSED, GapKind.STRUCTURAL}
    known = marit.cases.get(code)
    assert "late" in known.attention(marit.now().date())
    text = english(build(marit, code))
    assert "was written down late" in text
    assert "the case was opened long after" in text


def test_105512_parts_skipped_and_poor_reports(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    done(marit, code, 1)
    done(marit, code, 2, "Zoë vertelde het.", [kit.ids[ZOE]])
    kit.clock.pass_(days=3)
    done(marit, code, 4, "Ouders gebeld.", [kit.ids[ZOE]])
    done(marit, code, 7)
    for _ in range(4):
        kit.clock.pass_(days=3)
        report(kit, marit, code, "Ouders vragen hoe het gaat.", signal=True)

    found = asked(questions(marit, code))
    assert found[Asked.APPLIED].answer is Answer.PARTLY
    assert {gap.step for gap in found[Asked.APPLIED].gaps} == {3, 5, 6}
    assert found[Asked.HEARD].answer is Answer.PARTLY
    assert [gap.pupil for gap in found[Asked.HEARD].gaps] == [kit.ids[DANIEL]]
    assert found[Asked.TOLD].answer is Answer.PARTLY
    assert found[Asked.REPORTED].answer is Answer.NO
    assert kinds(found[Asked.REPORTED].gaps) == {GapKind.NO_REPORT, GapKind.RANG}
    known = marit.cases.get(code)
    assert {view.step.number for view in known.progress.steps if view.missing} == {2, 3, 4, 5, 6}
    assert "missing" in known.attention(marit.now().date())
    assert "passed over, without a reason" in english(build(marit, code))

    for step in (3, 5, 6):
        marit.cases.record_step(code, step, StepState.SKIPPED, reason="De groep was op kamp.")
    assert asked(questions(marit, code))[Asked.APPLIED].gaps == ()


def test_104763_agreements_not_kept_and_parents_who_had_to_ring_the_bell(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    done(marit, code, 4, "Met beide ouders.", [kit.ids[ZOE], kit.ids[DANIEL]])
    kept, dropped, forgotten = (
        agree(marit, code, text) for text in ("Hoi zeggen.", "Pauze apart.", "Elke week bellen.")
    )
    kit.clock.pass_(days=7)
    check(marit, code, kept, Kept.KEPT)
    check(marit, code, dropped, Kept.NOT)
    for _ in range(3):
        kit.clock.pass_(days=1)
        report(kit, marit, code, "Moeder belt: er is niets gebeurd.", signal=True)

    found = asked(questions(marit, code))
    assert found[Asked.AGREED].answer is Answer.YES
    assert found[Asked.KEPT].answer is Answer.PARTLY
    assert kinds(found[Asked.KEPT].gaps) == {GapKind.NOT_KEPT, GapKind.CHECK_LATE}
    assert [gap.count for gap in found[Asked.REPORTED].gaps if gap.kind is GapKind.RANG] == [3]
    check(marit, code, dropped, Kept.PARTLY)
    check(marit, code, forgotten, Kept.KEPT)
    assert kinds(asked(questions(marit, code))[Asked.KEPT].gaps) == {GapKind.PARTLY_KEPT}
    assert "kept in part" in english(build(marit, code))


def test_105629_the_first_report_by_the_protocol_and_the_later_ones_not_examined(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    report(kit, marit, code, "Geduwd op het plein.")
    done(marit, code, 1)
    kit.clock.pass_(days=1)
    for step in (2, 4):
        done(marit, code, step, "Gesprekken.", [kit.ids[ZOE], kit.ids[DANIEL]])
    kit.clock.pass_(days=14)
    report(kit, marit, code, "Weer geduwd.")
    assert asked(questions(marit, code))[Asked.EXAMINED].answer is Answer.YES, "there is still time"
    kit.clock.pass_(days=20)

    found = asked(questions(marit, code))
    assert found[Asked.EXAMINED].answer is Answer.PARTLY
    assert [gap.kind for gap in found[Asked.EXAMINED].gaps] == [GapKind.NOT_EXAMINED]
    assert "late" in marit.cases.get(code).attention(marit.now().date())
    assert "Nothing was done with the report of Thu 3 Dec 2026." in english(build(marit, code))


def test_104451_on_paper_and_kept_both_sides_heard_reports_sent_evaluation_planned(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    report(kit, marit, code, "Geduwd op het plein.")
    done(marit, code, 1)
    for step, text in ((2, "vertelt het zelf."), (4, "Ouders apart gesproken.")):
        kit.clock.pass_(days=1)
        for name in (ZOE, DANIEL):
            done(marit, code, step, text, [kit.ids[name]])
        if step == 2:
            done(marit, code, 3, "Met Anne: dit is pesten.")
    done(marit, code, 5, "Kringgesprek.")
    done(marit, code, 6, "Een maatje.")
    kit.clock.pass_(days=1)
    done(marit, code, 7, "Op papier gezet.")
    agreement = agree(marit, code, "We lopen niet achter elkaar aan.")
    for _ in range(2):
        kit.clock.pass_(days=7)
        check(marit, code, agreement, Kept.KEPT, next_in=7)
        done(marit, code, 8, "Het lukt.")
        done(marit, code, 9, "Anne en de ouders weten hoe het gaat.")
    consult(marit, code, 14)

    assert answers(questions(marit, code)) == dict.fromkeys(Asked, Answer.YES)
    whole = build(marit, code)
    assert whole.gaps == ()
    assert "Nothing, as far as the program can tell." in english(whole)
    assert all(ruled.evidence for ruled in whole.ruled)
    assert not any(view.missing for view in marit.cases.get(code).progress.steps)
    assert marit.cases.get(code).attention(marit.now().date()) == ()
    for name in (ZOE, DANIEL):
        assert build(marit, code, kit.ids[name]).gaps == ()
