"""Time as a thing that is handed in, so that tests and simulations own it."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the edge asks of time. Decisions never see a clock, only its readings."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never jumps, not even when wall time is set."""
        ...

    def wall(self) -> float:
        """Seconds since the Unix epoch, as far as this machine knows."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once that much monotonic time has passed."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Boot time where the system has it, so that suspend counts."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wall(self) -> float:
        """Unix time."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the running event loop."""
        await asyncio.sleep(seconds)
