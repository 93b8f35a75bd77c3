"""Commands about people: who there are, a new one, a first log-in."""

from datetime import datetime

import click

from data.errors import N_
from data.words import Words

from ..cli import Context, print_json
from ..secrets import read_secret
from . import staffing
from .staffing import end_of, say_code


def add(group: click.Group, words: Words) -> None:
    """Add the commands about people."""
    tr = words.tr
    as_json = click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))

    @group.group(help=tr(N_("People: who there are, a new one, other tasks, leaving.")))
    def person() -> None:
        pass

    @person.command("list", help=tr(N_("Everybody, in the order they came.")))
    @as_json
    @click.pass_obj
    def list_people(context: Context, as_json: bool) -> None:
        from .shapes import Shapes  # noqa: PLC0415

        with context.session() as register:
            found = [Shapes.person(known) for known in register.people.all()]
        if as_json:
            print_json(found)
            return
        for known in found:
            roles = ", ".join(tr(role) for role in known["roles"])
            parts = (known["login"], known["name"], roles, ", ".join(known["groups"]), tr(known["status"]))
            click.echo("  ".join(part for part in parts if part))

    @person.command("add", help=tr(N_("Invite somebody; prints the one-time code for their first log-in.")))
    @click.argument("login")
    @click.option("--name", required=True, help=tr(N_("Their name.")))
    @click.option("--role", "roles", multiple=True, required=True, metavar="R", help=tr(N_("A role; may be repeated.")))
    @click.option("--group", "groups", multiple=True, metavar="G", help=tr(N_("A group they teach; may be repeated.")))
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=tr(N_("The last day they take part.")))
    @as_json
    @click.pass_obj
    def add_person(
        context: Context,
        login: str,
        name: str,
        roles: tuple[str, ...],
        groups: tuple[str, ...],
        until: datetime | None,
        as_json: bool,
    ) -> None:
        from data.register.people import role_named  # noqa: PLC0415

        held = [role_named(role) for role in roles]
        with context.session() as register:
            invitation = register.people.invite(login, name, held, groups, until=end_of(until), cost=context.the_cost())
            say_code(context, register, invitation, as_json=as_json)

    staffing.add(group, person, words)

    @group.command(help=tr(N_("Log in for the first time, with a one-time code and a passphrase of your own.")))
    @click.option("--code-file", metavar="FILE", help=tr(N_("The one-time code; - is standard input.")))
    @click.option("--new-passphrase-file", metavar="FILE", help=tr(N_("Your new passphrase; - is standard input.")))
    @click.pass_obj
    def join(context: Context, code_file: str | None, new_passphrase_file: str | None) -> None:
        from data.register import join_school  # noqa: PLC0415
        from data.vault.attempts import Attempts  # noqa: PLC0415

        from ..cli import state_folder  # noqa: PLC0415

        machine = context.the_machine()
        attempts = Attempts(state_folder(), machine)
        attempts.wait()
        code = read_secret(code_file, N_("One-time code"), context.given, words)
        passphrase = read_secret(new_passphrase_file, N_("A new passphrase"), context.given, words, twice=True)
        register = attempts.guard(
            lambda: join_school(
                context.vault,
                context.login,
                code,
                passphrase,
                machine=machine,
                cost=context.the_cost(),
                pins=state_folder(),
            )
        )
        register.close()
        context.say(tr(N_("Welcome. From now on you log in with your own passphrase.")))
