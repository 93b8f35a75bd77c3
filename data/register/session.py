"""One person's session on the school's file, from log-in to lock."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from ..clean import clean_line
from ..errors import N_, UsageError
from ..model import School, Settings
from ..protocol import Protocol, builtin
from ..vault import people as vault_people
from ..vault import staffing
from ..vault.accept import Offer, Replaced, accept, offer, replaced_files
from ..vault.compact import Compacted
from ..vault.crypto import STANDARD, Cost
from ..vault.machine import Machine
from ..vault.mark import Mark
from ..vault.people import Founder
from ..vault.progress import Progress, nobody
from ..vault.table import VaultDB
from ..vault.vault import News, Vault, settle
from .agreements import Agreements
from .cases import Cases
from .complaints import Complaints
from .counsel import Counsel
from .house import House
from .importing import Imports
from .incidents import Incidents
from .lists import PLACES
from .log import Log
from .members import Members
from .notes import Notes
from .parnassys import Parnassys
from .passphrase import check_strength
from .patterns import Patterns
from .people import People
from .pupils import Pupils
from .questions import Questions
from .removal import Removals
from .schema import POLICIES, SPECS
from .search import Search
from .year import Year
from .year_facts import YearFacts

NEW_DAYS = 14
"""How far back something counts as new for somebody who has not looked yet."""

FORGET_DAYS = 92
"""After so many days it is no longer kept when somebody last looked at a case."""

LOOSE = "notes"
"""The key in `Settings.seen` for notes that are in no case."""


class Register:
    """Everything a logged-in person can do, through the vault and TinyDB."""

    def __init__(self, vault: Vault, protocol: Protocol) -> None:
        self.vault = vault
        self.db = VaultDB(vault, SPECS)
        self.protocol = protocol
        self.pupils = Pupils(vault, self.db)
        self.log = Log(vault, self.db)
        self.people = People(vault, self.pupils, self.log)
        self.notes = Notes(vault, self.db, self.pupils, self.log)
        self.cases = Cases(vault, self.db, self.pupils, self.notes, self.log, protocol)
        self.agreements = Agreements(vault, self.db, self.cases, self.log)
        self.questions = Questions(vault, self.db, self.pupils)
        self.counsel = Counsel(vault, self.db, self.pupils, self.notes)
        self.house = House(vault, self.db, self.pupils, protocol)
        self.patterns = Patterns(vault, self.db, self.pupils, self.notes, self.cases, self.house)
        self.members = Members(vault, self.cases, self.log)
        self.removals = Removals(vault, self.db, self.cases, self.log)
        self.imports = Imports(vault, self.db, self.pupils, self.cases, self.log)
        self.complaints = Complaints(vault, self.db, self.pupils, self.cases, self.log)
        self.incidents = Incidents(vault, self.db, self.pupils, self.notes, self.cases, self.house, self.log)
        self.parnassys = Parnassys(self)
        self.search = Search(self)
        facts = YearFacts(self.pupils, self.cases, self.notes, self.incidents, self.counsel)
        self.year = Year(vault, self.db, self.pupils, self.house, facts)

    @property
    def me(self) -> str:
        """This person's id in hex, as documents name authors."""
        return self.vault.me.id.hex()

    def now(self) -> datetime:
        """Return the moment, by the vault's clock."""
        return self.vault.machine.clock.now()

    def school(self) -> School:
        """Return the school; an empty one where this person cannot read it."""
        return self.house.school()

    def refresh(self) -> News:
        """Read what colleagues wrote since."""
        news = self.vault.refresh()
        if news.directory:
            self.db.forget()
            self.cases.forget()
        self.search.heard(news)
        return news

    def seen(self, key: str) -> datetime:
        """Return until when this person has seen a case, by its code, or the loose notes (`LOOSE`)."""
        return self.all_seen()(key)

    def all_seen(self) -> Callable[[str], datetime]:
        """Return `seen` for many keys: the settings are read once."""
        found, otherwise = self.settings().seen, self.now() - timedelta(days=NEW_DAYS)
        return lambda key: found.get(key, otherwise)

    def mark_seen(self, until: datetime, *keys: str) -> None:
        """Remember that everything of some cases (or of the loose notes) up to a moment was seen."""
        new = [key for key in keys if until > self.seen(key)]
        if new:
            # What was seen long ago needs no remembering: by then it counts as seen for everybody.
            least = self.now() - timedelta(days=FORGET_DAYS)
            self.change_settings(
                lambda now: replace(
                    now, seen={key: at for key, at in now.seen.items() if at > least} | dict.fromkeys(new, until)
                )
            )

    def change_settings(self, change: Callable[[Settings], Settings]) -> None:
        """Write this person's own settings anew; raises NotSaved or Busy."""
        table = self.db.table("settings")
        with self.vault.transaction():
            document, ident = msgspec.to_builtins(change(self.settings())), self._settings_id()
            if ident:
                table.replace(document, ident)
            else:
                table.insert(document)

    def _settings_id(self) -> str:
        """Return the id of one's own settings: those at home in one's own circle, whatever others have put there."""
        own = self.vault.own_circle()
        for ident in self.vault.ids("settings"):
            record = self.vault.record(("settings", ident))
            readable = record is not None and record.home == own
            if readable and self.vault.read(("settings", ident), checked=False) is not None:
                return ident  # what lay there before a reset nobody reads any more
        return ""

    def settings(self) -> Settings:
        """Return this person's own settings."""
        return self.db.table("settings").typed(self._settings_id(), Settings) or Settings()

    def restored(self, seen: Mark | None = None) -> Offer:
        """Say what accepting the restored file that lies here now means; raises as `accept` does."""
        fresh = self.vault.again()
        try:
            return offer(fresh, self._replaced(fresh), seen)
        finally:
            fresh.close()

    def accept(self, seen: Mark | None = None, progress: Progress = nobody) -> Compacted:
        """Take the restored file that lies here now for the school's from now on; stewards only.

        `seen` is the number in a colleague's alarm, where this person's program has none.
        Raises NotAllowed, UsageError where there is nothing to accept, NotSaved or Busy.
        """
        fresh = self.vault.again()
        try:
            done = accept(fresh, self._replaced(fresh), seen=seen, progress=progress)
        finally:
            fresh.close()
        self.refresh()
        return done

    def _replaced(self, fresh: Vault) -> list[Replaced]:
        """Return what lay here before: as files, and as this session has read it."""
        found = replaced_files(fresh)
        if self.vault.mark.place > fresh.mark.place:
            found.append(Replaced(self.vault.mark, self.vault.directory, self.vault.state.slots))
        return found

    def close(self) -> None:
        """End the session: forget what was decrypted, drop the keys."""
        self.search.forget()
        self.pupils.forget()
        self.db.close()
        self.vault.close()


