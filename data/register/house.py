"""The school's own part of the protocol: who fills which role, the dates, and the rules that hang there."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

import msgspec

from ..clean import clean_line
from ..errors import N_, Changed, NotAllowed, UsageError
from ..exchange.template import FIELDS, check_template
from ..model import FEWEST_NOTES, MOST_NOTES, MOST_WEEKS, Behaviour, Contact, Group, Holiday, NationalKind, School
from ..protocol import Protocol, RoleWord
from ..vault.entries import Role, Status
from ..vault.table import VaultDB
from ..vault.vault import Vault
from . import lists
from .calendar import Calendar
from .pupils import Pupils

MOST_RULES, LONGEST_RULE = 20, 160
"""More rules than this nobody reads from a wall; a longer one is no rule but a text."""

MOST_QUIET_DAYS = 366

MOST_HOLIDAYS, LONGEST_HOLIDAY = 60, 70
"""Some years of holidays; the longest is a summer, in days."""

MOST_CONTACTS, LONGEST_CONTACT = 30, 120


@dataclass(frozen=True)
class Filler:
    """Somebody who fills a role here; `account`: whether they log in."""

    name: str
    reach: str
    account: bool


@dataclass(frozen=True)
class HouseRules:
    """What stewards write about the school: a form on it keeps `revision` to notice a colleague's change."""

    rules: tuple[str, ...]
    contacts: tuple[Contact, ...]
    evaluated: dt.date | None
    discussed_in_mr: dt.date | None
    holidays: tuple[Holiday, ...]
    quiet_days: int
    revision: int


@dataclass(frozen=True)
class NoteRules:
    """What stewards set about notes and incidents; `revision` as in `HouseRules`, of the same document."""

    places: tuple[str, ...]
    behaviours: tuple[Behaviour, ...]
    judging: tuple[str, ...]
    pattern_weeks: int
    """Over how many weeks the pattern check looks."""
    pattern_least: int
    """From how many notes something is a pattern."""
    parnassys: str
    """The template of the text for ParnasSys; empty: the built-in one."""
    report_duty: bool
    reportable: tuple[NationalKind, ...]
    revision: int


class House:
    """Everybody reads it, stewards write it."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, protocol: Protocol) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._protocol = protocol

    # --- reading -------------------------------------------------------------------------------------------

    def school(self) -> School:
        """Return the school; an empty one where this person cannot read it."""
        found = self._db.table("school").everything(School)
        return next(iter(found.values()), School(name="", protocol="", protocol_version=""))

    def _place(self) -> str:
        """Return the id of the school's one document, or an empty string."""
        return next(iter(self._db.table("school").everything(School)), "")

    def now(self) -> HouseRules:
        """Return what stands there now."""
        school = self.school()
        return HouseRules(
            school.rules,
            school.contacts,
            school.evaluated or self._protocol.evaluated,
            school.discussed_in_mr or self._protocol.discussed_in_mr,
            school.holidays,
            school.quiet_days,
            self._vault.revision(("school", self._place())),
        )

    def notes_now(self) -> NoteRules:
        """Return what is set about notes and incidents now."""
        school = self.school()
        return NoteRules(
            school.places,
            lists.behaviours(school),
            lists.judging(school),
            school.pattern_weeks,
            school.pattern_least,
            school.parnassys,
            school.report_duty,
            lists.reportable(school),
            self._vault.revision(("school", self._place())),
        )

    @property
    def calendar(self) -> Calendar:
        """The days on which there is school."""
        return Calendar(self.school().holidays)

    @property
    def quiet_days(self) -> int:
        """After how many days without a step an open case asks for a consultation."""
        return self.school().quiet_days

    def fillers(self) -> dict[str, list[Filler]]:
        """Return who fills each role, by its code word: people with an account first, then the others."""
        found: dict[str, list[Filler]] = {}
        now = self._vault.machine.milliseconds()
        for person in self._vault.directory.people.values():
            if person.status is Status.LEFT or (person.until and person.until < now) or Role.RECOVERY in person.roles:
                continue
            for role in person.roles:
                found.setdefault(role.value, []).append(Filler(person.name, "", True))
        for contact in self.school().contacts:
            found.setdefault(contact.role, []).append(Filler(contact.name, contact.reach, False))
        return found

    def groups(self) -> dict[str, Group]:
        """Return the groups that there are now by id, this person's own first."""
        mine = self._pupils.my_groups()
        return dict(sorted(self._pupils.present_groups().items(), key=lambda item: item[0] not in mine))

    # --- writing -------------------------------------------------------------------------------------------

    def change(
        self,
        *,
        rules: Iterable[str],
        contacts: Iterable[Contact],
        evaluated: dt.date | None,
        discussed_in_mr: dt.date | None,
        holidays: Iterable[Holiday] | None = None,
        quiet_days: int | None = None,
        based_on: int,
    ) -> None:
        """Write the school's part anew, but what is None; `based_on` is the `revision` that the form began with.

        Raises UsageError for too much or too long, Changed where a colleague was quicker, NotAllowed for who is no
        steward, NotSaved or Busy.
        """
        today = self._vault.machine.clock.now().date()
        for day in (evaluated, discussed_in_mr):
            if day is not None and day > today:
                raise UsageError(N_("This date is still to come."))
        if quiet_days is not None and not 1 <= quiet_days <= MOST_QUIET_DAYS:
            raise UsageError(N_("A number of days from 1 to {most} is expected."), most=MOST_QUIET_DAYS)
        checked = _rules(rules)
        people = _contacts(contacts)
        free = self.school().holidays if holidays is None else _holidays(holidays)
        self._check_steward()
        with self._vault.transaction():
            ident = self._place()
            if self._vault.revision(("school", ident)) != based_on:
                raise Changed(N_("A colleague changed this meanwhile. Nothing was saved; your text is still here."))
            school = msgspec.structs.replace(
                self.school(),
                rules=checked,
                contacts=people,
                evaluated=evaluated,
                discussed_in_mr=discussed_in_mr,
                holidays=free,
                quiet_days=self.quiet_days if quiet_days is None else quiet_days,
            )
            self._db.table("school").replace(msgspec.to_builtins(school), ident)

    def change_notes(
        self,
        *,
        places: Iterable[str] | None = None,
        behaviours: Iterable[tuple[str, NationalKind | None]] | None = None,
        judging: Iterable[str] | None = None,
        pattern_weeks: int | None = None,
        pattern_least: int | None = None,
        parnassys: str | None = None,
        report_duty: bool | None = None,
        reportable: Iterable[NationalKind] | None = None,
        based_on: int,
    ) -> None:
        """Write anew what is set about notes and incidents, but what is None; `based_on` and errors as for `change`.

        Kinds of behaviour are given by name; one that only got another name keeps its id. None at all: those that a
        new school begins with. An empty template stands for the built-in one; UsageError for one with an unknown word.
        """
        _check_number(
            pattern_weeks, N_("The weeks of the pattern check are a number from {least} to {most}."), 1, MOST_WEEKS
        )
        _check_number(
            pattern_least, N_("The notes of a pattern are a number from {least} to {most}."), FEWEST_NOTES, MOST_NOTES
        )
        given: dict[str, object] = {
            "places": None if places is None else lists.checked_places(places),
            "judging": None if judging is None else lists.checked_judging(judging),
            "pattern_weeks": pattern_weeks,
            "pattern_least": pattern_least,
            "parnassys": None if parnassys is None else check_template(parnassys, FIELDS),
            "report_duty": report_duty,
            "reportable": None if reportable is None else tuple(dict.fromkeys(reportable)),
        }
        changed = {name: value for name, value in given.items() if value is not None}
        kinds = None if behaviours is None else list(behaviours)
        self._check_steward()
        with self._vault.transaction():
            ident = self._place()
            if self._vault.revision(("school", ident)) != based_on:
                raise Changed(N_("A colleague changed this meanwhile. Nothing was saved; your text is still here."))
            before = self.school()
            if kinds is not None:
                changed["behaviours"] = lists.renamed(lists.behaviours(before), kinds)
            school = msgspec.structs.replace(before, **changed)
            self._db.table("school").replace(msgspec.to_builtins(school), ident)

    def change_group_rules(self, group: str, rules: Iterable[str], *, based_on: Group) -> None:
        """Write what a group agreed on; raises as `change` does, UsageError also for a group that is not there."""
        checked = _rules(rules)
        self._check_steward()
        with self._vault.transaction():
            now = self._pupils.groups().get(group)
            if now is None:
                raise UsageError(N_("There is no such group."))
            if now != based_on:
                raise Changed(N_("A colleague changed this meanwhile. Nothing was saved; your text is still here."))
            document = msgspec.to_builtins(msgspec.structs.replace(now, rules=checked))
            self._db.table("groups").replace(document, group)

    def _check_steward(self) -> None:
        if not self._vault.me.steward:
            raise NotAllowed(N_("Only a coordinator or the director can change this."))


