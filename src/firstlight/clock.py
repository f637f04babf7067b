"""Time as a thing that is handed in, so that tests and simulations own it."""

import asyncio
import time
from pathlib import Path
from typing import Protocol

from firstlight.model.moment import Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """What the edge asks of time. Decisions never see a clock, only its readings."""

    def monotonic(self) -> float:
        """Seconds since boot; never jumps, not even when wall time is set."""
        ...

    def wall(self) -> float:
        """Seconds since the Unix epoch, as far as this machine knows."""
        ...

    @property
    def boot_id(self) -> str:
        """Names the boot that ``monotonic`` counts from; another one after every reboot."""
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

    @property
    def boot_id(self) -> str:
        """The kernel's (random(4)); empty where it has none."""
        try:
            return _BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    async def sleep(self, seconds: float) -> None:
        """Sleep on the running event loop."""
        await asyncio.sleep(seconds)


def reading(clock: Clock) -> Moment:
    """What both of its hands show now."""
    return Moment(clock.monotonic(), clock.wall())
