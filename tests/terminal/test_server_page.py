"""The README's page for administrators, followed to the letter: a server from nothing, and what people can do there."""

import configparser
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .ground import Ground, new_ground
from .kit import tr
from .pty import Gone
from .sshd import README, Server, block, gone, marked

PASSPHRASE = "een walvis leest kranten bij nacht"
ICT = "zeven sleutels onder de mat"
ELSEWHERE = ("apt-get ", "systemctl ")
"""What a container has been given already, or has not at all."""


def page(word: str) -> str:
    """Return the block of the page that holds a word, as root types it here."""
    return "\n".join(line for line in block("server", word).splitlines() if not line.startswith(ELSEWHERE))


class PageServer(Server):
    """The server that the page makes."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.folder / "sshd", {})
        self.within, self.account = ground.within, "pesttui"

    def configure(self) -> None:
        """As Debian has it, on a port of its own."""
        lines = (
            "Include /etc/ssh/sshd_config.d/*.conf",
            f"ListenAddress 127.0.0.1:{self.port}",
            f"HostKey {self.folder / 'host'}",
            f"PidFile {self.folder / 'pid'}",
            "KbdInteractiveAuthentication no",
            "UsePAM no",
            "X11Forwarding yes",
            "AcceptEnv LANG LC_*",
            "Subsystem sftp /usr/lib/openssh/sftp-server",
        )
        (self.folder / "sshd_config").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """The page, step by step up to Anne's key."""
    with new_ground() as found:
        found.run(page("useradd"))
        found.run(page("ln -sfn"))
        found.complete()
        with found.terminal(page("init --school")) as root:
            for prompt in (tr("A new passphrase"), tr("Once more")):
                root.wait_for(prompt)
                root.press(PASSPHRASE, "enter")
            assert root.ended(60) == 0, root.text
            assert PASSPHRASE.encode() not in root.raw
            assert re.search(r"([0-9A-Z]{5}-){10}[0-9A-Z]{5}", root.text)
        found.run(page("AuthorizedKeysFile"))
        yield found


@pytest.fixture(scope="module")
def server(ground: Ground) -> Iterator[Server]:
    found = PageServer(ground)
    found.key("anne")
    shutil.copy(found.folder / "anne.pub", ground.clone)
    ground.run(page("ssh-key"))
    found.start()
    yield found
    found.stop()


def by_anne(server: Server, *command: str, text: str = "") -> "subprocess.CompletedProcess[bytes]":
    return server.run("anne", *command, given=f"{PASSPHRASE}\n{text}".encode())


def test_every_block_of_the_page_is_followed_here() -> None:
    """A step that is added to the page is added here."""
    assert len(marked("server")) == 7
    assert README.count("<!-- server -->") == README.count("<!-- /server -->") == 1


def test_unlock_a_note_and_quit(server: Server) -> None:
    with server.opened("anne") as anne:
        anne.wait_for("Wachtzin")
        anne.press(PASSPHRASE, "enter")
        anne.wait_for("Mijn dag")
        anne.press("n")
        anne.wait_for(tr("What did you see or hear?"))
        anne.type("iemand huilde bij het hek")
        anne.press("f2")
        anne.wait_for(tr("Saved"))
        anne.press("ctrl+q")
        assert anne.ended() == 0
    done = by_anne(server, "notes")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"iemand huilde bij het hek" in done.stdout


def test_no_shell_no_copy_and_no_key_of_ones_own(ground: Ground, server: Server) -> None:
    for command in (("id",), ("sh", "-i"), ("notes;", "id")):
        done = by_anne(server, *command)
        assert (done.returncode, done.stdout) == (6, b"")
    config = str(server.configuration("anne"))
    for old in (["-O"], []):
        copy = ["scp", *old, "-F", config, "school:/srv/pesttui/school.pest", str(ground.folder / "dief")]
        assert subprocess.run(copy, capture_output=True, timeout=60, check=False).returncode != 0
    assert not (ground.folder / "dief").exists()
    # A key in the account's own home opens nothing, whoever may have put it there.
    stray = server.key("stray").with_suffix(".pub").read_text()
    ground.run(
        "install -d -m 700 -o pesttui -g pesttui /srv/pesttui/.ssh;"
        "install -m 600 -o pesttui -g pesttui /dev/stdin /srv/pesttui/.ssh/authorized_keys",
        given=stray,
    )
    assert server.run("stray", "notes").returncode == 255


