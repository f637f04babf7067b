"""The promoted ``visual-token``: a code that stays good as a header, for one caller and an hour.

A promoted value has only six digits, and whoever shares the caller's address can try others. So
after five *different* wrong ones the promotion ends, and right ones in between don't take that
back. A value that is sent again tells nobody anything new, so a program that goes on sending an old
one harms nobody.
"""

import msgspec
from msgspec.structs import replace

from firstlight.core.pairing.code import same, tidied

LIFE_SECONDS = 3600.0
MOST = 32
GUESSES = 5

_LONGEST_REMEMBERED = 64


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """``until`` in monotonic seconds; ``wrong``: the different wrong values so far."""

    caller: str
    value: str
    until: float
    wrong: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Promotion(caller={self.caller!r}, until={self.until})"


Promotions = tuple[Promotion, ...]


def promoted(all_: Promotions, caller: str, value: str, now: float) -> Promotions:
    """With one more; the oldest goes when there are too many."""
    new = Promotion(caller=caller, value=tidied(value), until=now + LIFE_SECONDS)
    return (*_alive(all_, now), new)[-MOST:]


def authorised(all_: Promotions, caller: str, value: str, now: float) -> tuple[Promotions, bool]:
    """Whether that caller may use that value, and the promotions after this try."""
    typed = tidied(value)
    alive = _alive(all_, now)
    hits = [same(typed, one.value) and one.caller == caller for one in alive]
    if any(hits) or not typed:
        return alive, any(hits)
    return tuple(one for one in (_guessed(each, caller, typed) for each in alive) if one), False


def _alive(all_: Promotions, now: float) -> Promotions:
    return tuple(one for one in all_ if now < one.until)


def _guessed(one: Promotion, caller: str, typed: str) -> Promotion | None:
    """After a wrong try; ``None`` when it was one too many."""
    if one.caller != caller:
        return one
    wrong = one.wrong | {typed[:_LONGEST_REMEMBERED]}
    return replace(one, wrong=wrong) if len(wrong) < GUESSES else None
