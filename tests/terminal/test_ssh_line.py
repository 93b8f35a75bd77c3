"""A line over a real sshd drops, in every way it can: the program ends, and what was typed is not lost."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.data.school_kit import passphrase_of

from .kit import School, jotted, log_in, tr
from .pty import ALTERNATE, Terminal, need_tool
from .sshd import Server, gone, marked, seconds_used
from .test_tmux import Tmux
from .test_typing import KEPT_WITHIN, SENTENCE, typed

ENDING = 8.0
"""Within so many seconds of being cut off the program has ended, on a busy machine too."""

ALIVE = 2
"""The server asks every so many seconds whether the client is there, and so many times; the README says 15 and 4."""


def close_the_window(client: Terminal, _: Server) -> None:
    client.hang_up()


def kill_the_client(client: Terminal, _: Server) -> None:
    client.signal(signal.SIGKILL)


def end_the_client(client: Terminal, _: Server) -> None:
    client.signal(signal.SIGTERM)


def stop_the_client(client: Terminal, _: Server) -> None:
    """A laptop that is closed: the connection stays, and nobody answers."""
    client.signal(signal.SIGSTOP)


def kill_the_server(_: Terminal, server: Server) -> None:
    for pid in server.sessions():
        os.kill(pid, signal.SIGKILL)


def terminate_the_program(_: Terminal, server: Server) -> None:
    os.kill(server.program(), signal.SIGTERM)


def kill_the_program(_: Terminal, server: Server) -> None:
    time.sleep(KEPT_WITHIN)
    os.kill(server.program(), signal.SIGKILL)


ENDS: tuple[Callable[[Terminal, Server], None], ...] = (
    close_the_window,
    kill_the_client,
    end_the_client,
    stop_the_client,
    kill_the_server,
    terminate_the_program,
    kill_the_program,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.replace("_", " "))
def test_what_was_typed_is_there_again(
    school: School, serve: Callable[..., Server], end: Callable[[Terminal, Server], None]
) -> None:
    server = serve("marit", alive=ALIVE)
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        jotted(marit, "wat al bewaard was")
        typed(marit)
        program = server.program()
        before = seconds_used(program)
        end(marit, server)
        used = gone(program, ENDING + ALIVE * (ALIVE + 1))
        assert used - before < 2, "it does not spin"
        assert school.lock_is_free()
        # While the other end may still stand there: the next log-in does not wait for it.
        with server.opened("marit") as again:
            log_in(again, "marit")
            again.wait_for("bezig met")
            again.press("enter")
            again.wait_for(SENTENCE.rsplit(maxsplit=1)[-1])
            again.press("f2")
            again.wait_for(tr("Saved"))
        marit.signal(signal.SIGCONT)
    assert sorted(school.facts("joost")) == sorted([SENTENCE, "wat al bewaard was"])


def test_a_client_that_stops_reading_for_a_moment_goes_on(school: School, server: Server) -> None:
    with server.opened("marit") as marit:
        log_in(marit, "marit")
        typed(marit)
        marit.signal(signal.SIGSTOP)
        school.jot("joost", b"van een collega")
        time.sleep(2)
        marit.signal(signal.SIGCONT)
        marit.type(" afmaakt")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    assert f"{SENTENCE} afmaakt" in school.facts("joost")


# --- the line that clears the window -----------------------------------------------------------------------


def shim(server: Server, folder: Path) -> dict[str, str]:
    """Return an environment in which `ssh` reads somebody's own configuration, as it does at home."""
    folder.mkdir()
    program = folder / "ssh"
    program.write_text(f'#!/bin/sh\nexec {need_tool("ssh")} -F {server.configuration("marit")} "$@"\n')
    program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_the_readme_s_line_clears_the_window_of_a_line_that_dropped(
    school: School, server: Server, tmp_path: Path
) -> None:
    code = school.case("marit", "Zoë de Vries")
    (line,) = marked("line")
    environment = shim(server, tmp_path / "bin")
    command = ["/bin/sh", "-c", f"{line}\necho klaar; read -r _"]
    with Terminal(command, environment=environment).closing() as marit:
        log_in(marit, "marit")
        marit.wait_for(code)
        marit.press("v")
        marit.wait_for("Zoë")
        assert ALTERNATE in marit.raw
        kill_the_server(marit, server)
        marit.wait_for("klaar")
        assert "Zoë" not in marit.text
        assert code not in marit.text
    assert marit.raw.rfind(b"\x1b[?1049l\x1bc") > marit.raw.rfind("Zoë".encode())


def test_the_readme_s_line_clears_a_window_of_tmux(
    school: School, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which has another screen behind the one that programs take, as every real terminal has."""
    code = school.case("marit", "Zoë de Vries")
    (line,) = marked("line")
    monkeypatch.setenv("PATH", shim(server, tmp_path / "bin")["PATH"])
    tmux = Tmux(need_tool("tmux"), tmp_path)
    try:
        tmux("new-session", "-d", "-x", "80", "-y", "24", "/bin/sh", "-c", f"{line}\necho klaar; exec sleep 60")
        tmux.wait_for("Wachtzin")
        tmux("send-keys", "-l", passphrase_of("marit"))
        tmux("send-keys", "Enter")
        tmux.wait_for(code)
        tmux("send-keys", "v")
        tmux.wait_for("Zoë")
        for pid in server.sessions():
            os.kill(pid, signal.SIGKILL)
        tmux.wait_for("klaar")
        assert tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}").strip() == "00"
        assert "Zoë" not in tmux("capture-pane", "-p", "-S", "-")
    finally:
        tmux("kill-server", check=False)


def test_a_server_that_is_cut_off_is_given_up_by_the_client(school: School, server: Server, tmp_path: Path) -> None:
    """`ServerAliveInterval` in the README's configuration is what lets `ssh` come to the end of its line."""
    config = server.configuration("marit")
    config.write_text(config.read_text().replace("ServerAliveInterval 15", "ServerAliveInterval 1"))
    with Terminal([need_tool("ssh"), "-F", str(config), "-t", "school"]).closing() as marit:
        marit.wait_for("Wachtzin")
        for pid in server.sessions():
            os.kill(pid, signal.SIGSTOP)
        assert marit.ended(4 * 2 + ENDING) == 255
