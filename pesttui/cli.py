"""The command line: everything a script, a cron job or a test needs. Contract: names, exit codes, `--json` shapes.

Data goes to standard output, everything else to standard error. Commands are built for one language at a time,
so that help speaks it too.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from data.errors import N_, Damaged, NotSaved, PesttuiError, Rollback, UsageError, VaultError
from data.outside import Outside
from data.words import LANGUAGES, Words

from . import __version__, crash
from .helping import group_in
from .secrets import Input, read_secret

if TYPE_CHECKING:
    from data.register import Register
    from data.vault.crypto import Cost
    from data.vault.machine import Machine
    from data.vault.vault import Vault


@dataclass
class Outcome:
    """What a command met on its way: it may have printed all it could and yet not be whole."""

    damaged: bool = False
    older: bool = False

    def code(self, result: object) -> int:
        """Return the exit code for what a command returned."""
        if isinstance(result, int) and result:
            return result
        if self.damaged:
            return Damaged.exit_code
        return Rollback.exit_code if self.older else 0


@dataclass(frozen=True)
class Context:
    """What every command gets: the global options, the words, the machine."""

    words: Words
    vault: str = ""
    login: str = ""
    passphrase_file: str | None = None
    given: Input = field(default_factory=Input)
    machine: "Machine | None" = None
    cost: "Cost | None" = None
    outcome: Outcome = field(default_factory=Outcome)
    outside: Outside = field(default_factory=Outside)

    def the_machine(self) -> "Machine":
        """Return the machine, the real one unless a test passed another."""
        from data.vault.machine import Machine  # noqa: PLC0415 - the screen starts without cryptography

        return replace(self.machine, outside=self.outside) if self.machine else Machine(outside=self.outside)

    def the_cost(self) -> "Cost":
        """Return what a new keyslot costs to guess."""
        from data.vault.crypto import STANDARD  # noqa: PLC0415

        return self.cost or STANDARD

    @contextmanager
    def session(self) -> Iterator["Register"]:
        """Log in, hand over the register, log out; a damaged file is said on standard error and by the exit code."""
        with self.session_with() as (register, _):
            yield register

    @contextmanager
    def session_with(self) -> "Iterator[tuple[Register, str]]":
        """Do as `session` does, for a command that needs the passphrase once more."""
        from data.register import open_school  # noqa: PLC0415
        from data.vault.attempts import Attempts  # noqa: PLC0415

        attempts = Attempts(state_folder(), self.the_machine())
        attempts.wait()
        passphrase = read_secret(self.passphrase_file, N_("Passphrase"), self.given, self.words)
        with self._open(
            lambda: attempts.guard(
                lambda: open_school(self.vault, self.login, passphrase, machine=self.the_machine(), pins=state_folder())
            )
        ) as register:
            yield register, passphrase

    @contextmanager
    def recovery(self, code_file: str | None) -> Iterator["Register"]:
        """Log in with the printed recovery code instead."""
        from data.register import recover_school  # noqa: PLC0415
        from data.vault.attempts import Attempts  # noqa: PLC0415

        attempts = Attempts(state_folder(), self.the_machine())
        attempts.wait()
        code = read_secret(code_file, N_("Recovery code"), self.given, self.words)
        with self._open(
            lambda: attempts.guard(
                lambda: recover_school(
                    self.vault, code, machine=self.the_machine(), cost=self.the_cost(), pins=state_folder()
                )
            )
        ) as register:
            yield register

    @contextmanager
    def _open(self, log_in: "Callable[[], Register]") -> Iterator["Register"]:
        register = log_in()
        try:
            self._tell_past(register)
            if register.vault.alarm:
                self.outcome.older = True
            elif register.vault.damage:
                self.outcome.damaged = True
                shown = self.words.tr(N_("The file is damaged: what is shown is what lies before the damage."))
                self.say(f"{shown} {self.words.tell(register.vault.damage)}")
            yield register
        except NotSaved as problem:
            if register.vault.damage is None or register.vault.alarm:
                raise
            raise problem.told_as(Damaged) from None
        finally:
            register.close()

    def _tell_past(self, register: "Register") -> None:
        """Say what is known here of the file's past, if it is anything to say."""
        from data.vault.accept import PUT_BACK  # noqa: PLC0415

        vault = register.vault
        for problem in (vault.alarm, vault.take_trouble()):
            if problem is not None:
                self.say(self.words.tell(problem))
        if vault.take_accepted():
            self.say(self.words.tr(PUT_BACK))

    @contextmanager
    def vault_at(self, path: str) -> "Iterator[Vault]":
        """Log in to another file than the school's: a backup. Nothing is remembered of it."""
        from data.register.schema import POLICIES  # noqa: PLC0415
        from data.vault.attempts import Attempts  # noqa: PLC0415
        from data.vault.vault import Vault  # noqa: PLC0415

        machine = self.the_machine()
        attempts = Attempts(state_folder(), machine)
        attempts.wait()
        passphrase = read_secret(self.passphrase_file, N_("Passphrase"), self.given, self.words)
        vault = attempts.guard(lambda: Vault.unlock(path, self.login, passphrase, machine=machine, policies=POLICIES))
        try:
            yield vault
        finally:
            vault.close()

    @staticmethod
    def say(text: str) -> None:
        """Tell a person something, on standard error."""
        click.echo(text, err=True)


def state_folder() -> str:
    """Return the folder for what the program remembers between runs, outside the vault."""
    from platformdirs import user_state_dir  # noqa: PLC0415

    return user_state_dir("pesttui", appauthor=False)


