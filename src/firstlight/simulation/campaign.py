"""Many years, one seed each, on several processors."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

import msgspec

from firstlight.simulation.figures import Totals, Year, totals
from firstlight.simulation.year import BUSY, DAYS, live

BUSY_DAYS = 1.0


class Violated(msgspec.Struct, frozen=True, kw_only=True):
    """A broken rule, and the command that shows it again."""

    seed: int
    rule: str
    day: float
    what: str
    replay: str
    trace: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign came to; ``violations`` by seed."""

    seed: int
    totals: Totals
    violations: tuple[Violated, ...]


def run(
    years: float, seed: int, *, jobs: int = 1, on_done: Callable[[Year], None] | None = None
) -> Report:
    """Simulate ``years`` from ``seed`` on, one seed a year, and after each a busy day.

    ``on_done`` is called with every part as it ends. The order of processors changes nothing.
    """
    parts: list[Year] = []
    for lived in _lived(_plan(years, seed), jobs):
        parts.extend(lived)
        if on_done is not None:
            for part in lived:
                on_done(part)
    parts.sort(key=lambda part: part.seed)
    return Report(
        seed=seed,
        totals=totals(parts),
        violations=tuple(violated for part in parts if (violated := _violated(part)) is not None),
    )


def live_both(seed: int, days: float) -> tuple[Year, Year]:
    """A device's quiet time, and another one's busy day."""
    return live(seed, days), live(seed, min(days, BUSY_DAYS), BUSY)


def _plan(years: float, seed: int) -> list[tuple[int, float]]:
    plan: list[tuple[int, float]] = []
    while years > 0:
        plan.append((seed + len(plan), min(years, 1.0) * DAYS))
        years -= 1.0
    return plan


def _lived(plan: list[tuple[int, float]], jobs: int) -> Iterator[tuple[Year, Year]]:
    if jobs == 1 or len(plan) == 1:
        yield from (live_both(seed, days) for seed, days in plan)
        return
    # A fresh interpreter each: what this one has open is nobody else's.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh, initializer=_leave_interrupts) as pool:
        try:
            running = [pool.submit(live_both, seed, days) for seed, days in plan]
            for done in as_completed(running):
                yield done.result()
        finally:
            # After Ctrl-C what is under way, a few seconds of it, is still waited for.
            pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; only the first one decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _violated(part: Year) -> Violated | None:
    found = part.violation
    if found is None:
        return None
    return Violated(
        seed=part.seed,
        rule=found.rule.value,
        day=found.day,
        what=found.what,
        replay=f"firstlight simulate --years 1 --seed {part.seed}",
        trace=found.trace,
    )
