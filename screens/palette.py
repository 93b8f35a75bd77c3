"""The palette: every command of the screen one is on, found by typing a part of what it does."""

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .commands import Command, shown_key

if TYPE_CHECKING:
    from .base import PestScreen


class ScreenCommands(Provider):
    """The palette: every command of the screen one is on, and nothing that does not apply here."""

    def _commands(self) -> list[tuple[str, str, Command]]:
        screen: PestScreen = self.screen  # type: ignore[assignment]  # the app opens no other kind
        found = []
        for command in screen.all_commands():
            tip = screen.tr(command.tip)
            found.append((f"{tip}  ({shown_key(command.key)})", tip, command))
        return found

    async def discover(self) -> Hits:
        """Offer all of them before anything is typed."""
        for text, _, command in self._commands():
            yield DiscoveryHit(text, partial(self._run, command))

    async def search(self, query: str) -> Hits:
        """Offer those that fit what was typed."""
        matcher = self.matcher(query)
        for text, _, command in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), partial(self._run, command))

    async def _run(self, command: Command) -> None:
        await self.screen.run_action(command.action)