def _check_number(number: int | None, refusal: str, least: int, most: int) -> None:
    if number is not None and not least <= number <= most:
        raise UsageError(refusal, least=least, most=most)


def _rules(lines: Iterable[str]) -> tuple[str, ...]:
    found = tuple(filter(None, (clean_line(line, 10 * LONGEST_RULE).lstrip("-*• ") for line in lines)))
    if len(found) > MOST_RULES:
        raise UsageError(N_("At most {most} rules: nobody reads more from a wall."), most=MOST_RULES)
    if any(len(rule) > LONGEST_RULE for rule in found):
        raise UsageError(N_("A rule has at most {most} characters."), most=LONGEST_RULE)
    return found


def _holidays(holidays: Iterable[Holiday]) -> tuple[Holiday, ...]:
    found = []
    for holiday in holidays:
        name = clean_line(holiday.name, LONGEST_CONTACT)
        if holiday.last < holiday.first:
            raise UsageError(N_("A holiday ends on its first day or later."))
        if (holiday.last - holiday.first).days >= LONGEST_HOLIDAY:
            raise UsageError(N_("A holiday has at most {most} days."), most=LONGEST_HOLIDAY)
        found.append(Holiday(name=name, first=holiday.first, last=holiday.last))
    if len(found) > MOST_HOLIDAYS:
        raise UsageError(N_("At most {most} holidays."), most=MOST_HOLIDAYS)
    return tuple(sorted(found, key=lambda holiday: holiday.first))


def _contacts(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    found = []
    for contact in contacts:
        texts = [clean_line(text, 10 * LONGEST_CONTACT) for text in (contact.name, contact.reach)]
        if contact.role not in get_args(RoleWord):
            raise UsageError(N_("A role is one of: {roles}."), roles=", ".join(get_args(RoleWord)))
        if not texts[0]:
            raise UsageError(N_("Each contact has a name."))
        if any(len(text) > LONGEST_CONTACT for text in texts):
            raise UsageError(N_("A contact has at most {most} characters."), most=LONGEST_CONTACT)
        found.append(Contact(role=contact.role, name=texts[0], reach=texts[1]))
    if len(found) > MOST_CONTACTS:
        raise UsageError(N_("At most {most} contacts."), most=MOST_CONTACTS)
    return tuple(found)
