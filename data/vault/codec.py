"""Little-endian numbers and length-prefixed bytes: the alphabet of everything binary in the vault."""

from ..errors import N_, Damaged


class Writer:
    """Puts values one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def number(self, value: int, size: int) -> "Writer":
        """Put an unsigned number of `size` bytes."""
        self._parts.append(value.to_bytes(size, "little"))
        return self

    def raw(self, value: bytes, size: int | None = None) -> "Writer":
        """Put bytes as they are; `size` says how many there must be."""
        if size is not None and len(value) != size:
            raise ValueError(f"{size} bytes expected, {len(value)} given")
        self._parts.append(value)
        return self

    def blob(self, value: bytes) -> "Writer":
        """Put a u32 length and the bytes."""
        return self.number(len(value), 4).raw(value)

    def text(self, value: str) -> "Writer":
        """Put a u16 length and the UTF-8 bytes."""
        data = value.encode()
        return self.number(len(data), 2).raw(data)

    def done(self) -> bytes:
        """Return all that was put."""
        return b"".join(self._parts)


class Reader:
    """Takes values one after the other; raises `Damaged` where the bytes do not hold what they should."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at

    def raw(self, size: int) -> bytes:
        """Take `size` bytes."""
        end = self.at + size
        if end > len(self._data):
            raise Damaged(N_("Something in the file ends too early."))
        value = self._data[self.at : end]
        self.at = end
        return value

    def number(self, size: int) -> int:
        """Take an unsigned number of `size` bytes."""
        return int.from_bytes(self.raw(size), "little")

    def blob(self) -> bytes:
        """Take a u32 length and that many bytes."""
        return self.raw(self.number(4))

    def text(self) -> str:
        """Take a u16 length and that many bytes of UTF-8."""
        try:
            return self.raw(self.number(2)).decode()
        except UnicodeDecodeError:
            raise Damaged(N_("Something in the file is not text.")) from None

    def flag(self) -> bool:
        """Take one byte that is 0 or 1."""
        value = self.number(1)
        if value > 1:
            raise Damaged(N_("Something in the file is neither yes nor no."))
        return bool(value)

    def more(self) -> bool:
        """Whether anything is left."""
        return self.at < len(self._data)

    def end(self) -> None:
        """Refuse leftovers: two readings of one file must not differ."""
        if self.more():
            raise Damaged(N_("Something in the file is longer than it should be."))
