"""Waiting for the world: a predicate, a deadline, and what was last seen when it passes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLate(AssertionError):
    """Something did not come true in time. The message says what, and what was seen instead."""


def eventually(
    look: Callable[[], T],
    wanted: Callable[[T], object] = bool,
    *,
    what: str,
    within: float = 60.0,
    every: float = 0.2,
) -> T:
    """Look again and again until ``wanted`` holds for what is seen, and return that.

    ``within`` is no promise of ours, but for where a case names one: it ends what never comes.
    """
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if wanted(seen):
            return seen
        if time.monotonic() >= deadline:
            raise TooLate(f"not within {within:.0f} s: {what}; last seen: {seen!r}")
        time.sleep(every)
