"""How fast one address may ask: token buckets, a few for each.

A bucket holds so many requests at once and fills again at an even rate. The table of subscribers is
bounded: the one that was heard least recently goes, and begins anew with full buckets.
"""

from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum

import msgspec

MOST_ADDRESSES = 1024


class Kind(StrEnum):
    """What is counted apart."""

    SIGN_IN = "sign in"
    CHANGE = "change"
    READ = "read"


class Budget(msgspec.Struct, frozen=True):
    """``burst``: so many at once. ``each_second``: so many come back."""

    burst: float
    each_second: float


BUDGETS = {
    Kind.SIGN_IN: Budget(10, 0.2),
    Kind.CHANGE: Budget(40, 4),
    Kind.READ: Budget(200, 40),
}
"""A page makes a dozen reads, and one change for each touch of ten seconds."""


class Rates:
    """``now`` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._filled: OrderedDict[tuple[str, Kind], tuple[float, float]] = OrderedDict()

    def wait(self, peer: str, kind: Kind) -> float:
        """Count one request of a subscriber.

        Returns 0, or the seconds after which it is worth asking again.
        """
        key = (peer, kind)
        budget, now = BUDGETS[kind], self._now()
        level, at = self._filled.pop(key, (budget.burst, now))
        level = min(budget.burst, level + (now - at) * budget.each_second)
        allowed = level >= 1
        self._filled[key] = (level - 1 if allowed else level, now)
        if len(self._filled) > MOST_ADDRESSES * len(Kind):
            self._filled.popitem(last=False)
        return 0.0 if allowed else (1 - level) / budget.each_second
