"""What a simulated year came to, and many of them together."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from firstlight.simulation.judge import Violation


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """One device's time. ``home``: seconds until home by what had kept it away.

    ``unreachable``: seconds of every stretch. ``turns``: of the event loop.
    """

    seed: int
    days: float
    events: dict[str, int]
    home: dict[str, list[float]]
    unreachable: list[float]
    joins: int
    joins_an_hour: int
    turns: int
    seconds: float
    digest: str
    violation: Violation | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds, over ``count`` cases."""

    count: int
    p50: float
    p95: float
    max: float


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Many years together. ``seconds``: of the machine that simulated, over all its processes."""

    years: float
    events: dict[str, int]
    home: dict[str, Spread]
    unreachable: Spread | None
    joins: int
    joins_an_hour: int
    turns: int
    seconds: float


def totals(years: Sequence[Year]) -> Totals:
    """Add them up."""
    events: Counter[str] = Counter()
    home: dict[str, list[float]] = {}
    for year in years:
        events.update(year.events)
        for kind, seconds in year.home.items():
            home.setdefault(kind, []).extend(seconds)
    return Totals(
        years=sum(year.days for year in years) / 365,
        events=dict(sorted(events.items())),
        home={kind: spread(seconds) for kind, seconds in sorted(home.items()) if seconds},
        unreachable=spread(stretches)
        if (stretches := [one for year in years for one in year.unreachable])
        else None,
        joins=sum(year.joins for year in years),
        joins_an_hour=max((year.joins_an_hour for year in years), default=0),
        turns=sum(year.turns for year in years),
        seconds=sum(year.seconds for year in years),
    )


def spread(seconds: Iterable[float]) -> Spread:
    """At least one figure."""
    ranked = sorted(seconds)
    return Spread(
        count=len(ranked),
        p50=ranked[len(ranked) // 2],
        p95=ranked[min(len(ranked) - 1, len(ranked) * 95 // 100)],
        max=ranked[-1],
    )
