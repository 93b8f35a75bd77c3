"""Over a real sshd: the program and a few commands, and nothing else, for whoever has a key."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.data.school_kit import passphrase_of

from .kit import School, jotted, log_in, tr
from .pty import ALTERNATE, NORMAL, Terminal, need_tool
from .sshd import Server
from .test_typing import KEPT_WITHIN

SENTENCE = "iemand huilde bij het hek"


def secret(login: str) -> bytes:
    """Return the first line of standard input."""
    return f"{passphrase_of(login)}\n".encode()


# --- what works --------------------------------------------------------------------------------------------


def test_unlock_a_note_and_quit(school: School, server: Server) -> None:
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        jotted(marit, SENTENCE)
        marit.press("ctrl+q")
        assert marit.ended() == 0
        assert marit.raw.rfind(NORMAL) > marit.raw.rfind(ALTERNATE) >= 0
    assert school.facts("joost") == [SENTENCE]
    assert server.programs() == []


def test_two_people_at_once(school: School, server: Server) -> None:
    with server.opened("marit") as marit, server.opened("joost") as joost:
        log_in(marit, "marit")
        log_in(joost, "joost")
        joost.wait_for(tr("Nothing needs you now."))
        jotted(marit, SENTENCE)
        joost.wait_without(tr("Nothing needs you now."))
        jotted(joost, "en ik zag het ook")
        assert len(server.programs()) == 2
    assert sorted(school.facts("anne")) == ["en ik zag het ook", SENTENCE]


def test_one_person_twice(school: School, server: Server) -> None:
    """Both sessions live, and neither is offered what the other is typing."""
    with server.opened("marit") as first, server.opened("marit") as second:
        log_in(first, "marit")
        first.press("n")
        first.wait_for(tr("What did you see or hear?"))
        first.type(SENTENCE)
        time.sleep(KEPT_WITHIN)
        log_in(second, "marit")
        second.wait_quiet()
        assert "bezig met" not in second.text
        jotted(second, "iets heel anders")
        first.press("f2")
        first.wait_for(tr("Saved"))
    assert sorted(school.facts("joost")) == sorted([SENTENCE, "iets heel anders"])


def test_a_note_by_script(school: School, server: Server) -> None:
    done = server.run("marit", "note", "-", given=secret("marit") + SENTENCE.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    (known,) = school.notes("joost")
    assert done.stdout.decode().strip() == known.id
    read = server.run("joost", "notes", "--json", given=secret("joost"))
    assert SENTENCE in read.stdout.decode()
    wrong = server.run("marit", "notes", given=b"niet mijn wachtzin\n")
    assert (wrong.returncode, wrong.stdout) == (5, b"")


def test_commands_that_read(school: School, server: Server) -> None:
    code = school.case("marit", "Zoë de Vries")
    for command in (("cases",), ("show", code), ("agenda",), ("cases", "--json"), ("show", "--json", code)):
        done = server.run("marit", *command, given=secret("marit"))
        assert (done.returncode, done.stderr) == (0, b""), command
        assert code in done.stdout.decode()


def test_a_passphrase_typed_in_a_terminal_is_not_shown(school: School, server: Server) -> None:
    code = school.case("marit", "Zoë de Vries")
    with server.opened("marit", "cases") as marit:
        marit.wait_for(tr("Passphrase"))
        marit.press(passphrase_of("marit"), "enter")
        assert marit.ended() == 0
        assert code in marit.text
        assert b"fietst" not in marit.raw


def test_a_pdf_is_fetched_and_stands_in_the_log(school: School, server: Server) -> None:
    code = school.case("marit", "Zoë de Vries")
    done = server.run("marit", "export", "dossier", code, "--output", "-", given=secret("marit"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"%PDF")
    assert done.stdout.rstrip().endswith(b"%%EOF")
    with school.register("anne") as register:
        assert [line.what for line in register.log.of_case(code)].count("dossier") == 1


def test_the_key_of_a_classroom_asks_who_is_there(school: School, server: Server) -> None:
    with server.opened("klas") as klas:
        klas.wait_for("Wachtzin")
        klas.press("joost", "tab", passphrase_of("joost"), "enter")
        klas.wait_for("Joost van der Laan")
    asked = server.run("klas", "notes", given=secret("marit"))
    assert (asked.returncode, asked.stdout) == (2, b"")
    assert b"--login" in asked.stderr
    for said in (
        ("notes", "--login", "marit"),
        ("notes", "--json", "--login=marit"),
        ("--", "--login", "marit", "notes"),
    ):
        assert server.run("klas", *said, given=secret("marit")).returncode == 0


def test_a_key_of_one_person_lets_in_nobody_else(school: School, server: Server) -> None:
    with server.opened("marit") as marit:
        marit.wait_for("Wachtzin")
        marit.press("\x1b[Z", "joost", "tab", passphrase_of("joost"), "enter")
        marit.wait_for(tr("Login and passphrase do not belong together.").split(".")[0])
        assert re.search(r"Inlognaam +marit", marit.text)
    refused = server.run("marit", "notes", "--login", "joost", given=secret("joost"))
    assert (refused.returncode, refused.stdout) == (6, b"")
    assert server.run("marit", "notes", "--login", "marit", given=secret("marit")).returncode == 0


# --- what does not -----------------------------------------------------------------------------------------

REFUSED = (
    "id",
    "/bin/sh",
    "sh -c id",
    "bash -i",
    "verify",
    "pupils",
    "person list",
    "log",
    "ssh",
    "init --school S --name N",
    "protocol check /etc/passwd",
    "demo --create {folder}/demo.pest",
    "export dossier {code}",
    "export dossier {code} --output {folder}/uit.pdf",
    "export dossier {code} --output - --output {folder}/uit.pdf",
    "export dossier {code} --output - --force",
    "--vault=/etc/passwd notes",
    "--vault {folder}/anders.pest notes",
    "--passphrase-file /etc/passwd notes",
    "--exports {folder} export dossier {code}",
    "notes; id > {folder}/uit",
    "notes | tee {folder}/uit",
    "note - && touch {folder}/uit",
    "note $(touch {folder}/uit)",
    "note `touch {folder}/uit`",
    "notes\ntouch {folder}/uit",
    "note '",
    "n\u043etes",
    "notes --js",
    "scp -t {folder}",
    "scp -f /etc/passwd",
    "/usr/lib/openssh/sftp-server",
    "rsync --server . {folder}",
    "git-upload-pack /",
    "notes " + "x" * 60_000,
)


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line[:40])
def test_all_else_is_refused_in_one_sentence(school: School, server: Server, tmp_path: Path, line: str) -> None:
    code = school.case("marit", "Zoë de Vries") if "{code}" in line else ""
    folder = tmp_path / "elders"
    folder.mkdir()
    # Behind `--`: ssh would take what begins with a dash for an option of its own.
    done = server.run("marit", "--", line.format(folder=folder, code=code), given=secret("marit"))
    assert done.returncode in (2, 6), done
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert b"uid=" not in done.stderr
    assert list(folder.iterdir()) == []
    assert school.facts("marit") == []


def test_a_command_longer_than_the_system_takes(school: School, server: Server) -> None:
    done = server.run("marit", "note " + "x" * 120_000, given=secret("marit"))
    assert done.returncode != 0
    assert school.facts("marit") == []


@pytest.mark.parametrize("old", [True, False], ids=["scp of old", "scp over sftp"])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_no_file_is_copied(school: School, server: Server, tmp_path: Path, direction: str, old: bool) -> None:
    folder = tmp_path / "hier"
    folder.mkdir()
    (folder / "los").write_text("van mij")
    config, there = str(server.configuration("marit")), f"school:{school.path}"
    paths = [str(folder / "los"), f"school:{tmp_path}/op"] if direction == "up" else [there, str(folder / "vault")]
    command = [need_tool("scp"), *(["-O"] if old else []), "-F", config, *paths]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "op").exists()
    assert [path.name for path in folder.iterdir()] == ["los"]


def test_no_sftp(server: Server) -> None:
    command = [need_tool("sftp"), "-F", str(server.configuration("marit")), "-b", "-", "school"]
    done = subprocess.run(command, input=b"ls /\n", capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert b"etc" not in done.stdout


def test_no_forwarding(school: School, server: Server) -> None:
    """Neither to the server, nor from it, nor through it."""
    with socket.socket() as mine:
        mine.bind(("127.0.0.1", 0))
        port = mine.getsockname()[1]
    through = server.run("marit", options=("-W", f"127.0.0.1:{server.port}"))
    assert through.returncode != 0
    assert b"SSH-" not in through.stdout
    back = server.run(
        "marit", "notes", given=secret("marit"), options=("-o", "ExitOnForwardFailure=yes", "-R", f"{port}:127.0.0.1:1")
    )
    assert back.returncode == 255
    with server.opened("marit", options=("-t", "-L", f"{port}:127.0.0.1:{server.port}")) as marit:
        marit.wait_for("Wachtzin")
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.settimeout(10)
            assert line.recv(8) == b""


def test_a_key_opens_a_terminal_and_no_agent_display_or_start_file(server: Server) -> None:
    """What sshd says of the line it read."""
    done = server.run("marit", "notes", given=secret("marit"), options=("-v", "-o", "LogLevel=DEBUG"))
    assert done.returncode == 0
    (said,) = set(re.findall(rb"key options: (.*?)\r?\n", done.stderr))
    assert set(said.split()) == {b"command", b"pty"}


# --- poor terminals, poor surroundings ---------------------------------------------------------------------


def test_no_terminal_and_one_that_can_do_nothing(server: Server) -> None:
    without = server.run("marit", options=("-T",))
    assert (without.returncode, without.stdout) == (2, b"")
    assert without.stderr.count(b"\n") == 1
    assert b"ssh -t" in without.stderr
    assert b"agenda" in without.stderr
    for name in ("dumb", ""):
        with Terminal(server.command("marit", options=("-t",)), environment={"TERM": name}).closing() as marit:
            assert marit.ended() == 2
            assert "agenda" in marit.text
            assert ALTERNATE not in marit.raw


def test_a_state_folder_that_cannot_be_made(school: School, serve: Callable[..., Server]) -> None:
    """It is said once, and everything but that works."""
    server = serve("marit", XDG_STATE_HOME="/proc/nowhere")
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        marit.press("n")
        marit.wait_for(tr("What did you see or hear?"))
        marit.type(SENTENCE)
        marit.wait_for("buiten dit venster")
        marit.wait_without("buiten dit venster")
        marit.type(" en nog wat")
        time.sleep(1)
        assert "buiten dit venster" not in marit.text
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    assert school.facts("joost") == [f"{SENTENCE} en nog wat"]


def test_nothing_in_the_environment_makes_it_write_or_start_anything(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    """As if the server took every variable from its clients."""
    folder = tmp_path / "uit"
    folder.mkdir()
    server = serve(
        "marit",
        TEXTUAL="devtools,debug",
        TEXTUAL_LOG=str(folder / "log"),
        TEXTUAL_SCREENSHOT="1",
        TEXTUAL_SCREENSHOT_LOCATION=str(folder),
        TEXTUAL_PRESS="ctrl+q",
        TEXTUAL_DRIVER="tests.terminal.kit:School",
        TEXTUAL_ALLOW_SIGNALS="1",
        BROWSER="touch",
        EDITOR="touch",
    )
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        marit.wait_for(tr("Nothing needs you now."))
        time.sleep(1.5)
        marit.press("\x03", "\x1a", "\x1c")  # ctrl+c, ctrl+z, ctrl+\
        marit.wait_quiet()
        jotted(marit, SENTENCE)
    assert list(folder.iterdir()) == []


def test_an_export_folder_takes_files_and_no_other_place(
    school: School, serve: Callable[..., Server], tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    os.chmod(share, 0o2770)  # noqa: PTH101 - Path.chmod is the same, the bit is the point
    server = serve("marit", PESTTUI_EXPORTS=str(share))
    code = school.case("marit", "Zoë de Vries")
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        marit.wait_for(code)
        marit.press("enter")
        marit.wait_for(tr("Taking part"))
        marit.press("d")
        marit.wait_for(tr("Dossier"))
        marit.wait_for("PDF")
        marit.press("b")
        marit.wait_for(f"dossier-{code}.pdf")
        assert str(tmp_path)[:20] in marit.text
        written = tr("Written: {path}", path="").split(":")[0]
        for typed, then in ((f"{tmp_path}/elders.pdf", tr("Not saved")), ("zaak.pdf", written)):
            marit.press("\x01", "\x0b")  # home, and all behind it gone: Textual does that after letters in one bunch
            marit.wait_quiet()
            marit.press(typed, "f2")
            marit.wait_for(then)
    assert sorted(path.name for path in share.iterdir()) == ["zaak.pdf"]
    assert (share / "zaak.pdf").stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.rglob("elders*"))
