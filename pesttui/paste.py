"""What is pasted, made harmless before anything takes it for keys."""

from data.clean import clean_text

START, END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around pasted text."""


class PasteFilter:
    """Drops control characters from pasted text, as it comes in, in pieces of any length.

    Most terminals do this themselves. Where one does not, an escape in the pasted text would be read as the beginning
    of a key, and what follows as keys: commands, that is, where no field has the focus.
    """

    def __init__(self) -> None:
        self._inside = False
        self._begun = ""
        """What may be the first part of `START`, or, inside, of `END`; there it is not yet handed on."""

    def clean(self, text: str) -> str:
        """Return what of this piece is read on; what may be the end of a paste waits for the next piece."""
        return "".join(map(self._next, text))

    def _next(self, character: str) -> str:
        edge, before = (END if self._inside else START), self._begun
        self._begun = before + character
        if not edge.startswith(self._begun):
            self._begun = character if character == "\x1b" else ""
            return _plain(before + character) if self._inside else character
        if self._begun == edge:
            self._inside, self._begun = not self._inside, ""
            return character if edge is START else END
        return "" if self._inside else character


def _plain(text: str) -> str:
    return "".join(character for character in text if character in "\n\r\t" or clean_text(character))
