"""True time, and the time that the device believes in."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context

from firstlight.simulation.loop import LeapingLoop

EPOCH = 1_767_225_600.0
"""Unix time at which every simulation begins: 2026-01-01."""


class TrueClock:
    """The loop's own time. It calls back, so the world needs no task to sleep in."""

    boot_id = "true"

    def __init__(self, loop: LeapingLoop) -> None:
        self._loop = loop
        self._context = copy_context()
        self._began = loop.time()

    def monotonic(self) -> float:
        """Seconds that never jump and never begin anew."""
        return self._loop.time()

    def wall(self) -> float:
        """Unix time as it really is."""
        return EPOCH + self._loop.time() - self._began

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        await asyncio.sleep(seconds)

    def call_at(self, due: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        """Call ``action`` then."""
        return self._loop.call_at(due, action, context=self._context)


class MachineClock:
    """One boot's clock: monotonic time counts from it, wall time may be wrong."""

    def __init__(self, true: TrueClock, boot: int, *, wall: float) -> None:
        self._true = true
        self.booted_at = true.monotonic()
        self.boot_id = f"boot-{boot}"
        self._wrong_by = wall - true.wall()

    def monotonic(self) -> float:
        """Seconds since boot."""
        return self._true.monotonic() - self.booted_at

    def wall(self) -> float:
        """Unix time as the machine believes."""
        return self._true.wall() + self._wrong_by

    def set_wall(self, wall: float) -> None:
        """Set it, as a time server or a person would."""
        self._wrong_by = max(0.0, wall) - self._true.wall()

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        await asyncio.sleep(seconds)
