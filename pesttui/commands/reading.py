"""Commands that read: notes, cases, one case, pupils, the file itself, a protocol file."""

from pathlib import Path

import click

from data.errors import N_
from data.words import Words

from ..cli import Context, print_json
from .case_lines import case_lines, incident_lines, indented

DAMAGED = 3


def add(group: click.Group, words: Words) -> None:
    """Add the reading commands."""
    tr = words.tr
    as_json = click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))

    @group.command(help=tr(N_("The notes you may read, oldest first.")))
    @as_json
    @click.pass_obj
    def notes(context: Context, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            shapes = Shapes(register, words)
            found = register.notes.all()
            if as_json:
                print_json([shapes.note(known) for known in found])
                return
            for known in found:
                shape = shapes.note(known)
                private = tr(N_("private: only you")) if known.note.private else ""
                mark = shapes.mark(known)
                parts = [words.moment(known.note.happened), shape["place"], shape["author"], known.case, private, mark]
                click.echo("  ".join(part for part in parts if part))
                click.echo(indented(shape["facts"]))

    @group.command(help=tr(N_("The incidents you may read, oldest first, with what is still to be done.")))
    @as_json
    @click.pass_obj
    def incidents(context: Context, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            shapes, found = Shapes(register, words), register.incidents.all()
            if as_json:
                print_json([shapes.incident(known) for known in found])
                return
            for known in found:
                for line in incident_lines(words, shapes, known):
                    click.echo(line)

    @group.command(help=tr(N_("The cases you may read, oldest first.")))
    @as_json
    @click.pass_obj
    def cases(context: Context, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            shapes, today = Shapes(register, words), register.now().date()
            found = register.cases.all()
            if as_json:
                print_json([shapes.case(known, today) for known in found])
                return
            for known in found:
                following = known.progress.next_step if known.open else None
                click.echo(
                    "  ".join(
                        (
                            known.code,
                            ", ".join(pupil.name for pupil in known.case.pupils),
                            known.progress.phase.title if known.open else tr(N_("closed")),
                            f"{following.step.number} {following.step.title}" if following else "–",
                            words.date(known.due) if known.due else "",
                            tr(N_("late")) if known.overdue(today) else "",
                        )
                    ).rstrip()
                )

    @group.command(help=tr(N_("What is due in your cases, soonest first.")))
    @as_json
    @click.pass_obj
    def agenda(context: Context, as_json: bool) -> None:
        from data.register.agenda import title_of, waiting  # noqa: PLC0415

        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            shapes, today = Shapes(register, words), register.now().date()
            found = waiting(register, register.cases.all())
            if as_json:
                print_json([shapes.due(due, today) for due in found])
                return
            for due in found:
                late = tr(N_("late")) if due.overdue(today) else ""
                click.echo("  ".join((words.long_date(due.date), due.case.code, title_of(due, tr), late)).rstrip())

    @group.command(
        help=tr(N_("One case with its steps, what was agreed and decided, complaints, incidents and notes."))
    )
    @click.argument("case")
    @as_json
    @click.pass_obj
    def show(context: Context, case: str, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            known = register.cases.get(case)
            register.log.read_case(known.code)
            shapes = Shapes(register, words)
            if as_json:
                print_json(shapes.whole_case(known, register.now().date()))
                return
            for line in case_lines(words, register, shapes, known):
                click.echo(line)

    @group.command(help=tr(N_("Who read, changed, exported or granted what, as far as you may see it, oldest first.")))
    @click.option("--case", metavar="CASE", help=tr(N_("Only what is about this case.")))
    @as_json
    @click.pass_obj
    def log(context: Context, case: str | None, as_json: bool) -> None:
        from data.clean import clean_line  # noqa: PLC0415
        from data.register import short_name  # noqa: PLC0415
        from data.register.log_words import told  # noqa: PLC0415

        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            found = register.log.all() if case is None else register.log.of_case(case)
            if as_json:
                print_json([Shapes.log_line(register, line) for line in found])
                return
            for line in found:
                at = line.at.astimezone()
                author, who = (clean_line(short_name(register.people.name(one))) for one in (line.author, line.about))
                parts = (f"{words.long_date(at.date())} {at:%H:%M}", author, told(words, line, who), line.case)
                click.echo("  ".join(filter(None, parts)))

    @group.command(help=tr(N_("The pupils with their ids; with --add, names from standard input, one a line.")))
    @click.option("--add", "group_name", metavar="GROUP", help=tr(N_("Add pupils to this group, made if it is new.")))
    @as_json
    @click.pass_obj
    def pupils(context: Context, group_name: str | None, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            if group_name:
                ident = register.pupils.group_named(group_name) or register.pupils.add_group(
                    group_name, register.now().date()
                )
                added, there = register.pupils.add_lines(ident, context.given.rest())
                context.say(tr(N_("{added} added, {there} were there already."), added=added, there=there))
            found = register.pupils.all()
            if as_json:
                print_json([Shapes.pupil(known) for known in found])
            elif not group_name:
                for known in found:
                    click.echo(f"{known.id}  {known.name}  {known.group}")

    @group.group(help=tr(N_("The protocol as a file.")))
    def protocol() -> None:
        pass

    @protocol.command(help=tr(N_("Is this a valid protocol file?")))
    @click.argument("file", type=click.Path(path_type=Path))
    def check(file: Path) -> None:
        from data.protocol import load  # noqa: PLC0415

        found = load(file)
        click.echo(
            tr(
                N_("{name} {version}: {steps} steps in {phases} phases"),
                name=found.name,
                version=found.version,
                steps=len(found.steps),
                phases=len(found.phases),
            )
        )
