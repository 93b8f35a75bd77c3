"""Commands that write: a note, a new school, the demo school."""

import os
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from data.errors import N_, Busy, NotSaved, Rollback, UsageError
from data.words import Words

from ..cli import Context, make_folder, need_terminal, open_program, print_json, state_folder
from ..secrets import read_secret

if TYPE_CHECKING:
    from data.register import Jotting, Register

SHOWN = 6
"""How many of the demo's people the unlock screen names: those whose days differ, as many as fit 24 lines."""


def kinds_named(register: "Register", named: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of kinds of behaviour by name or first letters; raises UsageError, with the list, for another."""
    from data.register.capture import kinds_of  # noqa: PLC0415
    from data.register.lists import behaviours  # noqa: PLC0415

    listed = behaviours(register.school())
    found, unknown = kinds_of(",".join(named), listed)
    if unknown:
        kinds = ", ".join(one.name for one in listed)
        raise UsageError(N_("A kind is one of the school's list: {kinds}."), kinds=kinds)
    return found


def keep_for_later(register: "Register", jotting: "Jotting", words: Words) -> None:
    """Keep a note that the file did not take, as the program itself does; raises NotSaved.

    It lies in the person's own typing file, and is offered at their next log-in here.
    """
    from data.register.lists import behaviours  # noqa: PLC0415
    from data.vault.typing import Typing, Unfinished  # noqa: PLC0415

    now, names = register.now(), {one.id: one.name for one in behaviours(register.school())}
    fields = {
        "facts": jotting.facts,
        "place": jotting.place,
        "when": words.moment(jotting.happened or now),
        "kinds": ", ".join(names[ident] for ident in jotting.behaviours),
        "roles": ";".join(f"{pupil}={role}" for pupil, role in jotting.pupils),
        "private": "yes" if jotting.private else "",
        "opened": now.isoformat(),
    }
    typing = Typing(state_folder(), register.vault)
    typing.keep([Unfinished(kind="note", at=now, fields=fields)])
    typing.close(keep=True)
    if typing.trouble is not None:
        raise typing.trouble


def add(group: click.Group, words: Words) -> None:
    """Add the writing commands."""
    tr = words.tr
    as_json = click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))

    @group.command(
        help=tr(N_("Jot a note. With - the text comes from standard input; arguments are visible to others."))
    )
    @click.argument("text", nargs=-1)
    @click.option("--about", multiple=True, metavar="PUPIL", help=tr(N_("A pupil it is about: an id, or a name.")))
    @click.option("--place", default="", help=tr(N_("Where it was.")))
    @click.option("--kind", multiple=True, help=tr(N_("A kind of behaviour of the school's list.")))
    @click.option("--at", default="", metavar="TIME", help=tr(N_("When it was: 10:42, 'yesterday 14:15', 2-9 9:05.")))
    @click.option("--concept", is_flag=True, help=tr(N_("To be completed: it waits on your My day.")))
    @click.option("--private", is_flag=True, help=tr(N_("Only you can read it.")))
    @as_json
    @click.pass_obj
    def note(
        context: Context,
        text: tuple[str, ...],
        about: tuple[str, ...],
        place: str,
        kind: tuple[str, ...],
        at: str,
        concept: bool,
        private: bool,
        as_json: bool,
    ) -> None:
        from data.model import ParticipantRole  # noqa: PLC0415
        from data.register import Jotting, recognise  # noqa: PLC0415
        from data.when import parse_moment  # noqa: PLC0415

        with context.session() as register:
            facts = context.given.rest() if text in ((), ("-",)) else " ".join(text)
            known = register.pupils.all()
            chosen = [register.pupils.one(argument).id for argument in about]
            if set(about) - {pupil.id for pupil in known}:
                context.say(tr(N_("A name on the command line is visible to others; an id is not.")))
            named = recognise(facts, known, register.pupils.my_groups())
            jotting = Jotting(
                facts,
                place=place,
                happened=parse_moment(at, register.now()) if at else None,
                behaviours=kinds_named(register, kind),
                concept=concept,
                private=private,
                pupils=tuple((pupil, ParticipantRole.UNKNOWN) for pupil in dict.fromkeys([*chosen, *named])),
            )
            try:
                ident = register.notes.add(jotting)
            except Rollback:
                keep_for_later(register, jotting, words)
                raise Rollback(
                    N_(
                        "This is an older copy of the school's file than was seen here before: the note was not saved "
                        "in it. Your words are kept on this computer, and you get them back when you open pesttui here."
                    )
                ) from None
            except (NotSaved, Busy):
                # Who typed them into a terminal has them nowhere else; a script tries again.
                if context.given.stream.isatty():
                    keep_for_later(register, jotting, words)
                    kept = N_("Your words are kept on this computer: you get them back when you open pesttui here.")
                    context.say(tr(kept))
                raise
        if as_json:
            print_json({"note": ident})
        else:
            click.echo(ident)

    @group.command(help=tr(N_("Make a new school's file; prints the recovery code.")))
    @click.option("--school", required=True, help=tr(N_("The school's name.")))
    @click.option("--name", required=True, help=tr(N_("Your own name: you become the first coordinator.")))
    @click.option("--new-passphrase-file", metavar="FILE", help=tr(N_("Your new passphrase; - is standard input.")))
    @as_json
    @click.pass_obj
    def init(context: Context, school: str, name: str, new_passphrase_file: str | None, as_json: bool) -> None:
        from data.register import create_school  # noqa: PLC0415
        from data.vault.people import Founder  # noqa: PLC0415

        source = new_passphrase_file or context.passphrase_file
        passphrase = read_secret(source, N_("A new passphrase"), context.given, words, twice=True)
        make_folder(context.vault)
        register, code = create_school(
            context.vault,
            school,
            Founder(context.login, name, passphrase),
            machine=context.the_machine(),
            cost=context.the_cost(),
            pins=state_folder(),
        )
        register.close()
        if as_json:
            print_json({"vault": context.vault, "recovery_code": code})
            return
        context.say(tr(N_("Made {path}. Log in as {login}."), path=context.vault, login=context.login))
        context.say(
            tr(N_("The recovery code opens everything when passphrases are lost. Print it, keep it locked away:"))
        )
        click.echo(code)

    @group.command(help=tr(N_("A fictional school to try everything in; gone when you leave, or written to a file.")))
    @click.option("--create", metavar="FILE", help=tr(N_("Write it to FILE and print who can log in.")))
    @click.option("--cases", default=0, metavar="N", help=tr(N_("Add N further cases of 25 documents each.")))
    @as_json
    @click.pass_obj
    def demo(context: Context, create: str | None, cases: int, as_json: bool) -> int:
        from data.demo import create_demo  # noqa: PLC0415

        if cases > 0:
            context.say(tr(N_("Making {count} further cases; this takes a while…"), count=cases))
        if create is not None:
            made = create_demo(create, machine=context.machine, cases=cases)
            people = [
                {"login": p.login, "name": p.name, "roles": list(p.roles), "passphrase": p.passphrase}
                for p in made.people
            ]
            if as_json:
                print_json({"vault": made.vault, "recovery_code": made.recovery_code, "people": people})
                return 0
            context.say(tr(N_("Made {path}: a fictional school, these can log in."), path=made.vault))
            for person in made.people:
                click.echo(f"{person.login:<10} {person.passphrase:<40} {person.name} ({', '.join(person.roles)})")
            return 0
        if as_json:
            raise UsageError(N_("--json goes with --create FILE."))
        need_terminal()
        with tempfile.TemporaryDirectory(prefix="pesttui-demo-") as folder:
            context.say(tr(N_("Making the demo school…")))
            made = create_demo(os.path.join(folder, "demo.pest"), machine=context.machine, cases=cases)  # noqa: PTH118
            from dataclasses import replace  # noqa: PLC0415

            hint = tuple((person.login, person.passphrase, person.name) for person in made.people[:SHOWN])
            return open_program(replace(context, vault=made.vault, login=made.teacher.login), hint)
