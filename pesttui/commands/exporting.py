"""Commands that take something out of the file: each is written in the log."""

from typing import TYPE_CHECKING

import click

from data.errors import N_, NotAllowed, UsageError
from data.words import Words

from ..cli import Context

if TYPE_CHECKING:
    from data.register import KnownCase, Register
    from data.register.dossier import Dossier

ALL = "all"


def add(group: click.Group, words: Words) -> None:
    """Add the exports, in a group of their own."""
    tr = words.tr

    @group.group(help=tr(N_("Files for outside: each export is written in the log.")))
    def export() -> None:
        pass

    @export.command(help=tr(N_("A case as proof, step by step; with --for made for one pupil's family to read.")))
    @click.argument("case")
    @click.option(
        "--for", "pupil", metavar="PUPIL", help=tr(N_("Only what is this pupil's, the group's, the school's."))
    )
    @click.option(
        "--approve",
        type=click.Choice([ALL]),
        help=tr(N_("With --for: also the texts that are about others too, without their names. Read them first.")),
    )
    @click.option("--output", metavar="FILE", help=tr(N_("Where to; - is standard output.")))
    @click.option(
        "--format", "kind", type=click.Choice(["pdf", "text"]), default="pdf", help=tr(N_("PDF or plain text."))
    )
    @click.option("--force", is_flag=True, help=tr(N_("Replace a file that is there.")))
    @click.pass_obj
    def dossier(
        context: Context, case: str, pupil: str | None, approve: str | None, output: str | None, kind: str, force: bool
    ) -> None:
        from data.register.dossier import build  # noqa: PLC0415
        from data.register.dossier.words import file_name  # noqa: PLC0415

        if approve and pupil is None:
            raise UsageError(N_("--approve goes with --for PUPIL."))
        with context.session() as register:
            known = register.cases.get(case)
            chosen = None if pupil is None else _pupil(context, known, pupil)
            found = build(register, known.code, chosen)
            waiting = {statement.id for statement in found.to_approve}
            if approve and waiting:
                found = build(register, known.code, chosen, approved=waiting)
            _tell(context, found)
            data = _drawn(found, words, kind)
            _hand_over(context, register, found, data, output, file_name(found, kind), force=force)


def _pupil(context: Context, known: "KnownCase", argument: str) -> str:
    """Return a pupil of a case by id, or by a name that only one of them has; raises UsageError."""
    from data.register.pupils import fold  # noqa: PLC0415

    if argument in known.names:
        return argument
    wanted = fold(" ".join(argument.split()))
    found = [ident for ident, name in known.names.items() if wanted in {fold(name), fold(name.split()[0])}]
    if len(found) != 1:
        raise UsageError(N_("This pupil is not in the case."))
    context.say(context.words.tr(N_("A name on the command line is visible to others; an id is not.")))
    return found[0]


def _tell(context: Context, found: "Dossier") -> None:
    """Say what is left out of a dossier for one pupil."""
    words = context.words
    if found.to_approve:
        waiting = words.trn(
            "{count} text is about more than one pupil and is left out; --approve all takes it in.",
            "{count} texts are about more than one pupil and are left out; --approve all takes them in.",
            len(found.to_approve),
        )
        context.say(waiting)
    if found.refused:
        refused = words.trn(
            "{count} text is left out: another pupil's name was typed in it. Correct it in the case.",
            "{count} texts are left out: another pupil's name was typed in them. Correct them in the case.",
            len(found.refused),
        )
        context.say(refused)


def _drawn(found: "Dossier", words: Words, kind: str) -> bytes:
    if kind == "pdf":
        from data.register.dossier.pdf import to_pdf  # noqa: PLC0415

        return to_pdf(found, words)
    from data.register.dossier.words import to_text  # noqa: PLC0415

    return to_text(found, words).encode()


def _hand_over(
    context: Context, register: "Register", found: "Dossier", data: bytes, output: str | None, name: str, *, force: bool
) -> None:
    """Write it in the log, and give it to whoever asked: nothing leaves the file that the log does not know of."""
    from data.outgoing import outgoing  # noqa: PLC0415

    if output == "-":
        _logged(register, found.code)
        click.echo(data, nl=False)
        return
    path = output or (context.outside.proposed(name) if context.outside.folder else name)
    with outgoing(context.the_machine(), context.outside.place(path), data, replace=force):
        _logged(register, found.code)
    context.say(context.words.tr(N_("Written: {path}"), path=path))


def _logged(register: "Register", code: str) -> None:
    if not register.log.exported(code, "dossier"):
        raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))
