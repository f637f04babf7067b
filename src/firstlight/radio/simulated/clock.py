"""A clock that moves only when it is told to."""

import asyncio
import heapq
import itertools

# A task that is woken may wake another, and so on; this many turns of the event loop let such a
# chain come to rest. A turn costs about ten microseconds.
_TURNS = 32


class VirtualClock:
    """A ``Clock`` for tests and simulations: an hour takes as long as what happens in it.

    ``advance`` wakes sleepers in the order of their times, each at exactly its time, and lets every
    task run before the next one is woken. Wall time moves along; ``set_wall`` makes it jump.
    """

    def __init__(self, *, monotonic: float = 1000.0, wall: float = 1_700_000_000.0) -> None:
        self._now = monotonic
        self._wall_ahead = wall - monotonic
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return self._now

    def wall(self) -> float:
        """Seconds since the Unix epoch, as this clock believes."""
        return self._now + self._wall_ahead

    def set_wall(self, seconds: float) -> None:
        """Set wall time, as a time server or a person would; sleepers don't notice."""
        self._wall_ahead = seconds - self._now

    @property
    def boot_id(self) -> str:
        """One boot for ever."""
        return "virtual"

    @property
    def next_due(self) -> float | None:
        """When the next sleeper wakes (monotonic), or ``None`` when nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def sleep(self, seconds: float) -> None:
        """Return once the clock was advanced by that much; for 0 or less, after one turn."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let that much time pass. One caller at a time."""
        end = self._now + seconds
        await _rest()
        while (due := self.next_due) is not None and due <= end:
            _, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            woken.set_result(None)
            await _rest()
        self._now = max(self._now, end)
        await _rest()

    async def flow(self) -> None:
        """Let time pass until cancelled, leaping from one sleeper to the next."""
        while True:
            due = self.next_due
            await self.advance(0.0 if due is None else max(0.0, due - self._now))


async def _rest() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
