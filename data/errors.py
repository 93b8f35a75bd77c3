"""What can go wrong, told to people: a title, one sentence, and an exit code for scripts."""

from typing import ClassVar, TypeVar


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark an English message for the catalogue without translating it here."""
    return message


Told = TypeVar("Told", bound="PesttuiError")


class PesttuiError(Exception):
    """Something a person can be told.

    `message` is an English message id with `{name}` fields, filled in from `values`; the catalogue
    turns it into the reader's language. Values are names of files, numbers, logins: never what a person
    typed about a pupil.
    """

    title: ClassVar[str] = N_("Something went wrong")
    exit_code: ClassVar[int] = 1
    advice: str = ""
    """What to do about it, a message id without fields; empty where the message says so itself."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)

    def told_as(self, kind: type[Told]) -> Told:
        """Return the same as another kind of error: another title and exit code."""
        told = kind(self.message, **self.values)
        told.advice = self.advice
        return told


class UsageError(PesttuiError):
    """What was asked cannot be understood or does not fit."""

    title = N_("That is not possible")
    exit_code = 2


class ProtocolError(UsageError):
    """A protocol file that cannot be used; the message names file, place and what is expected."""

    title = N_("The protocol file is not right")


class VaultError(PesttuiError):
    """The base of everything the encrypted file can answer."""

    title = N_("The school's file")


class Damaged(VaultError):
    """The file is damaged, foreign, or of a newer version: never written to, never healed in silence."""

    title = N_("The file is damaged")
    exit_code = 3


class Broken(Damaged):
    """The file that lies in the school file's place is not whole."""

    advice = N_("Leave this file as it is, and have a backup put back: pesttui restore")


class Foreign(Damaged):
    """What lies there is no file of pesttui's."""

    title = N_("Another kind of file")
    advice = N_("It was left alone. Is it the right file? Else have a backup put back: pesttui restore")


class Newer(Damaged):
    """The file is whole, and of a version that this program does not know."""

    title = N_("A newer file")


class Rollback(Damaged):
    """An older copy of the file, or one that went another way, lies in its place: read, and not written to."""

    title = N_("An older copy")
    exit_code = 4


class NoEntry(VaultError):
    """Wrong login, passphrase or code: one sentence for all, so that nobody learns which."""

    title = N_("No entry")
    exit_code = 5


class NotAllowed(VaultError):
    """This person may not do this, or it does not exist: the same answer for both."""

    title = N_("Not allowed")
    exit_code = 6


class Busy(VaultError):
    """Somebody else held the lock for too long."""

    title = N_("The file is busy")
    exit_code = 7


class NotSaved(VaultError):
    """Nothing was written; what was typed is still in the form."""

    title = N_("Not saved")


class Changed(VaultError):
    """A document changed since it was read: nothing was written."""

    title = N_("Changed meanwhile")
