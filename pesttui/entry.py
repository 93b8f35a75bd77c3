"""How somebody gets into the school's file, from the first screen: each way takes as long as a key derivation."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import N_, NotAllowed

if TYPE_CHECKING:
    from data.register import Register
    from data.vault.machine import Machine


@dataclass(frozen=True)
class Entry:
    """The file and who may come in; for threads, not for the screen's own. What the vault needs is imported in them."""

    path: str
    machine: "Callable[[], Machine]"
    state_folder: str
    pins: str
    """Where it is remembered how far each person has seen the file; empty: nowhere, of a demo nothing is kept."""
    only: str | None = None
    """The one login for whom this is, as the key over SSH says; None: for everybody."""

    @property
    def missing(self) -> bool:
        """Whether there is no such file."""
        return not os.path.lexists(self.path)

    def log_in(self, login: str, passphrase: str) -> "Register":
        """Log in; raises NoEntry after a growing pause, Damaged, NotAllowed or VaultError."""
        from data.register import open_school  # noqa: PLC0415

        return self._guarded(
            login, lambda: open_school(self.path, login, passphrase, machine=self.machine(), pins=self.pins)
        )

    def join(self, login: str, code: str, passphrase: str) -> "Register":
        """Log in for the first time, with a one-time code; raises as `log_in`, UsageError for a weak passphrase."""
        from data.register import join_school  # noqa: PLC0415

        return self._guarded(
            login, lambda: join_school(self.path, login, code, passphrase, machine=self.machine(), pins=self.pins)
        )

    def make(self, school: str, name: str, login: str, passphrase: str) -> "tuple[Register, str]":
        """Make a school's file; return the founder's session and the recovery code. Raises UsageError or VaultError."""
        from data.register import create_school  # noqa: PLC0415
        from data.vault.people import Founder  # noqa: PLC0415

        from .cli import make_folder  # noqa: PLC0415

        make_folder(self.path)
        founder = Founder(login, name, passphrase)
        return create_school(self.path, school, founder, machine=self.machine(), pins=self.pins)

    def _guarded(self, login: str, enter: "Callable[[], Register]") -> "Register":
        from data.vault.attempts import Attempts  # noqa: PLC0415

        if self.only not in (None, login):
            raise NotAllowed(N_("This key is for one login only."))
        attempts = Attempts(self.state_folder, self.machine())
        attempts.wait()
        return attempts.guard(enter)
