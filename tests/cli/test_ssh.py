"""What may be asked over SSH: a few commands, word for word, and nothing that names a file."""

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import NotAllowed, PesttuiError, UsageError
from data.words import Words
from pesttui.cli import build
from pesttui.ssh import COMMANDS, EXPORT, MAX_LENGTH, Asked, clear_environment, offered, understood
from tests.data.school_kit import passphrase_of

from .kit import SENTENCE, Answer, Cli

GROUP = build(Words("en"))


def asked(line: str) -> Asked:
    return understood(line, GROUP)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("note -", ("note", "--", "-")),
        ("note", ("note", "--")),
        ("note --json --about 'Zoë de Vries' -", ("note", "--json", "--about=Zoë de Vries", "--", "-")),
        ("note --about=x --about=y --place=plein 'een; twee'",
         ("note", "--about=x", "--about=y", "--place=plein", "--", "een; twee")),
        ("note -- --json", ("note", "--", "--json")),
        ("note --place --json -", ("note", "--place=--json", "--", "-")),
        ("notes", ("notes", "--")),
        ("cases --json", ("cases", "--json", "--")),
        ("show Z-7K3F", ("show", "--", "Z-7K3F")),
        ("agenda", ("agenda", "--")),
        ("export dossier Z-7K3F --output -", ("export", "dossier", "--output=-", "--", "Z-7K3F")),
        ("export dossier --output=- --for=ab --format text -- Z",
         ("export", "dossier", "--output=-", "--for=ab", "--format=text", "--", "Z")),
    ],
)  # fmt: skip
def test_what_passes_is_written_anew(line: str, words: tuple[str, ...]) -> None:
    assert asked(line) == Asked(None, None, words)


@pytest.mark.parametrize("line", ["--login anne notes", "notes --login=anne", "--login=anne --passphrase-file - notes"])
def test_who_one_is(line: str) -> None:
    assert asked(line).login == "anne"
    assert asked(f"{line} --lang en").language == "en"


NOT_ON_THE_LIST = (
    "", " ", "''", "-", "--", "--help", "-h", "--version", "help", "NOTES", "notes2", "n\u043etes", "notes/", "./notes",
    "id", "sh", "pesttui notes", "ssh", "ssh-key -", "verify", "pupils", "person", "person add x", "log", "compact",
    "demo", "init", "join", "recover", "import x", "backup x", "restore x", "accept", "protocol check /etc/passwd",
    "notes --help", "notes -h", "notes --js", "notes --jso", "notes --json=1", "notes -j", "notes --vault=/etc/passwd",
    "notes --output -", "--vault /x notes", "--vault=/x notes", "--exports=/x notes", "--passphrase-file=/x notes",
    "notes --passphrase-file /x", "--lang de notes", "--login", "--login anne", "--login a --login b notes",
    "--login a notes --login a", "notes --login", "export", "export dossier", "export --output -",
    "export nothing --output -",
    "export dossier Z", "export dossier Z --output", "export dossier Z --output x", "export dossier Z --output=/x",
    "export dossier Z --output - --output x", "export dossier Z --output x --output -", "export dossier Z -output -",
    "export dossier Z --output - --force", "export dossier Z --output - --outpu x", "export dossier Z - --output /x",
    "export export dossier Z --output -", "note - x", "note x -", "note --json - -",
    "notes; id", "notes;id", "notes ; id", "note - ;", "notes && id", "notes | id", "notes & id", "notes > x",
    "notes < x",
    "note (id)", "note $(id)", 'note "$(id)"', "note `id`", "note '`id`'", "notes ';'",
)  # fmt: skip


@pytest.mark.parametrize("line", NOT_ON_THE_LIST)
def test_all_else_is_not_allowed(line: str) -> None:
    with pytest.raises(NotAllowed):
        asked(line)


NO_LINE = ("note 'x", 'note "x', "note \\", "notes\n", "notes\nid", "notes\rid", "note \0", "note \x1b[2J", "note \x7f",
    "note \x9b", "note \u202e", "note \u2028", "note \u200b", "note \udcff", "note \ufeff", "n" * (MAX_LENGTH + 1),
    "note " + "x" * 1_000_000)  # fmt: skip


@pytest.mark.parametrize("line", NO_LINE, ids=range(len(NO_LINE)))
def test_what_is_no_line(line: str) -> None:
    with pytest.raises(UsageError):
        asked(line)


