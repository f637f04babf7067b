"""The code that a person reads off the device: six digits, for five minutes, for one use."""

import hmac
import unicodedata

import msgspec

DIGITS = 6
CODES = 10**DIGITS
"""How many there are; each is as likely as any other."""

LIFE_SECONDS = 300.0

_LONGEST_TYPED = 64


class Code(msgspec.Struct, frozen=True):
    """``until``: monotonic seconds at which it stops being good."""

    digits: str
    until: float

    def __repr__(self) -> str:
        return f"Code(until={self.until})"


def fresh(number: int, now: float, life: float = LIFE_SECONDS) -> Code:
    """A new code. ``number``: uniform below ``CODES``, from the system's own randomness."""
    return Code(f"{number:0{DIGITS}d}", now + life)


def tidied(typed: str) -> str:
    """As a person means it: without spaces and dashes, digits of any script's width in ASCII.

    What is far too long for a code stays as it is.
    """
    if len(typed) > _LONGEST_TYPED:
        return typed
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", typed)
        if not char.isspace() and unicodedata.category(char) != "Pd"
    )


def same(given: str, expected: str) -> bool:
    """Compared in constant time, whatever is given: any length, any characters."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())
