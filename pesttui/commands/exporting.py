"""Commands that take something out of the file: each is written in the log."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from data.errors import N_, NotAllowed, UsageError
from data.words import Words

from ..cli import Context

if TYPE_CHECKING:
    from data.register import KnownCase, Register
    from data.register.dossier import Dossier
    from data.register.parnassys import Source

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
            _hand_over(
                context,
                data,
                output,
                file_name(found, kind),
                lambda: _logged(register, found.code, "dossier"),
                force=force,
            )

    @export.command(help=tr(N_("What is due in your cases, for a calendar (iCalendar): codes of cases, no names.")))
    @click.option("--output", metavar="FILE", help=tr(N_("Where to; - is standard output.")))
    @click.option("--force", is_flag=True, help=tr(N_("Replace a file that is there.")))
    @click.pass_obj
    def calendar(context: Context, output: str | None, force: bool) -> None:
        from data.exchange.calendar import to_calendar  # noqa: PLC0415
        from data.register.agenda import waiting  # noqa: PLC0415

        with context.session() as register:
            due = waiting(register, register.cases.all())
            data = to_calendar(due, tr, now=register.now(), name="pesttui", vault=register.vault.id)
            _hand_over(context, data, output, "pesttui.ics", lambda: _logged(register, "", "calendar"), force=force)

    @export.command(help=tr(N_("A school year in numbers that name nobody: for coordinator, IB and management.")))
    @click.option("--year", metavar="YEAR", default="", help=tr(N_("As 2026-2027; else this school year.")))
    @click.option("--output", metavar="FILE", help=tr(N_("Where to; - is standard output.")))
    @click.option(
        "--format",
        "kind",
        type=click.Choice(["pdf", "csv", "json"]),
        default="pdf",
        help=tr(N_("PDF, CSV for a spreadsheet, or JSON.")),
    )
    @click.option("--force", is_flag=True, help=tr(N_("Replace a file that is there.")))
    @click.pass_obj
    def year(context: Context, year: str, output: str | None, kind: str, force: bool) -> None:
        from data.insight.year_input import span  # noqa: PLC0415
        from data.register.year_export import draw, file_name, log_export  # noqa: PLC0415

        if year:
            span(year)  # before a passphrase is asked for
        with context.session() as register:
            found, stored = register.year.best(year)
            data = draw(register, found, words, kind, stored)
            _hand_over(context, data, output, file_name(found.year, kind), lambda: log_export(register), force=force)

    @export.command(
        help=tr(
            N_("The text of a note or an incident for one pupil's ParnasSys file; other pupils are left out of it.")
        )
    )
    @click.argument("source", metavar="[INCIDENT|NOTE]", required=False)
    @click.option(
        "--for",
        "pupil",
        metavar="PUPIL",
        help=tr(N_("For whom; without a note or an incident: all that is not in this pupil's file yet.")),
    )
    @click.option("--output", metavar="FILE", help=tr(N_("Where to; - is standard output.")))
    @click.option("--force", is_flag=True, help=tr(N_("Replace a file that is there.")))
    @click.pass_obj
    def parnassys(context: Context, source: str | None, pupil: str | None, output: str | None, force: bool) -> None:
        from data.register.parnassys import file_name  # noqa: PLC0415

        sources: list[Source]
        if source is None and pupil is None:
            raise UsageError(N_("Name an incident or a note, or a pupil with --for."))
        with context.session() as register:
            if source is None:
                chosen = _listed_pupil(context, register, pupil or "")
                sources = [*register.parnassys.waiting(chosen)]
                if not sources:
                    context.say(tr(N_("Everything stands in ParnasSys.")))
                    return
            else:
                found = register.parnassys.source(source)
                chosen = _concerned(context, register, register.parnassys.pupils(found), pupil)
                sources = [found]
            data = register.parnassys.text(words, sources, chosen).encode()
            _hand_over(context, data, output, file_name(chosen), lambda: register.parnassys.took(sources), force=force)


def _listed_pupil(context: Context, register: "Register", argument: str) -> str:
    """Return the id of a pupil of the school, by id or a name that fits one only; raises UsageError."""
    known = register.pupils.one(argument)
    if known.id != argument:
        context.say(context.words.tr(N_("A name on the command line is visible to others; an id is not.")))
    return known.id


def _concerned(context: Context, register: "Register", pupils: tuple[str, ...], argument: str | None) -> str:
    """Return which of the pupils whom something is about is meant; raises UsageError with their ids."""
    if argument is None:
        if len(pupils) == 1:
            return pupils[0]
        if not pupils:
            raise UsageError(N_("This is about no pupil."))
        raise UsageError(N_("This is about several pupils. Choose one with --for: {ids}."), ids=" ".join(pupils))
    return argument if argument in pupils else _by_name(context, register.incidents.names(pupils), argument)


def _pupil(context: Context, known: "KnownCase", argument: str) -> str:
    """Return a pupil of a case by id, or by a name that only one of them has; raises UsageError."""
    if argument in known.names:
        return argument
    return _by_name(context, known.names, argument, N_("This pupil is not in the case."))


def _by_name(
    context: Context, names: Mapping[str, str], argument: str, none: str = N_("This is not about that pupil.")
) -> str:
    """Return the id of the only pupil with this name, and warn; raises UsageError."""
    from data.register.pupils import fold  # noqa: PLC0415

    wanted = fold(" ".join(argument.split()))
    found = [ident for ident, name in names.items() if wanted in {fold(form) for form in (name, *name.split()[:1])}]
    if len(found) != 1:
        raise UsageError(none)
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
    context: Context, data: bytes, output: str | None, name: str, log: Callable[[], None], *, force: bool
) -> None:
    """Write it in the log, and give it to whoever asked: nothing leaves the file that the log does not know of."""
    from data.outgoing import outgoing  # noqa: PLC0415

    if output == "-":
        log()
        click.echo(data, nl=False)
        return
    path = output or (context.outside.proposed(name) if context.outside.folder else name)
    with outgoing(context.the_machine(), context.outside.place(path), data, replace=force):
        log()
    context.say(context.words.tr(N_("Written: {path}"), path=path))


def _logged(register: "Register", case: str, what: str) -> None:
    if not register.log.exported(case, what):
        raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))
