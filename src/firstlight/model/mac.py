"""MAC addresses (EUI-48), also used as BSSIDs."""

import re
from typing import Self

from firstlight.errors import InvalidInput

_FORM = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{12}", re.IGNORECASE)


class MacAddress(str):
    """Lower-case, colon-separated. ``MacAddress("A1-B2-C3-D4-E5-F6") == "a1:b2:c3:d4:e5:f6"``.

    Raises ``InvalidInput`` (field ``mac``) for anything that is not twelve hexadecimal digits,
    plain or in pairs parted by ``:`` or ``-``.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Normalise, or refuse."""
        if not _FORM.fullmatch(text):
            raise InvalidInput("mac", "is not a MAC address; write it like a1:b2:c3:d4:e5:f6")
        digits = re.sub(r"[:-]", "", text).lower()
        return super().__new__(cls, ":".join(digits[i : i + 2] for i in range(0, 12, 2)))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """From six octets."""
        return cls(raw.hex())
