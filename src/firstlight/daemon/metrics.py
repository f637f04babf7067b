"""Metrics: what the events tell, counted, and written down for Prometheus when it asks."""

import asyncio
from collections.abc import Callable

from firstlight import __version__
from firstlight.clock import Clock
from firstlight.core.telemetry.tally import LineFigures, Tally
from firstlight.daemon.following import followed
from firstlight.daemon.hub import Hub

OWN_READERS = 3
"""Of the hub: the hooks, the telemetry, and this."""


class Metrics:
    """``line``: how it goes with the broker; ``None`` while there is none."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub, self._clock = hub, clock
        self._tally = Tally(clock.monotonic())
        self._started = clock.wall()
        self.line: Callable[[], LineFigures | None] = lambda: None

    async def run(self, after: str) -> None:
        """Count everything after the event with that ID."""
        async for event in followed(self._hub, after, self._clock):
            self._tally.heard(event, self._clock.monotonic())

    async def exposition(self) -> bytes:
        """In Prometheus' text form. Its library is loaded when somebody asks for the first time."""
        metrics = self._tally.metrics(
            self._clock.monotonic(),
            streams=max(0, self._hub.readers - OWN_READERS),
            started=self._started,
            line=self.line(),
        )

        def written() -> bytes:
            from firstlight.telemetry.exposition import exposition

            return exposition(metrics, __version__)

        return await asyncio.to_thread(written)
