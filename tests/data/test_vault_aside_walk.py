"""Many evenings in a school with a hostile colleague: who took up what was laid aside sees what all others see."""

import contextlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.errors import PesttuiError
from data.vault import crypto, staffing
from data.vault.accept import accept
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Status
from data.vault.keyring import wrap_context
from data.vault.operations import DropGrant, DropWrap, Operation, Put, PutGrant, Wrap
from data.vault.people import invite
from data.vault.records import Grant, Place, grant_inside
from data.vault.vault import Vault, settle

from . import aside_kit
from . import vault_kit as kit
from .test_vault_aside import enter, everything
from .test_vault_attack import forge
from .vault_kit import School

LOGINS = ("ada", "bea", "ben", "dor", "eva")


class Evenings:
    """What may happen between two sessions; `ben` writes what no honest program would."""

    def __init__(self, school: School, state: Path, chance: random.Random) -> None:
        self.school, self.state, self.chance = school, state, chance
        self.copies: list[bytes] = []
        self.case = b""
        with self.of("ben") as ben:
            assert ben
            self.case = kit.new_case(ben, "Z-1", "bea")

    @contextlib.contextmanager
    def of(self, login: str) -> Any:
        """Yield a session of somebody that knows nothing of earlier ones; None where they do not get in."""
        try:
            vault = self.school.open(login)
        except PesttuiError:
            yield None
            return
        try:
            with contextlib.suppress(PesttuiError):
                yield vault
        finally:
            vault.close()

    def happen(self) -> str:
        """Let one thing happen, chosen by chance, as far as those who do it may."""
        doing: dict[str, Callable[[Vault], object]] = {
            "note": self.note, "rewrite": self.rewrite, "delete": self.delete, "member": self.member,
            "reset": self.reset, "leave": self.leave, "roles": self.roles, "renew": self.renew, "settle": settle,
            "compact": compact, "forge": self.forged, "junk": self.junk, "drop": self.dropped, "deep": self.deep,
            "copy": self.copy, "back": self.back, "torn": self.torn,
        }  # fmt: skip
        name = self.chance.choice(list(doing))
        by = {"reset": "ada", "leave": "ada", "roles": "dor", "compact": "ada", "back": "ada", "settle": "dor"}
        hostile = name in {"forge", "junk", "drop", "deep"}
        login = "ben" if hostile else by.get(name) or self.chance.choice(LOGINS)
        with self.of(login) as vault:
            if vault is not None:
                doing[name](vault)
        return f"{name} by {login}"

    def some(self, vault: Vault) -> Place | None:
        places = sorted((table, ident) for table in ("notes", "lessons") for ident in vault.state.tables.get(table, ()))
        return self.chance.choice(places) if places else None

    def note(self, vault: Vault) -> None:
        staff = vault.directory.the(CircleKind.STAFF).id
        home = self.case if vault.can_open(self.case) and self.chance.random() < 0.5 else vault.own_circle()
        readers = self.chance.choice([(), (staff,), (self.case,)])
        kit.put(vault, f"n{self.chance.randrange(10**6)}", f"tekst {vault.mark.seq}", home=home, readers=readers)

    def rewrite(self, vault: Vault) -> None:
        staff = vault.directory.the(CircleKind.STAFF).id
        readers = self.chance.choice([(), (self.case,)])
        kit.put(vault, "les", f"les {vault.mark.seq}", table="lessons", home=staff, readers=readers)

    def delete(self, vault: Vault) -> None:
        place = self.some(vault)
        if place:
            with vault.transaction() as transaction:
                transaction.delete(place)

    def member(self, vault: Vault) -> None:
        bea = kit.person(vault, "bea").id
        with vault.transaction() as transaction:
            inside = vault.directory.in_circle(bea, self.case)
            (transaction.leave if inside else transaction.join)(self.case, bea)

    def reset(self, vault: Vault) -> None:
        invitation = staffing.reset(vault, kit.person(vault, "bea").id, cost=FLOOR)
        if self.chance.random() < 0.8:
            kit.join(self.school.path, "bea", invitation.code).close()

    def leave(self, vault: Vault) -> None:
        """Eva comes and goes."""
        eva = vault.directory.by_login("eva")
        if eva is not None and eva.status is not Status.LEFT:
            staffing.revoke(vault, eva.id)
        else:
            code = invite(vault, "eva", "Eva Naam", kit.ROLES["bea"], cost=FLOOR).code
            kit.join(self.school.path, "eva", code).close()

    def roles(self, vault: Vault) -> None:
        roles = self.chance.choice([kit.ROLES["bea"], kit.ROLES["dor"], kit.ROLES["ext"]])
        staffing.change_person(vault, kit.person(vault, "bea").id, roles=roles, groups=(), until=None)

    def renew(self, vault: Vault) -> None:
        with vault.transaction() as transaction:
            transaction.renew(self.case)

    def forged(self, vault: Vault) -> None:
        """In another's name: something new, over what is there, or as if that was deleted."""
        place = self.some(vault) if self.chance.random() < 0.7 else ("lessons", f"f{self.chance.randrange(99)}")
        if place is None:
            return
        head, ada = vault.state.head(place), kit.person(vault, "ada").id
        home = head.record.home if head else vault.directory.the(CircleKind.STAFF).id
        record = forge(vault, place, author=ada, home=home, rev=vault.next_revision(place))
        if self.chance.random() < 0.3:
            record = msgspec.structs.replace(record, sealed=b"")
        made: list[Operation] = [Put(place, msgspec.structs.replace(record, time=2**64 - 1))]
        keys = vault.circle_keys(home)
        if keys is not None and self.chance.random() < 0.7:
            epoch = vault.directory.circles[home].epoch
            grant = grant_inside(
                vault_id=vault.id, place=place, circle=home, epoch=epoch, keys=keys, nonce=bytes(12), key=bytes(32)
            )
            made.append(PutGrant(place, grant))
        kit.inject(vault, *made)

    def junk(self, vault: Vault) -> None:
        """Wraps and grants that open nothing, of circles and epochs that there are and are not."""
        place, bea = self.some(vault), kit.person(vault, "bea")
        circle = self.chance.choice([*sorted(vault.directory.circles), bytes(8)])
        epoch = self.chance.choice([0, 1, 2, 2**32 - 1])
        wrapped = crypto.wrap(bea.box, bytes(32), wrap_context(vault.id, circle, epoch, bea.id))
        made: list[Operation] = [Wrap(circle, epoch, bea.id, wrapped)]
        if place:
            made.append(PutGrant(place, Grant(circle, epoch, self.chance.random() < 0.5, wrapped)))
        kit.inject(vault, *made)

    def dropped(self, vault: Vault) -> None:
        """Wraps and grants of others, taken away."""
        place, who = self.some(vault), self.chance.choice(("ada", "bea", "dor"))
        circle = self.chance.choice(sorted(vault.directory.circles))
        made: list[Operation] = [DropWrap(circle, kit.person(vault, who).id)]
        if place:
            made.append(DropGrant(place, circle))
        kit.inject(vault, *made)

    def deep(self, vault: Vault) -> None:
        """Many revisions at once, the last of them forged."""
        for _ in range(self.chance.randrange(4)):
            self.rewrite(vault)
        if ("lessons", "les") in vault.state.places():
            staff = vault.directory.the(CircleKind.STAFF).id
            first, ada, place = vault.next_revision(("lessons", "les")), kit.person(vault, "ada").id, ("lessons", "les")
            forgeries = (forge(vault, place, author=ada, home=staff, rev=first + number) for number in range(3))
            kit.inject(vault, *(Put(place, record) for record in forgeries))

    def copy(self, _: Vault) -> None:
        self.copies.append(self.school.file.read_bytes())

    def back(self, vault: Vault) -> None:
        """An older copy lies there; perhaps it is accepted."""
        if self.copies and self.chance.random() < 0.5:
            vault.close()
            self.school.file.write_bytes(self.chance.choice(self.copies))
            if self.chance.random() < 0.5:
                with contextlib.closing(enter(self.school, self.state, "ada")) as ada:
                    if ada.alarm:
                        accept(ada)

    def torn(self, vault: Vault) -> None:
        """A save of which the disk took only the beginning."""
        size = vault.journal.end
        kit.put(vault, f"half {self.chance.randrange(10**6)}")
        data = self.school.file.read_bytes()
        self.school.file.write_bytes(data[: self.chance.randrange(size + 1, len(data))])


