"""Where a code is tried: what it opens, what it costs to be wrong."""

from enum import Enum, auto

import msgspec

from firstlight.core.pairing import lockout
from firstlight.core.pairing.code import Code, same, tidied
from firstlight.core.pairing.lockout import Tries


class Desk(msgspec.Struct, frozen=True):
    """The code of the moment, and how often others were tried in its place."""

    code: Code
    tries: Tries = Tries()


class Verdict(Enum):
    """``REFUSED``: not looked at."""

    RIGHT = auto()
    WRONG = auto()
    REFUSED = auto()


class Judged(msgspec.Struct, frozen=True):
    """``wait``: seconds until the next try is looked at, 0 for at once."""

    desk: Desk
    verdict: Verdict
    wait: float = 0.0


def shown(desk: Desk, spare: Code, now: float) -> Desk:
    """The desk with a code that is good; ``spare`` takes the place of one that no longer is."""
    return desk if now < desk.code.until else Desk(spare, desk.tries)


def tried(desk: Desk, given: str, spare: Code, now: float) -> Judged:
    """Judge one try. ``spare`` is the next code, should this one be used up or dead.

    An expired code is never right, but is compared like any other. Nothing at all counts as no try.
    """
    wait = lockout.left(desk.tries, now)
    if wait > 0:
        return Judged(desk, Verdict.REFUSED, wait)
    typed = tidied(given)
    is_same = same(typed, desk.code.digits)
    is_good = now < desk.code.until
    if is_same and is_good:
        return Judged(Desk(spare), Verdict.RIGHT)
    tries = lockout.after_wrong(desk.tries, now) if typed else desk.tries
    wait = lockout.left(tries, now)
    code = desk.code if is_good and not wait else spare
    return Judged(Desk(code, tries), Verdict.WRONG, wait)


def unlocked(desk: Desk) -> Desk:
    """Without the delay that is running. The next one is as long as it would have been."""
    return Desk(desk.code, Tries(wrong=desk.tries.wrong, rounds=desk.tries.rounds))
