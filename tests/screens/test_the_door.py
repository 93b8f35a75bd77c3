"""Who does not belong here: one answer whatever was wrong, as much work for each, a growing pause, and no trace."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.vault import codes, crypto
from data.vault.crypto import FLOOR, Cost
from data.vault.entries import Role
from data.vault.people import invite
from screens.dashboard import Dashboard
from screens.first_log_in import FirstLogIn
from screens.unlock import Unlock
from tests.cli.kit import Cli
from tests.cli.test_refusals import Hurried
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import Driver, running

WRONG = "niet mijn wachtzin"
UNKNOWN = codes.encode(bytes(range(10)))


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    folder = tmp_path / "school"
    folder.mkdir()
    with school(folder) as made:
        made.machine = Hurried(clock=made.clock)
        yield made


@pytest.fixture
def invited(kit: Kit) -> str:
    """Somebody who has a code and never came."""
    invite(kit.open_as("anne").vault, "nieuw", "Nieuw", [Role.TEACHER], cost=FLOOR)
    return "nieuw"


def files(kit: Kit) -> dict[str, str]:
    """Everything that is remembered, as text."""
    folder = kit.path.parent / "state"
    return {found.name: found.read_text("latin-1") for found in folder.rglob("*") if found.is_file()}


async def unlock(driver: Driver, login: str, passphrase: str) -> str:
    """Try to log in; return the screen without the login that was typed."""
    screen = driver.app.screen
    assert isinstance(screen, Unlock)
    screen._login.value, screen._passphrase.value = login, passphrase
    screen._passphrase.focus()
    await driver.press("enter")
    return "\n".join(line for line in driver.text.splitlines() if not f"{line}  ".startswith("    Login  "))


async def test_one_screen_for_all_who_do_not_belong(kit: Kit, invited: str) -> None:
    """A wrong passphrase, a login that there is not, a colleague's passphrase, a login without one, nothing at all."""
    tried = (
        ("marit", WRONG),
        ("niemand", WRONG),
        ("joost", passphrase_of("marit")),
        (invited, WRONG),
        ("marit", ""),
        ("", ""),
    )
    async with running(kit.path, kit, lang="en") as driver:
        seen = {await unlock(driver, login, passphrase) for login, passphrase in tried}
    assert len(seen) == 1
    assert "Login and passphrase do not belong together." in seen.pop()


async def test_one_answer_at_the_first_log_in(kit: Kit, invited: str) -> None:
    answers = set()
    async with running(kit.path, kit, lang="en") as driver:
        await driver.press("f3")
        form = driver.app.screen
        assert isinstance(form, FirstLogIn)
        for login in (invited, "niemand", "marit"):
            for name, value in {"login": login, "code": UNKNOWN, "passphrase": WRONG, "again": WRONG}.items():
                form._fields[name].value = value
            await driver.press("f2")
            answers.add(str(form.answer.render()))
    assert len(answers) == 1


@pytest.mark.parametrize("way", ["log in", "join", "restore"])
def test_as_much_work_for_a_login_that_there_is_not(
    kit: Kit,
    invited: str,
    way: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[Cost] = []
    stretch: Callable[[str, bytes, Cost], bytes] = crypto.stretch

    def counted(secret: str, salt: bytes, cost: Cost) -> bytes:
        done.append(cost)
        return stretch(secret, salt, cost)

    monkeypatch.setattr(crypto, "stretch", counted)
    cli = Cli(kit, tmp_path, capsys)
    work, answers = [], set()
    known = invited if way == "join" else "marit"
    for login in (known, "niemand"):
        done.clear()
        if way == "join":
            options = ("--vault", str(kit.path), "--login", login)
            given = f"{UNKNOWN}\n{WRONG}\n"
            answer = cli.bare(*options, "join", "--code-file", "-", "--new-passphrase-file", "-", given=given)
        elif way == "restore":
            answer = cli("restore", str(kit.path), login=login, passphrase=WRONG, vault=tmp_path / "new.pest")
        else:
            answer = cli("notes", login=login, passphrase=WRONG)
        work.append(tuple(done))
        answers.add(answer)
        assert answer.code == 5
    assert work == [(FLOOR,), (FLOOR,)]
    assert len(answers) == 1


async def test_each_failure_makes_the_next_one_wait_longer(kit: Kit) -> None:
    machine = kit.machine
    assert isinstance(machine, Hurried)
    async with running(kit.path, kit, lang="en") as driver:
        for number in range(9):
            kit.clock.pass_(seconds=1)
            await unlock(driver, "marit" if number % 2 else "niemand", WRONG)
        waits = [wait for wait in machine.waits if wait >= 1]
        assert waits == [1, 2, 4, 8, 16, 30]
        # In another window as well, and it ends with the right passphrase.
        machine.waits.clear()
    async with running(kit.path, kit, lang="en") as driver:
        await unlock(driver, "marit", passphrase_of("marit"))
        assert isinstance(driver.app.screen, Dashboard)
        assert 30 in machine.waits
        machine.waits.clear()
        await driver.press("f8")
        await unlock(driver, "marit", passphrase_of("marit"))
        assert not [wait for wait in machine.waits if wait >= 1]


@pytest.mark.parametrize(
    "command",
    [
        ("restore", "{file}"),
        ("recover", "--code-file", "-"),
        ("join", "--code-file", "-", "--new-passphrase-file", "-"),
    ],
)
def test_every_way_in_waits(
    kit: Kit, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = kit.machine
    assert isinstance(machine, Hurried)
    cli = Cli(kit, tmp_path, capsys)
    code = codes.encode(bytes(32)) if command[0] == "recover" else UNKNOWN
    arguments = [word.format(file=kit.path) for word in command]
    vault = tmp_path / "new.pest" if command[0] == "restore" else kit.path
    for _ in range(5):
        answer = cli(*arguments, login="marit", passphrase=WRONG, vault=vault, given=f"{code}\n{WRONG}\n")
        assert answer.code == 5, answer
    assert [wait for wait in machine.waits if wait >= 1] == [1, 2]


async def test_nothing_is_kept_but_when_it_was(kit: Kit) -> None:
    async with running(kit.path, kit, lang="en") as driver:
        for login in ("marit", "jansje", WRONG):  # a passphrase typed where the login belongs
            for _ in range(30):
                await unlock(driver, login, "walvis op wielen")
    (name,) = files(kit)
    assert name == "attempts.json"
    kept = files(kit)[name]
    assert set(kept) <= set("[0123456789, ]")
    assert kept.count(",") == 49
