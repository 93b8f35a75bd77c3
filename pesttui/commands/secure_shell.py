"""SSH: the line that lets a key in, and what that line runs."""

import os
import sys
from dataclasses import replace

import click

from data.clean import clean_line
from data.errors import N_, NotAllowed, UsageError
from data.outside import Outside
from data.words import Words

from ..cli import Context, need_terminal, open_program, run


def add(group: click.Group, words: Words) -> None:
    """Add the two commands."""
    tr = words.tr

    @group.command(
        "ssh-key", help=tr(N_("Print the authorized_keys line with which a public key opens pesttui alone."))
    )
    @click.argument("keyfile")
    @click.option(
        "--login", metavar="L", help=tr(N_("Whose key it is; without it the first screen asks who is there."))
    )
    @click.pass_obj
    def ssh_key(context: Context, keyfile: str, login: str | None) -> None:
        from ..keyline import installed_program, key_line, read_key  # noqa: PLC0415

        key = read_key(keyfile)
        if login is not None and (not login or clean_line(login, 60) != login or login.startswith("-")):
            raise UsageError(N_("This login cannot be."))
        command = [installed_program(), "--vault", os.path.abspath(context.vault)]  # noqa: PTH100
        if context.outside.folder:
            command += ["--exports", os.path.abspath(context.outside.folder)]  # noqa: PTH100
        if login is not None:
            command += ["--login", login]
        click.echo(key_line(key, [*command, "ssh"]))

    @group.command(help=tr(N_("What such a key runs: the program, or one of a few commands; nothing else.")))
    @click.pass_context
    def ssh(ctx: click.Context) -> int:
        from ..ssh import clear_environment, offered, understood  # noqa: PLC0415

        context: Context = ctx.obj
        if context.passphrase_file is not None:
            raise UsageError(N_("ssh takes no --passphrase-file: who comes in types the passphrase."))
        line = os.environ.get("SSH_ORIGINAL_COMMAND")
        login = (ctx.parent or ctx).params.get("login")
        clear_environment(os.environ)
        context = replace(context, outside=Outside(context.outside.folder, only=True))
        if line is None:
            no_terminal = N_("There is no terminal: ssh -t SERVER. Without one this works: {commands}")
            need_terminal(no_terminal, commands=offered(group))
            return open_program(replace(context, login=login or ""), bound=login is not None)
        asked = understood(line, group)
        if login is not None and asked.login not in (None, login):
            raise NotAllowed(N_("This key is for one login only."))
        who = asked.login if login is None else login
        if not who:
            raise UsageError(N_("Who are you? ssh SERVER notes --login NAME"))
        spoken = words if asked.language is None else Words(asked.language)
        said = ["--vault", context.vault, "--login", who]
        if not sys.stdin.isatty():
            said += ["--passphrase-file", "-"]
        return run([*said, *asked.words], replace(context, words=spoken))
