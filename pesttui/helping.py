"""The help of the command line in the reader's language: what click says by itself is English."""

from collections.abc import Callable
from typing import Any

import click

from data.errors import N_
from data.words import Words

HEADINGS = {"Options": N_("Options"), "Commands": N_("Commands"), "Arguments": N_("Arguments")}


def group_in(words: Words, fill: Callable[[click.Group], None]) -> type[click.Group]:
    """Return the class of a group whose help, and that of every command in it, is in one language.

    `fill` adds its commands, once somebody asks for one.
    """
    tr = words.tr

    class Formatter(click.HelpFormatter):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, f"{tr(N_('Usage:'))} " if prefix is None else prefix)

        def write_heading(self, heading: str) -> None:
            super().write_heading(tr(HEADINGS.get(heading, heading)))

    class Here(click.Context):
        formatter_class = Formatter

    class Translated(click.Command):
        context_class = Here

        def __init__(self, *arguments: Any, **given: Any) -> None:
            super().__init__(*arguments, **{"options_metavar": f"[{tr(N_('OPTIONS'))}]", **given})

        def get_help_option(self, ctx: click.Context) -> click.Option | None:
            option = super().get_help_option(ctx)
            if option is not None:
                option.help = tr(N_("Show this and stop."))
            return option

    class TranslatedGroup(Translated, click.Group):
        def __init__(self, *arguments: Any, **given: Any) -> None:
            super().__init__(*arguments, **{"subcommand_metavar": f"{tr(N_('COMMAND'))} …", **given})

        command_class = Translated
        group_class: type[click.Group] | type[type] | None = type

    class Filled(TranslatedGroup):
        group_class = TranslatedGroup

        def list_commands(self, ctx: click.Context) -> list[str]:
            self._fill()
            return super().list_commands(ctx)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            self._fill()
            return super().get_command(ctx, cmd_name)

        def _fill(self) -> None:
            if not self.commands:
                fill(self)

    return Filled