def walk(folder: Path, seed: int, taken: list[bool]) -> None:
    """Let a school have some evenings; whoever logs in sees what somebody does who was never there."""
    place = folder / f"school {seed}"
    place.mkdir()
    chance = random.Random(seed)
    evenings = Evenings(kit.school(place), place / "state", chance)
    happened = []
    for _ in range(25):
        happened += [evenings.happen() for _ in range(chance.randrange(4))]
        login = chance.choice(LOGINS)
        assert not different(evenings, login), (login, happened)
    assert taken


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each session took up what was laid aside."""
    found = aside_kit.watched(monkeypatch)
    aside_kit.at_once(monkeypatch)
    return found


def test_it_is_what_reading_the_file_gives_whatever_others_do(tmp_path: Path, taken: list[bool]) -> None:
    for seed in range(4):
        walk(tmp_path, seed, taken)
    assert taken.count(True) > 10


@pytest.mark.deep
def test_many_schools(tmp_path: Path, taken: list[bool]) -> None:
    for seed in range(100, 200):
        walk(tmp_path, seed, taken)
    assert taken.count(True) > 500


def different(evenings: Evenings, login: str) -> object:
    """Return what somebody sees otherwise for having been there before, if anything, whatever they do that evening.

    Beside them logs in who has the same pin, and nothing laid aside.
    """
    school, state, chance = evenings.school, evenings.state, evenings.chance
    beside = state.with_name("beside")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    for pin in state.glob("pin-*"):
        shutil.copy(pin, beside)
    vault, fresh = got_in(school, state, login), got_in(school, beside, login)
    if not isinstance(vault, Vault) or not isinstance(fresh, Vault):
        return None if str(vault) == str(fresh) else (vault, fresh)
    try:
        if chance.random() < 0.3:  # looked at in haste, in another order
            for place in sorted(vault.state.places(), reverse=True):
                vault.read(place, checked=False)
        if chance.random() < 0.4:
            with contextlib.suppress(PesttuiError):
                kit.put(vault, f"eigen {chance.randrange(10**6)}")
                settle(vault)
        with contextlib.suppress(PesttuiError):
            vault.refresh()
            fresh.refresh()
        seen, wanted = everything(vault), everything(fresh)
        for found in (seen, wanted):  # which forgeries were met on the way depends on when somebody looked
            found["problems"] = [problem for problem in found["problems"] if "forged signature" not in problem]
        return [(name, seen[name], wanted[name]) for name in wanted if seen[name] != wanted[name]]
    finally:
        vault.close()
        fresh.close()


def got_in(school: School, state: Path, login: str) -> Vault | str:
    try:
        return enter(school, state, login)
    except PesttuiError as problem:
        return str(problem)