def default_vault() -> str:
    """Return where the school's file lies when nobody says otherwise."""
    from platformdirs import user_data_dir  # noqa: PLC0415

    return os.environ.get("PESTTUI_VAULT") or os.path.join(user_data_dir("pesttui", appauthor=False), "school.pest")  # noqa: PTH118


def make_folder(path: str) -> None:
    """Make the folder that a new file at `path` goes into, readable by its owner alone. Raises VaultError."""
    folder = os.path.dirname(path)  # noqa: PTH120
    try:
        if folder:
            os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
    except OSError as error:
        raise VaultError(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror) from None


def system_login() -> str:
    """Return the system's name for who runs this, or nothing."""
    import getpass  # noqa: PLC0415 - a few milliseconds that most starts need not spend

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def run(arguments: Sequence[str], context: Context | None = None) -> int:
    """Run one command line and return its exit code."""
    words = context.words if context else Words(_language(arguments))
    context = context or Context(words)
    try:
        result = build(words).main(list(arguments), prog_name="pesttui", standalone_mode=False, obj=context)
    except click.exceptions.Abort:
        return 1
    except click.ClickException as error:
        show(error)
        return error.exit_code
    except PesttuiError as error:
        click.echo(f"{words.tr(error.title)}: {words.tell(error)}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # Python's own traceback would print what was typed to whoever keeps a script's errors.
        path = crash.keep(error, state_folder())
        told = N_("pesttui stopped because of a fault in the program. What was saved is safe. Trace: {path}")
        click.echo(words.tr(told, path=path or "–"), err=True)
        return 1
    return context.outcome.code(result)


REPEATS = (click.UsageError, click.NoSuchOption, click.exceptions.NoSuchCommand, click.BadParameter)
"""What click answers by repeating the words it did not expect."""


def show(error: click.ClickException) -> None:
    """Say what is wrong with a command line, without repeating words that may be a sentence about a pupil."""
    if isinstance(error, click.UsageError) and type(error) in REPEATS and error.ctx is not None:
        names = error.ctx.command.get_help_option_names(error.ctx)
        about = error.param if isinstance(error, click.BadParameter) else None
        which = f"{about.get_error_hint(error.ctx)}?\n" if about else ""
        click.echo(f"{error.ctx.get_usage()}\n\n{which}{error.ctx.command_path} {max(names, key=len)}", err=True)
    else:
        error.show()


def _language(arguments: Sequence[str]) -> str:
    """Return the language asked for, before anything is parsed: the help is written in it."""
    for at, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
    return "nl"


def print_json(value: object) -> None:
    """Print one JSON document to standard output, in plain ASCII where that cannot take every name."""
    takes_all = "utf" in (sys.stdout.encoding or "").lower()
    import json  # noqa: PLC0415

    click.echo(json.dumps(value, ensure_ascii=not takes_all))


def build(words: Words) -> click.Group:
    """Return the whole command line in one language."""
    tr = words.tr

    def fill(group: click.Group) -> None:
        from . import commands  # noqa: PLC0415 - opening the program needs none of them

        commands.add_all(group, words)

    @click.group(
        cls=group_in(words, fill),
        invoke_without_command=True,
        help=tr(
            N_(
                "A school's anti-bullying protocol in the terminal, every case in one encrypted file.\n\n"
                "Without a command the program opens full-screen."
            )
        ),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    @click.option("--vault", metavar="FILE", help=tr(N_("The school's file (or PESTTUI_VAULT).")))
    @click.option("--login", metavar="NAME", help=tr(N_("Who you are; else the system's login.")))
    @click.option(
        "--passphrase-file",
        metavar="FILE",
        help=tr(N_("Your passphrase, in a file only you can read; - is standard input.")),
    )
    @click.option("--exports", metavar="FOLDER", help=tr(N_("Where exports go (or PESTTUI_EXPORTS).")))
    @click.option("--lang", type=click.Choice(LANGUAGES), help=tr(N_("Language.")))
    @click.version_option(
        __version__, prog_name="pesttui", message="%(prog)s %(version)s", help=tr(N_("Show the version and stop."))
    )
    @click.pass_context
    def pesttui(
        ctx: click.Context,
        vault: str | None,
        login: str | None,
        passphrase_file: str | None,
        exports: str | None,
        lang: str | None,
    ) -> int | None:
        context: Context = ctx.obj
        exports = exports or context.outside.folder or os.environ.get("PESTTUI_EXPORTS") or ""
        ctx.obj = replace(
            context,
            vault=vault or default_vault(),
            login=login if login is not None else system_login(),
            passphrase_file=passphrase_file,
            outside=replace(context.outside, folder=exports),
        )
        if ctx.invoked_subcommand is None:
            return open_program(ctx.obj)
        return None

    return pesttui


NO_TERMINAL = N_("The full-screen program needs a terminal. Use the commands instead: pesttui --help lists them.")


def need_terminal(message: str = NO_TERMINAL, **values: object) -> None:
    """Raise UsageError where there is no terminal to open the full-screen program in."""
    if not sys.stdin.isatty() or not sys.stderr.isatty() or (os.environ.get("TERM") or "dumb") == "dumb":
        raise UsageError(message, **values)


def open_program(context: Context, hint: tuple[tuple[str, str, str], ...] = (), *, bound: bool = False) -> int:
    """Open the full-screen program; `hint` is shown on the unlock screen. Returns the exit code.

    `bound`: nobody but `context.login` logs in here.
    """
    need_terminal()
    from .app import PesttuiApp  # noqa: PLC0415 - Textual is imported only to be seen

    app = PesttuiApp(
        vault=context.vault,
        login=context.login,
        words=context.words,
        machine=context.the_machine,
        state_folder=state_folder(),
        hint=hint,
        bound=bound,
        guest=context.outside.only,
    )
    app.run(mouse=True)
    return app.return_code or 0
