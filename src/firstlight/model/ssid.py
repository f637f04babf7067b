r"""SSIDs are bytes.

IEEE 802.11-2020, 9.4.2.2: 0 to 32 octets without any encoding. Most are UTF-8, some are not, and
all of them were chosen by a stranger. ``Ssid.text`` is the form that may be shown and logged: valid
UTF-8 stays as it is, anything else (broken UTF-8, control characters, characters that reorder or
hide text) is written as ``\xNN`` per byte.
"""

from typing import Self

from firstlight.errors import InvalidInput
from firstlight.model.text import plain

MAX_BYTES = 32


class Ssid(bytes):
    """A network's name: 1 to 32 bytes. Hashable and comparable as bytes.

    Raises ``InvalidInput`` naming ``field`` when empty or longer than 32 bytes.
    """

    __slots__ = ()

    def __new__(cls, raw: bytes, *, field: str = "ssid") -> Self:
        """Check the length; any byte value is allowed."""
        if not raw:
            raise InvalidInput(field, "is empty; a network name has 1 to 32 bytes")
        if len(raw) > MAX_BYTES:
            raise InvalidInput(field, f"has {len(raw)} bytes; a network name has 1 to 32 bytes")
        return super().__new__(cls, raw)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The SSID whose bytes are the UTF-8 form of ``text``."""
        try:
            return cls(text.encode())
        except UnicodeEncodeError as error:
            raise InvalidInput("ssid", "has a character that UTF-8 can't express") from error

    @classmethod
    def from_hex(cls, digits: str) -> Self:
        """The SSID written as two hexadecimal digits a byte (field ``ssidHex``)."""
        try:
            raw = bytes.fromhex(digits)
        except ValueError as error:
            raise InvalidInput("ssidHex", "is not pairs of hexadecimal digits") from error
        return cls(raw, field="ssidHex")

    @property
    def text(self) -> str:
        """Safe to show and to log; equal to the plain name for every ordinary name."""
        return plain(self.decode(errors="surrogateescape"))

    def __repr__(self) -> str:
        return f"Ssid({bytes(self)!r})"

    def __str__(self) -> str:
        return self.text
