"""Agreements and whether they are kept, and the methods that are tried in a case: made, looked at, looked back on."""

from collections.abc import Iterable
from datetime import date

import msgspec

from ..clean import clean_line
from ..errors import N_, Changed, NotAllowed, UsageError
from ..model import AgreedWith, Agreement, Approach, Check, Kept, LogWhat
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .agreed import AgreedReader, KnownAgreement, KnownApproach
from .cases import Cases
from .known import KnownCase
from .log import Log
from .notes import check_length
from .schema import groups_of_pupils, groups_taught
from .text import link

MOST_CASES = 20
"""How many cases one agreement serves at most; more is a rule of the school."""


class Agreements:
    """What was agreed in the cases that this person can read."""

    def __init__(self, vault: Vault, db: VaultDB, cases: Cases, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._cases = cases
        self._log = log

    # --- reading -------------------------------------------------------------------------------------------

    def of_case(self, code: str) -> list[KnownAgreement]:
        """Return the agreements that serve a case, in the order of writing; raises NotAllowed."""
        return list(self._cases.get(code).agreements)

    def approaches_of(self, code: str) -> list[KnownApproach]:
        """Return where a method was begun or looked back on in a case, in the order of writing; raises NotAllowed."""
        return list(self._cases.get(code).approaches)

    def outside(self) -> list[KnownAgreement]:
        """Return what stands agreed with one's own groups, in cases that one takes no part in; soonest due first."""
        mine = groups_taught(self._vault, self._vault.directory)
        found = [known for known in AgreedReader(self._vault, self._db).of_groups(mine.keys()) if not known.corrected]
        return sorted(found, key=lambda known: (known.due or date.max, known.agreement.entered))

    def groups(self, known: KnownCase) -> list[str]:
        """Return the ids of the groups that a case's pupils are in, as far as this person can read them."""
        return sorted(groups_of_pupils(self._vault, known.names))

    def may_score(self, agreed: KnownAgreement, pupil: str) -> bool:
        """Whether a pupil's score can stand with an agreement: whoever reads that takes part, or teaches the pupil."""
        group = agreed.agreement.group
        return not agreed.shared and (not group or group in groups_of_pupils(self._vault, [pupil]))

    def others(self, code: str, group: str) -> list[KnownCase]:
        """Return the other open cases with pupils of a group that an agreement can serve as well, oldest first."""
        found = (known for known in self._cases.all() if known.open and known.code != self._cases.get(code).code)
        return [known for known in found if group in groups_of_pupils(self._vault, known.names)]

    # --- agreements ----------------------------------------------------------------------------------------

    def make(
        self,
        case: str,
        party: AgreedWith,
        text: str,
        *,
        about: Iterable[str] = (),
        group: str = "",
        also: Iterable[str] = (),
        check_on: date | None = None,
        corrects: str = "",
        happened: date | None = None,
    ) -> str:
        """Write an agreement down and return its id.

        `about` are the pupils it is with, or whose families; `group` is the id of the group it is with (the only one
        of the case's pupils, if empty) and `also` further cases that it serves there. `corrects` is the agreement
        that it takes the place of. Raises UsageError; Changed where that one was corrected meanwhile; NotAllowed,
        NotSaved or Busy.
        """
        check_length(text)
        with self._vault.transaction():
            known = self._open_case(case)
            now = self._vault.machine.clock.now()
            whole = party is AgreedWith.GROUP
            group = self._group(known, group) if whole else ""
            codes = self._codes(known, group, also, whole)
            agreement = Agreement(
                cases=codes,
                party=party,
                author=self._vault.me.id.hex(),
                happened=happened or now.date(),
                entered=now,
                text=link(text, known.forms),
                about=() if whole else _inside(known, about),
                group=group,
                check_on=check_on,
                corrects=corrects,
            )
            if not agreement.text:
                raise UsageError(N_("Write in one sentence what was agreed."))
            if not whole and not agreement.about:
                raise UsageError(N_("With whom was it agreed? Choose the pupils."))
            _check_days(now.date(), agreement.happened, check_on)
            if corrects and self._standing(known, corrects).corrected:
                raise Changed(N_("A colleague changed this agreement meanwhile. Nothing was saved."))
            for code in codes:
                self._log.changed(code, LogWhat.AGREEMENT)
            return str(self._db.table("agreements").insert(msgspec.to_builtins(agreement)))

    def check(
        self,
        agreement: str,
        case: str,
        kept: Kept,
        *,
        text: str = "",
        safety: int | None = None,
        about: str = "",
        next_on: date | None = None,
        happened: date | None = None,
    ) -> str:
        """Write down whether an agreement was kept and return the check's id.

        `safety` is the score of the pupil `about`, from 1 to 5; `next_on` is when it is looked at again, None: it
        need not be. Two people who look at once both count. Raises UsageError, NotAllowed, NotSaved or Busy.
        """
        check_length(text)
        with self._vault.transaction():
            known = self._open_case(case)
            agreed = self._standing(known, agreement)
            now = self._vault.machine.clock.now()
            check = Check(
                agreement=agreed.id,
                case=known.code,
                author=self._vault.me.id.hex(),
                happened=happened or now.date(),
                entered=now,
                kept=kept,
                text=link(text, known.forms),
                safety=_score(known, safety, about),
                about=about if safety is not None else "",
                next_on=next_on,
            )
            if agreed.corrected:
                raise UsageError(N_("Another agreement stands in the place of this one: look at that one."))
            if check.happened < agreed.agreement.happened:
                raise UsageError(N_("That was before it was agreed."))
            if safety is not None and not self.may_score(agreed, about):
                raise UsageError(N_("Others read this agreement as well: how safe this child feels stays out of it."))
            _check_days(now.date(), check.happened, next_on)
            self._log.changed(known.code, LogWhat.CHECK)
            return str(self._db.table("checks").insert(msgspec.to_builtins(check)))

    # --- approaches ----------------------------------------------------------------------------------------

    def begin(
        self, case: str, method: str, *, text: str = "", about: Iterable[str] = (), happened: date | None = None
    ) -> str:
        """Write down that one of the protocol's methods was begun and return the id; raises as `make` does."""
        return self._approach(case, method, text, tuple(about), happened, looked=False, safety=None)

    def looked(
        self,
        case: str,
        method: str,
        *,
        text: str = "",
        safety: int | None = None,
        about: str = "",
        happened: date | None = None,
    ) -> str:
        """Write down how a method that was begun goes and return the id; raises as `make` does.

        `safety` is the score of the pupil `about`, from 1 to 5.
        """
        inside = (about,) if about else ()
        return self._approach(case, method, text, inside, happened, looked=True, safety=safety)

    def _approach(
        self,
        case: str,
        method: str,
        text: str,
        about: tuple[str, ...],
        happened: date | None,
        *,
        looked: bool,
        safety: int | None,
    ) -> str:
        check_length(text)
        with self._vault.transaction():
            known = self._open_case(case)
            now = self._vault.machine.clock.now()
            approach = Approach(
                case=known.code,
                method=method,
                author=self._vault.me.id.hex(),
                happened=happened or now.date(),
                entered=now,
                text=link(text, known.forms),
                about=_inside(known, about),
                looked=looked,
                safety=_score(known, safety, "".join(about)),
            )
            if method not in {found.id for found in known.protocol.methods}:
                raise UsageError(N_("The protocol has no such method."))
            _check_days(now.date(), approach.happened, None)
            if looked:
                _check_begun(known, approach)
            self._log.changed(known.code, LogWhat.APPROACH)
            return str(self._db.table("approaches").insert(msgspec.to_builtins(approach)))

    # --- what is asked first -------------------------------------------------------------------------------

    def _open_case(self, code: str) -> KnownCase:
        known = self._cases.get(code)
        if not known.open:
            raise UsageError(N_("This case is closed. Open it again first."))
        return known

    @staticmethod
    def _standing(known: KnownCase, ident: str) -> KnownAgreement:
        found = next((agreed for agreed in known.agreements if agreed.id == ident), None)
        if found is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        return found

    def _group(self, known: KnownCase, group: str) -> str:
        """Return the group it is with; empty for who cannot read the pupils' list and so not name it."""
        groups = groups_of_pupils(self._vault, known.names)
        if group and group not in groups:
            raise UsageError(N_("None of this case's pupils is in that group."))
        if not group and len(groups) > 1:
            raise UsageError(N_("With which group was it agreed?"))
        return group or next(iter(groups), "")

    def _codes(self, known: KnownCase, group: str, also: Iterable[str], whole: bool) -> tuple[str, ...]:
        """Return the cases it serves: the one it was made in first."""
        codes = dict.fromkeys((known.code, *(clean_line(code, 20).upper() for code in also)))
        if len(codes) > 1 and not whole:
            raise UsageError(N_("Only an agreement with the group can serve several cases."))
        if len(codes) > MOST_CASES:
            raise UsageError(N_("An agreement serves at most {most} cases."), most=MOST_CASES)
        for code in list(codes)[1:]:
            if group not in groups_of_pupils(self._vault, self._open_case(code).names):
                raise UsageError(N_("None of the pupils of case {code} is in that group."), code=code)
        return tuple(codes)


def _inside(known: KnownCase, pupils: Iterable[str]) -> tuple[str, ...]:
    """Return pupils, each once; raises UsageError for one who is not in the case."""
    found = tuple(dict.fromkeys(pupils))
    if not known.names.keys() >= set(found):
        raise UsageError(N_("This pupil is not in the case."))
    return found


def _score(known: KnownCase, safety: int | None, about: str) -> int | None:
    if safety is None:
        return None
    if not 1 <= safety <= 5:
        raise UsageError(N_("How safe a child feels is a number from 1 to 5."))
    if not about:
        raise UsageError(N_("Whose number is it? Choose the pupil."))
    _inside(known, (about,))
    return safety


def _check_days(today: date, happened: date, ahead: date | None) -> None:
    if happened > today:
        raise UsageError(N_("This date is still to come."))
    if ahead is not None and ahead < today:
        raise UsageError(N_("That day is past. When is it looked at?"))


def _check_begun(known: KnownCase, approach: Approach) -> None:
    begun = [found.record.happened for found in known.approaches if found.record.method == approach.method]
    if not begun:
        raise UsageError(N_("This was not begun yet in this case."))
    if approach.happened < min(begun):
        raise UsageError(N_("That was before it was begun."))
    if not approach.text and approach.safety is None:
        raise UsageError(N_("Write in one sentence how it goes."))
