"""Commands about people who are there already: other tasks, a new code, leaving, passphrases, recovery."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from data.errors import N_, UsageError
from data.words import Words

from ..cli import Context, print_json
from ..secrets import read_secret

if TYPE_CHECKING:
    from data.register import Register
    from data.vault.people import Invitation


def end_of(day: datetime | None) -> datetime | None:
    """Return the last moment of a day, in the local zone."""
    return day.replace(hour=23, minute=59, second=59).astimezone() if day else None


def say_code(context: Context, register: "Register", invitation: "Invitation", *, as_json: bool) -> None:
    """Print a one-time code, and for people what to do with it."""
    words, login = context.words, register.people.login(invitation.person.hex())
    if as_json:
        until = invitation.until.isoformat(timespec="seconds")
        print_json({"login": login, "code": invitation.code, "until": until})
        return
    context.say(
        words.tr(
            N_("For {login}, once, until {until}: pesttui join, or “First time here” on the first screen."),
            login=login,
            until=words.long_date(invitation.until.date()),
        )
    )
    click.echo(invitation.code)


def add(group: click.Group, person: click.Group, words: Words) -> None:
    """Add the commands; `person` is the group of those that begin with it."""
    tr = words.tr
    as_json = click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))
    yes = click.option("--yes", is_flag=True, help=tr(N_("Do it: what is lost by it is known.")))

    @person.command(help=tr(N_("Give somebody other roles, groups or another last day; what is not given stays.")))
    @click.argument("login")
    @click.option("--role", "roles", multiple=True, metavar="R", help=tr(N_("A role; may be repeated.")))
    @click.option("--group", "groups", multiple=True, metavar="G", help=tr(N_("A group they teach; may be repeated.")))
    @click.option("--no-group", is_flag=True, help=tr(N_("They teach no group any more.")))
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=tr(N_("The last day they take part.")))
    @click.option("--no-until", is_flag=True, help=tr(N_("They stay: no last day.")))
    @click.pass_obj
    def roles(
        context: Context,
        login: str,
        roles: tuple[str, ...],
        groups: tuple[str, ...],
        no_group: bool,
        until: datetime | None,
        no_until: bool,
    ) -> None:
        from data.register.people import role_named  # noqa: PLC0415

        with context.session() as register:
            now = register.people.called(login)
            register.people.change(
                login,
                [role_named(role) for role in roles] or now.person.roles,
                () if no_group else groups or now.groups,
                until=None if no_until else end_of(until) or now.last_day,
                based_on=now,
            )
        context.say(tr(N_("Changed. Who is logged in sees it at once.")))

    @person.command(help=tr(N_("A new one-time code for somebody who lost their passphrase.")))
    @click.argument("login")
    @yes
    @as_json
    @click.pass_obj
    def reset(context: Context, login: str, yes: bool, as_json: bool) -> None:
        with context.session() as register:
            register.people.called(login)
            if not yes:
                raise UsageError(N_("Lost by a reset: what only they could read, such as private notes. Then: --yes."))
            invitation = register.people.reset(login, cost=context.the_cost())
            say_code(context, register, invitation, as_json=as_json)

    @person.command(help=tr(N_("Let somebody go for good: new keys for everything they could read.")))
    @click.argument("login")
    @yes
    @click.pass_obj
    def revoke(context: Context, login: str, yes: bool) -> None:
        with context.session() as register:
            known = register.people.called(login).person.id
            held = register.members.held(known)
            for one in held:
                what = N_("their case") if one.owner else N_("takes part")
                click.echo(f"{one.case.code}  {tr(what)}")
            unseen = register.members.unseen(known, held)
            if unseen:
                context.say(words.trn("and {count} case you cannot see", "and {count} cases you cannot see", unseen))
            if not yes:
                raise UsageError(
                    N_("Hand over first what is theirs. What they copied stays readable to them. Then: --yes.")
                )
            done = register.people.revoke(login)
        context.say(
            tr(
                N_("Done. The file was written anew: generation {generation}, {after} of {before} kB."),
                generation=done.generation,
                before=done.before // 1000,
                after=done.after // 1000,
            )
        )

    @person.command(help=tr(N_("Choose another passphrase for yourself.")))
    @click.option("--new-passphrase-file", metavar="FILE", help=tr(N_("Your new passphrase; - is standard input.")))
    @click.pass_obj
    def passphrase(context: Context, new_passphrase_file: str | None) -> None:
        with context.session_with() as (register, old):
            new = read_secret(new_passphrase_file, N_("A new passphrase"), context.given, words, twice=True)
            register.people.change_passphrase(old, new, cost=context.the_cost())
        context.say(tr(N_("From now on you log in with the new passphrase.")))

    @group.command(help=tr(N_("With the printed recovery code: a new one-time code for --login, a coordinator say.")))
    @click.option("--code-file", metavar="FILE", help=tr(N_("The recovery code; - is standard input.")))
    @click.option("--renew", is_flag=True, help=tr(N_("As coordinator: print a new recovery code; the old one ends.")))
    @as_json
    @click.pass_obj
    def recover(context: Context, code_file: str | None, renew: bool, as_json: bool) -> None:
        if renew:
            with context.session() as register:
                code = register.people.renew_recovery(cost=context.the_cost())
            if as_json:
                print_json({"recovery_code": code})
            else:
                context.say(tr(N_("The old recovery code is worthless now. Print this one, keep it locked away:")))
                click.echo(code)
            return
        with context.recovery(code_file) as register:
            invitation = register.people.reset(context.login, cost=context.the_cost())
            say_code(context, register, invitation, as_json=as_json)