def open_school(
    path: str, login: str, passphrase: str, *, machine: Machine, protocol: Protocol | None = None, pins: str = ""
) -> Register:
    """Log in; takes as long as the key derivation. Raises NoEntry, Damaged or VaultError.

    `pins` is the folder where is kept what recognises an older copy of the file; empty: nowhere.
    """
    vault = Vault.unlock(path, login, passphrase, machine=machine, policies=POLICIES, pins=pins)
    settle(vault)
    return Register(vault, protocol or builtin())


def join_school(
    path: str, login: str, code: str, passphrase: str, *, machine: Machine, cost: Cost = STANDARD, pins: str = ""
) -> Register:
    """Log in for the first time, with a one-time code and a new passphrase; raises UsageError for a weak one."""
    check_strength(passphrase, login)
    vault = vault_people.join(path, login, code, passphrase, machine=machine, policies=POLICIES, cost=cost, pins=pins)
    return Register(vault, builtin())


def recover_school(path: str, code: str, *, machine: Machine, cost: Cost = STANDARD, pins: str = "") -> Register:
    """Log in with the printed recovery code, to reset somebody's passphrase; raises NoEntry or UsageError."""
    vault = staffing.recover(path, code, machine=machine, policies=POLICIES, cost=cost, pins=pins)
    settle(vault)
    return Register(vault, builtin())


def create_school(
    path: str,
    school: str,
    founder: Founder,
    *,
    machine: Machine,
    cost: Cost = STANDARD,
    fill: Callable[[Register], None] | None = None,
    pins: str = "",
) -> tuple[Register, str]:
    """Make a school's file and return the founder's session and the recovery code.

    `fill` may write more before the file gets its name. Raises UsageError or VaultError.
    """
    name = clean_line(school, 80)
    if not name or not clean_line(founder.name) or not clean_line(founder.login):
        raise UsageError(N_("The school, your name and your login are needed."))
    protocol = builtin()

    def write_school(vault: Vault) -> None:
        register = Register(vault, protocol)
        record = School(name=name, protocol=protocol.id, protocol_version=protocol.version, places=PLACES)
        register.db.table("school").insert(msgspec.to_builtins(record))
        if fill:
            fill(register)

    check_strength(founder.passphrase, founder.login, founder.name, name)
    cleaned = Founder(clean_line(founder.login, 60), clean_line(founder.name, 80), founder.passphrase, founder.roles)
    vault, code = vault_people.create(path, cleaned, machine=machine, policies=POLICIES, fill=write_school, cost=cost)
    if pins:
        vault.pin_to(pins)
    return Register(vault, protocol), code