def test_whose_is_what(ground: Ground) -> None:
    said = ground.run(
        "cd /srv/pesttui; stat -c '%U %a %n' . school.pest .local/state/pesttui /etc/ssh/pesttui_keys;"
        "runuser -u pesttui -- find /opt/pesttui/ /etc/ssh /usr/local/sbin -writable -not -type l; id -Gn pesttui"
    ).stdout.splitlines()
    assert said == [
        "pesttui 700 .",
        "pesttui 600 school.pest",
        "pesttui 700 .local/state/pesttui",
        "root 644 /etc/ssh/pesttui_keys",
        "pesttui",
    ]


def test_what_sshd_makes_of_the_page(ground: Ground, server: Server) -> None:
    config = server.folder / "sshd_config"
    ground.run(page("SetEnv"))
    said = ground.run(f"/usr/sbin/sshd -T -f {config} -C user=pesttui,host=x,addr=127.0.0.1").stdout.splitlines()
    assert {
        "disableforwarding yes",
        "permituserrc no",
        "authenticationmethods publickey",
        "authorizedkeysfile /etc/ssh/pesttui_keys",
        "clientaliveinterval 15",
        "clientalivecountmax 4",
        "setenv PESTTUI_EXPORTS=/srv/pesttui-exports",
    } <= set(said)
    others = ground.run(f"/usr/sbin/sshd -T -f {config} -C user=root,host=x,addr=127.0.0.1").stdout.splitlines()
    assert {"disableforwarding no", "clientaliveinterval 0"} <= set(others)
    assert ground.run("stat -c '%U %G %a' /srv/pesttui-exports").stdout == "pesttui pesttui-exports 2770\n"


def test_the_backup(ground: Ground) -> None:
    code = ground.run(
        "pesttui --login anne --passphrase-file - person add ict --name ICT --role administrator", PASSPHRASE
    ).stdout.strip()
    ground.run("pesttui --login ict join --code-file - --new-passphrase-file -", f"{code}\n{ICT}\n")
    ground.run(page("pesttui-backup.timer"), f"{ICT}\n")
    ground.run("pesttui-backup")
    said = ground.run("cd /srv/pesttui && stat -c '%U %a' backup backup/*.pest ict.secret").stdout.splitlines()
    assert said == ["pesttui 700", "pesttui 600", "pesttui 600"]
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(ground.run("cat /etc/systemd/system/pesttui-backup.service").stdout)
    ground.run(f"test -x {unit['Service']['ExecStart']}")
    if shutil.which("systemd-analyze"):
        ground.run("systemd-analyze verify /etc/systemd/system/pesttui-backup.{service,timer}")


def test_an_update_leaves_open_sessions_alone(ground: Ground, server: Server) -> None:
    before = ground.run("readlink /opt/pesttui").stdout.strip()
    with server.opened("anne") as anne:
        anne.wait_for("Wachtzin")
        time.sleep(1)  # another second, another name
        ground.run(page("ln -sfn"))
        ground.complete()
        after = ground.run("readlink /opt/pesttui").stdout.strip()
        assert after != before
        anne.press(PASSPHRASE, "enter")
        anne.wait_for("Mijn dag")
        (old,) = server.programs()
        with server.opened("anne") as again:
            again.wait_for("Wachtzin")
            (new,) = set(server.programs()) - {old}
            assert [prefix(pid) for pid in (old, new)] == [before, after]


def prefix(pid: int) -> str:
    """Return the folder in /opt that a program has its code from."""
    found = set(re.findall(r"/opt/pesttui-[\d-]+", Path(f"/proc/{pid}/cmdline").read_text()))
    return next(iter(found), "")


def test_a_lost_key(ground: Ground, server: Server) -> None:
    (line,) = re.findall(r"`(pkill [^`]+)`", README)
    with server.opened("anne") as anne:
        anne.wait_for("Wachtzin")
        program = server.program()
        ground.run("sed -i '/ anne$/d' /etc/ssh/pesttui_keys")
        ground.run(line)
        gone(program, 8)
    assert by_anne(server, "notes").returncode == 255
    with pytest.raises(Gone), server.opened("anne") as anne:
        anne.wait_for("Wachtzin", 10)
