"""Whether something grows that should not: a decision over samples, without a clock."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Bound(NamedTuple):
    """How much more may be there at the end: a share of the beginning, and some in any case."""

    share: float
    slack: float


class Sample(NamedTuple):
    """One look at the daemon. ``memory`` (PSS) and ``state`` in bytes."""

    memory: float
    descriptors: float
    threads: float
    state: float


BOUNDS = {
    "memory": Bound(0.05, 1_048_576),
    "descriptors": Bound(0.0, 6),
    "threads": Bound(0.0, 2),
    # SQLite folds its log into the database when that has a thousand pages.
    "state": Bound(0.05, 5 * 1_048_576),
}

LEAST_SAMPLES = 8
"""With fewer, nothing can be said."""


def grown(values: Sequence[float], bound: Bound) -> bool:
    """Whether the last quarter lies higher than the first one, by more than is allowed.

    Medians, so that a moment's load at either end says nothing. Raises ``ValueError`` for fewer
    than ``LEAST_SAMPLES`` values.
    """
    if len(values) < LEAST_SAMPLES:
        raise ValueError(f"{len(values)} samples are too few; {LEAST_SAMPLES} are needed")
    quarter = len(values) // 4
    first, last = statistics.median(values[:quarter]), statistics.median(values[-quarter:])
    return last > first * (1 + bound.share) + bound.slack


def verdicts(samples: Sequence[Sample]) -> dict[str, bool]:
    """For each thing that is watched: whether it has grown."""
    return {
        name: grown([getattr(one, name) for one in samples], bound)
        for name, bound in BOUNDS.items()
    }
