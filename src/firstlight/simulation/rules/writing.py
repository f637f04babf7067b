"""What a full disk did not take is on it soon after it has space again."""

import asyncio

from firstlight.simulation.judge import Judge, Rule
from firstlight.simulation.machine import Machine

WITHIN_SECONDS = 310.0
"""The longest pause between two tries, and a little."""


class Writing:
    """Counts from when the disk has space again, as long as it has."""

    def __init__(self, machine: Machine, judge: Judge, loop: asyncio.AbstractEventLoop) -> None:
        self._machine = machine
        self._judge = judge
        self._loop = loop
        self._was_full = False
        self._limit: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Something has changed."""
        full = self._machine.disk.full
        if full is self._was_full:
            return
        self._was_full = full
        if self._limit is not None:
            self._limit.cancel()
        self._limit = None if full else self._loop.call_later(WITHIN_SECONDS, self._over)

    def _over(self) -> None:
        if self._machine.is_unwritten:
            self._judge.accuse(
                Rule.WRITTEN,
                f"the disk has had space for {WITHIN_SECONDS:g} s, and is not up to date",
            )
