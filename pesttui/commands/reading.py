"""Commands that read: notes, cases, one case, pupils, the file itself, a protocol file."""

from pathlib import Path
from typing import Any

import click

from data.errors import N_
from data.words import Words

from ..cli import Context, print_json

DAMAGED = 3


def indented(text: str) -> str:
    """Return a typed text with every line set in: none of them can pass for a line of the program's own."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def _agreement(words: Words, agreed: dict[str, Any]) -> tuple[str, ...]:
    """Return the parts of an agreement's line: when, with whom, by whom, and when it is looked at."""
    parties = {"group": words.tr(N_("the group")), "family": words.tr(N_("a family")), "pupil": words.tr(N_("a pupil"))}
    whom = ", ".join(pupil["name"] for pupil in agreed["about"])
    if agreed["corrected"]:
        state = words.tr(N_("replaced"))
    else:
        state = words.tr(N_("by {date}"), date=agreed["due"]) if agreed["due"] else ""
    late = words.tr(N_("late")) if agreed["overdue"] else ""
    party = ": ".join(filter(None, (agreed["group"] or parties[agreed["party"]], whom)))
    return agreed["at"], words.tr(N_("agreement")), party, agreed["by"], state, late


def _check(words: Words, check: dict[str, Any]) -> tuple[str, ...]:
    kept = {"kept": words.tr(N_("kept")), "partly": words.tr(N_("partly kept")), "not": words.tr(N_("not kept"))}
    return check["at"], kept[check["kept"]], check["by"], _safe(words, check)


def _marks(words: Words, incident: dict[str, Any]) -> list[str]:
    """Return how far an incident is, in words; of one that was corrected only that."""
    if incident["corrected"]:
        return [words.tr(N_("corrected"))]
    untold = ", ".join(pupil["name"] for pupil in incident["parents_not_told"])
    unentered = ", ".join(pupil["name"] for pupil in incident["not_in_parnassys"])
    found = (
        words.tr(N_("grave")) if incident["grave"] else "",
        words.tr(N_("perhaps to be reported")) if incident["reportable"] else "",
        words.tr(N_("direction brought in")) if incident["director"] else "",
        words.tr(N_("parents not told yet: {pupils}"), pupils=untold) if untold else "",
        words.tr(N_("not in ParnasSys yet: {pupils}"), pupils=unentered) if unentered else "",
    )
    return [mark for mark in found if mark]


def _safe(words: Words, said: dict[str, Any]) -> str:
    """Return how safe a child feels, with its name; empty where nobody asked."""
    if said["safety"] is None:
        return ""
    return " ".join((*(pupil["name"] for pupil in said["about"]), words.tr(N_("safe {score}"), score=said["safety"])))


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
                shape = shapes.incident(known)
                marks = _marks(words, shape)
                parts = [words.moment(known.record.happened), register.incidents.kind(known.record), shape["place"]]
                pupils = ", ".join(f"{one['name']} ({tr(one['role'])})" for one in shape["pupils"])
                click.echo("  ".join(filter(None, [known.id, *parts, pupils, shape["author"], known.record.case])))
                click.echo(indented(shape["what"]))
                if marks:
                    click.echo(f"  [{', '.join(marks)}]")

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

    @group.command(help=tr(N_("One case with its steps and notes.")))
    @click.argument("case")
    @as_json
    @click.pass_obj
    def show(context: Context, case: str, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            known = register.cases.get(case)
            register.log.read_case(known.code)
            shapes, today = Shapes(register, words), register.now().date()
            whole = shapes.whole_case(known, today)
            if as_json:
                print_json(whole)
                return
            click.echo(f"{known.code}  {', '.join(pupil.name for pupil in known.case.pupils)}")
            click.echo(tr(N_("phase {phase}"), phase=known.progress.phase.title))
            for step, view in zip(whole["steps"], known.progress.steps, strict=True):
                state = tr(step["state"])
                when = words.date(view.on) if view.on else ""
                line = (
                    f"{step['number']:>3} {step['title']:<22} {state:<13} {when:<7} {step['by'] or ''} {step['reason']}"
                )
                click.echo(line.rstrip())
                for fact in shapes.facts(known, view.step.number):
                    click.echo(f"      {fact}")
            for said in whole["decisions"]:
                click.echo("  ".join(filter(None, (said["at"], tr(said["kind"]), said["by"], said["again"]))))
                click.echo(indented("\n".join(filter(None, (said["advice"], said["text"])))))
            for agreed in whole["agreements"]:
                click.echo("  ".join(filter(None, _agreement(words, agreed))))
                click.echo(indented(agreed["text"]))
                for check in agreed["checks"]:
                    click.echo("    " + "  ".join(filter(None, _check(words, check))))
                    if check["text"]:
                        click.echo(indented(indented(check["text"])))
            for tried in whole["approaches"]:
                what = tr(N_("looked back")) if tried["looked"] else tr(N_("begun"))
                click.echo(
                    "  ".join(filter(None, (tried["at"], tried["method"], what, tried["by"], _safe(words, tried))))
                )
                if tried["text"]:
                    click.echo(indented(tried["text"]))
            for note in whole["notes"]:
                mark = tr(N_("concept")) if note["concept"] else tr(N_("correction")) if note["corrects"] else ""
                click.echo(f"{note['at'][:16].replace('T', ' ')}  {note['author']}  {mark}".rstrip())
                click.echo(indented(note["facts"]))

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
