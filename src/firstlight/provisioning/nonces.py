"""Single-use nonces: one at a time for a caller, bound to its MAC address, good for a minute.

The reference keeps replays out with them. A nonce is an unsigned 32-bit number on the wire; where
it comes from is the caller's business, which must be a cryptographic source.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from firstlight.model.mac import MacAddress

BITS = 32
SECONDS = 60.0
MOST_BAD = 5
"""So many bad ones in a row end the mode."""

_DECIMAL = re.compile(r"[0-9]{1,10}")


class Fault(StrEnum):
    """What is wrong with a nonce that was presented."""

    MISSING = "missing"
    MALFORMED = "malformed"
    NONE_GIVEN = "none_given"
    WRONG = "wrong"
    EXPIRED = "expired"


class Given(msgspec.Struct, frozen=True):
    """A nonce, and until when (monotonic seconds) it is good."""

    value: int
    until: float

    def __repr__(self) -> str:
        return "Given(…)"


class Nonces(msgspec.Struct, frozen=True):
    """Those that are out."""

    given: Mapping[MacAddress, Given] = {}

    def issued(self, mac: MacAddress, value: int, now: float) -> "Nonces":
        """With that one, in place of the last one of that caller; expired ones are forgotten."""
        kept = {one: nonce for one, nonce in self.given.items() if nonce.until > now}
        return Nonces(kept | {mac: Given(value, now + SECONDS)})

    def spent(self, mac: MacAddress, text: str | None, now: float) -> "tuple[Nonces, Fault | None]":
        """Present one. A good one is gone afterwards; a bad one leaves the good one as it is."""
        if text is None or not text:
            return self, Fault.MISSING
        value = _number(text)
        nonce = self.given.get(mac)
        if value is None:
            return self, Fault.MALFORMED
        if nonce is None:
            return self, Fault.NONE_GIVEN
        if nonce.value != value:
            return self, Fault.WRONG
        rest = Nonces({one: other for one, other in self.given.items() if one != mac})
        return rest, (Fault.EXPIRED if nonce.until <= now else None)


def _number(text: str) -> int | None:
    """An unsigned 32-bit number in decimal digits."""
    if not _DECIMAL.fullmatch(text):
        return None
    value = int(text)
    return value if value < 1 << BITS else None
