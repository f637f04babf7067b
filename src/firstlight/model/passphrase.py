"""The secret of a WPA network, kept out of every log and traceback."""

import re
import unicodedata
from typing import Self

from firstlight.errors import InvalidInput

MIN_BYTES = 8
MAX_BYTES = 63

_FORBIDDEN = frozenset({"Cc", "Cs"})  # control characters and lone surrogates
_RAW_KEY = re.compile(r"[0-9a-fA-F]{64}")
_ALLOWED = "8 to 63 characters, or a raw key of 64 hexadecimal digits"


class Passphrase:
    """A WPA passphrase of 8 to 63 bytes, or a raw 256-bit key as 64 hexadecimal digits.

    IEEE 802.11-2020, J.4.1. ``repr`` and ``str`` never show it; ``reveal`` is the one way to its
    text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def parse(cls, text: str, *, field: str = "password") -> Self:
        """Check the form. Raises ``InvalidInput`` naming ``field``, never showing the value."""
        size = len(text.encode(errors="surrogatepass"))
        if any(unicodedata.category(char) in _FORBIDDEN for char in text):
            raise InvalidInput(field, f"has a control character; it has {_ALLOWED}")
        if size > MAX_BYTES and not _RAW_KEY.fullmatch(text):
            raise InvalidInput(field, f"has {size} bytes; it has {_ALLOWED}")
        if size < MIN_BYTES:
            raise InvalidInput(field, f"is too short with {size} bytes; it has {_ALLOWED}")
        return cls(text)

    @property
    def is_raw_key(self) -> bool:
        """Whether this is the 256-bit key itself, which WPA2 takes and SAE can't."""
        return bool(_RAW_KEY.fullmatch(self._text))

    def reveal(self) -> str:
        """The secret. Call it only where it goes onto the wire or the disk."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Passphrase) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Passphrase(…)"

    __str__ = __repr__
