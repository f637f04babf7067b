"""The hub: takes every event once and hands it to every reader.

Publishing never waits. It keeps the newest events for readers who come late or come back: of status
events in a row only the newest, so that a long outage does not wash out what else happened. Each
reader has a bounded queue of its own: a reader whose queue is full is dropped and may resume with
the ID it saw last.

IDs are ``<start>-<n>``: the Unix time in ms at which this hub began, and a count from 1. So they
grow, and an ID of an earlier run of the daemon is known as such.
"""

import asyncio
import re
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import msgspec

from firstlight.clock import Clock
from firstlight.errors import Busy
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.status import DeviceStatus

KEPT = 256
RECENT = 25
QUEUE = 64
READERS = 18

_ID = re.compile(r"([0-9]{1,16})-([0-9]{1,16})")


class Reader:
    """One reader's feed. Ends when the reader was too slow or the hub has closed."""

    def __init__(self, missed: Sequence[DeviceEvent], queue: int) -> None:
        self._missed = deque(missed)
        self._queue: deque[DeviceEvent] = deque()
        self._room = queue
        self._woken = asyncio.Event()
        self._ended = False

    def put(self, event: DeviceEvent) -> bool:
        """Queue an event for this reader; false when it has fallen behind, which ends its feed."""
        if len(self._queue) >= self._room:
            self._missed.clear()
            self._queue.clear()
            self.end()
            return False
        self._queue.append(event)
        self._woken.set()
        return True

    def end(self) -> None:
        """Let the feed end after what is queued."""
        self._ended = True
        self._woken.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> DeviceEvent:
        """The next event. Nothing is lost when the wait is cancelled."""
        while True:
            for source in (self._missed, self._queue):
                if source:
                    return source.popleft()
            if self._ended:
                raise StopAsyncIteration
            self._woken.clear()
            await self._woken.wait()


class Subscription(msgspec.Struct, frozen=True):
    """``resumed_after``: the ID just before the first event of ``feed``."""

    resumed_after: str
    feed: Reader


class Hub:
    """Where events are published and followed. Belongs to one event loop."""

    def __init__(
        self, clock: Clock, *, kept: int = KEPT, queue: int = QUEUE, readers: int = READERS
    ) -> None:
        self._clock = clock
        self._start = str(round(clock.wall() * 1000))
        self._count = 0
        self._history: deque[DeviceEvent] = deque(maxlen=kept)
        self._queue = queue
        self._max_readers = readers
        self._readers: list[Reader] = []
        self._closed = False

    @property
    def cursor(self) -> str:
        """The ID of the newest event so far; of the point before the first when there was none."""
        return self._id(self._count)

    @property
    def readers(self) -> int:
        """How many follow at the moment."""
        return len(self._readers)

    @property
    def closed(self) -> bool:
        """Whether nobody can follow any more."""
        return self._closed

    def recent(self, count: int = RECENT) -> tuple[DeviceEvent, ...]:
        """The newest events, oldest first."""
        return tuple(self._history)[-count:] if count else ()

    def publish(
        self,
        kind: EventType,
        level: Level,
        message: str,
        *,
        action: Action | None = None,
        phase: ActionPhase | None = None,
        details: dict[str, Any] | None = None,
        status: DeviceStatus | None = None,
    ) -> DeviceEvent:
        """Tell everybody. Never waits, and never fails for a reader's sake."""
        self._count += 1
        event = DeviceEvent(
            id=self.cursor,
            ts=round(self._clock.wall() * 1000),
            type=kind,
            level=level,
            message=message,
            action=action,
            phase=phase,
            details=details,
            status=status,
        )
        if kind is EventType.STATUS and self._history and self._history[-1].type is kind:
            # What is kept is for those who come later: they need no state that was overtaken.
            self._history.pop()
        self._history.append(event)
        self._readers = [reader for reader in self._readers if reader.put(event)]
        return event

    @contextmanager
    def follow(self, after: str | None) -> Generator[Subscription, None, None]:
        """Subscribe until the context is left. ``after``: see ``_missed_since``.

        Raises ``Busy`` when there are too many readers, or none are taken any more.
        """
        if self._closed:
            raise Busy("Firstlight is stopping.", retry_after=5)
        if len(self._readers) >= self._max_readers:
            raise Busy(
                f"{self._max_readers} readers follow the events already; there is no room.",
                hint="Close a page or program that follows them, or ask for the status instead.",
                retry_after=10,
            )
        missed = self._missed_since(after)
        reader = Reader(missed, self._queue)
        self._readers.append(reader)
        try:
            before = self._number(missed[0]) - 1 if missed else self._count
            yield Subscription(self._id(before), reader)
        finally:
            self._readers = [other for other in self._readers if other is not reader]

    def close(self) -> None:
        """End every feed after what is queued, and take no new readers."""
        self._closed = True
        for reader in self._readers:
            reader.end()
        self._readers = []

    def _missed_since(self, after: str | None) -> tuple[DeviceEvent, ...]:
        """What somebody who saw ``after`` has not seen, as far as it is kept.

        Of a reader of an earlier run that is everything; without an ID, or with one that was never
        given out, the recent events.
        """
        known = _ID.fullmatch(after or "")
        if known is None:
            return self.recent()
        start, seen = known[1], int(known[2])
        if start != self._start:
            return tuple(self._history)
        if seen > self._count:
            return self.recent()
        return tuple(event for event in self._history if self._number(event) > seen)

    def _number(self, event: DeviceEvent) -> int:
        return int(event.id.rpartition("-")[2])

    def _id(self, count: int) -> str:
        return f"{self._start}-{count}"
