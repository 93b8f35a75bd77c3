"""Commands whose help speaks one language throughout: click's own words in it are English."""

from typing import Any

import click

from data.errors import N_
from data.words import Words


def speaking(words: Words) -> tuple[type[click.Command], type[click.Group]]:
    """Return a command class and a group class with click's own words in a language."""
    tr = words.tr

    def usage(self: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{tr(N_('Usage'))}: ")

    def options(self: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        given = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        records = [record for one in given if (record := one.get_help_record(ctx))]
        if records:
            with formatter.section(tr(N_("Options"))):
                formatter.write_dl(records)

    def help_option(option: click.Option | None) -> click.Option | None:
        if option is not None:
            option.help = tr(N_("Show this help."))
        return option

    class SpeakingCommand(click.Command):
        """One command."""

        def __init__(self, *arguments: Any, **given: Any) -> None:
            super().__init__(*arguments, **{"options_metavar": f"[{tr(N_('OPTIONS'))}]", **given})

        format_usage = usage
        format_options = options

        def get_help_option(self, ctx: click.Context) -> click.Option | None:
            return help_option(super().get_help_option(ctx))

    class SpeakingGroup(click.Group):
        """Several, with the commands in it listed below."""

        command_class = SpeakingCommand

        def __init__(self, *arguments: Any, **given: Any) -> None:
            metavars = {"options_metavar": f"[{tr(N_('OPTIONS'))}]", "subcommand_metavar": f"{tr(N_('COMMAND'))} …"}
            super().__init__(*arguments, **{**metavars, **given})

        format_usage = usage

        def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            options(self, ctx, formatter)
            self.format_commands(ctx, formatter)

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            shown = [(name, one) for name, one in found if one is not None and not one.hidden]
            if shown:
                room = formatter.width - 6 - max(len(name) for name, _ in shown)
                with formatter.section(tr(N_("Commands"))):
                    formatter.write_dl([(name, one.get_short_help_str(room)) for name, one in shown])

        def get_help_option(self, ctx: click.Context) -> click.Option | None:
            return help_option(super().get_help_option(ctx))

    SpeakingGroup.group_class = SpeakingGroup
    return SpeakingCommand, SpeakingGroup