PIECES = ("note", "notes", "show", "export", "dossier", "--output", "-", "--", "--json", "--for", "--force", "--login",
    "--lang", "nl", "=", "'", '"', "\\", " ", ";", "$(", "`", "--vault", "/etc/passwd", "Z-7K3F", "-h", "\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=60))
def test_nothing_passes_but_what_is_on_the_list(line: str) -> None:
    try:
        passed = asked(line)
    except PesttuiError:
        return
    end = passed.words.index("--")
    names = passed.words[: 2 if passed.words[0] == EXPORT else 1]
    options = passed.words[len(names) : end]
    assert names[0] in (*COMMANDS, EXPORT)
    assert all(option.startswith("--") for option in options)
    assert not any(option.partition("=")[0] in {"--force", "--vault", "--exports", "--help"} for option in options)
    if names[0] == EXPORT:
        assert {option for option in options if option.startswith("--output")} == {"--output=-"}
    assert passed.language in {None, "nl", "en"}


def every(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            found += every(command, (*before, name))
        else:
            found.append(((*before, name), command))
    return found


def test_no_option_that_passes_names_a_file() -> None:
    """Of every command there is, also those that come later: what is a file's name by its help does not pass."""
    passed = 0
    for names, command in every(GROUP):
        if names[0] not in (*COMMANDS, EXPORT):
            continue
        for option in command.params:
            if not isinstance(option, click.Option):
                continue
            value = "" if option.is_flag else "=-" if "--output" in option.opts else "=waarde"
            line = " ".join((*names, f"{option.opts[0]}{value}", *(["--output", "-"] if names[0] == EXPORT else [])))
            try:
                asked(line)
                passed += 1
            except NotAllowed:
                assert option.name in {"force", "help"} or "FILE" in (option.metavar or ""), (names, option.name)
    assert passed > 5


def test_what_stays_of_an_environment() -> None:
    kept = ("HOME", "TERM", "LC_ALL", "SSH_CONNECTION", "TEXTUAL_FPS", "XDG_STATE_HOME", "PESTTUI_EXPORTS")
    dropped = ("TEXTUAL", "TEXTUAL_LOG", "PYTHONPATH", "LD_PRELOAD", "BROWSER", "EDITOR", "PAGER", "PYTHONINSPECT")
    before = dict.fromkeys(kept, "/x")
    environment = before | dict.fromkeys(dropped, "/x")
    clear_environment(environment)
    assert environment == before


# --- the command itself ------------------------------------------------------------------------------------


@pytest.fixture
def ssh(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> "Asking":
    # The environment is the tests' own; that it is cleared is seen over a real sshd.
    monkeypatch.setattr("pesttui.ssh.clear_environment", lambda _: None)
    return Asking(cli, monkeypatch)


class Asking:
    """Runs `pesttui ssh` as sshd does."""

    def __init__(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cli = cli
        self._monkeypatch = monkeypatch

    def __call__(self, line: str | None, *options: str, given: str = "", login: str | None = "marit") -> Answer:
        self._monkeypatch.delenv("SSH_ORIGINAL_COMMAND", raising=False)
        if line is not None:
            self._monkeypatch.setenv("SSH_ORIGINAL_COMMAND", line)
        whose = ("--login", login) if login is not None else ()
        return self.cli.bare("--vault", str(self.cli.kit.path), *options, *whose, "ssh", given=given, lang="en")


def test_the_first_line_is_the_passphrase_and_the_rest_the_text(ssh: Asking) -> None:
    answer = ssh("note -", given=f"{passphrase_of('marit')}\n{SENTENCE}\nen nog een regel\n")
    assert (answer.code, answer.err) == (0, "")
    (known,) = ssh.cli.kit.open_as("joost").notes.all()
    assert known.note.facts == (f"{SENTENCE}\nen nog een regel",)


def test_whose_key_it_is(ssh: Asking) -> None:
    secret = f"{passphrase_of('joost')}\n"
    assert ssh("notes --login joost", given=secret).code == 6
    assert ssh("notes --login joost", given=secret, login=None).code == 0
    nobody = ssh("notes", given=secret, login=None)
    assert (nobody.code, nobody.out) == (2, "")
    assert "--login NAME" in nobody.err


def test_refused_in_a_sentence_that_says_what_works(ssh: Asking) -> None:
    answer = ssh("person list", given=f"{passphrase_of('marit')}\n")
    assert (answer.code, answer.out) == (6, "")
    assert offered(GROUP) in answer.err
    assert ssh("notes --lang nl", given="x\n").err != ssh("notes --lang en", given="x\n").err


def test_no_terminal(ssh: Asking) -> None:
    answer = ssh(None)
    assert (answer.code, answer.out) == (2, "")
    assert "ssh -t" in answer.err
    assert offered(GROUP) in answer.err


def test_what_is_offered_is_what_there_is() -> None:
    """A command that comes one day is offered from then on."""
    told = "note - | notes | cases | show CASE | agenda | export … --output -"
    group = click.Group(commands={name: click.Command(name) for name in ("agenda", "note", "incidents", "verify")})
    assert offered(GROUP).replace(" | incidents", "") == told
    assert offered(group) == "note - | agenda | incidents | export … --output -"
    assert understood("incidents", group).words == ("incidents", "--")


def test_no_passphrase_lies_on_the_server(ssh: Asking) -> None:
    secret = ssh.cli.secret(passphrase_of("marit"))
    assert ssh("notes", "--passphrase-file", secret).code == 2


def test_an_export_goes_nowhere_but_to_who_asked(ssh: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = ssh.cli.case("Zoë de Vries")
    before = sorted(tmp_path.rglob("*"))
    secret = f"{passphrase_of('marit')}\n"
    for line in (f"export dossier {code}", f"export dossier {code} --output {tmp_path}/uit.pdf"):
        refused = ssh(line, "--exports", str(tmp_path), given=secret)
        assert (refused.code, refused.out) == (6, "")
    answer = ssh(f"export dossier {code} --output - --format text", given=secret)
    assert (answer.code, answer.lines[0]) == (0, f"Dossier {code}")
    assert sorted(path for path in tmp_path.rglob("*") if "state" not in path.parts) == before
