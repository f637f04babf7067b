"""What is going to happen, in order of time: the world's only task."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from firstlight.clock import Clock

Action = Callable[[], None]


class Alarm(Protocol):
    """A call to come."""

    def cancel(self) -> None:
        """Let it not come."""
        ...


@runtime_checkable
class AlarmClock(Clock, Protocol):
    """A clock that calls back, which spares the world a task to sleep in."""

    def call_at(self, due: float, action: Action) -> Alarm:
        """Call ``action`` at that monotonic moment, or as soon as possible after it."""
        ...


class Entry:
    """Something that will happen, unless it is cancelled."""

    __slots__ = ("_action", "due")

    def __init__(self, due: float, action: Action) -> None:
        self.due = due
        self._action: Action | None = action

    def cancel(self) -> None:
        """Let it not happen; too late is harmless."""
        self._action = None

    def happen(self) -> None:
        """Do it, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Timeline:
    """Actions at moments of an injected clock.

    An action sees its own due time as ``now``, so a chain of actions keeps its figures however late
    the event loop wakes. While stopped, nothing happens; ``start`` first makes up for what was
    missed, so the world seems to have gone on by itself.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Entry]] = []
        self._order = itertools.count()
        self._clock: Clock | None = None
        self._task: asyncio.Task[None] | None = None
        self._alarms: AlarmClock | None = None
        self._alarm: Alarm | None = None
        self._instant: float | None = None

    @property
    def now(self) -> float:
        """Monotonic seconds; inside an action, the moment it was due. 0 before the first start."""
        if self._instant is not None:
            return self._instant
        return self._clock.monotonic() if self._clock is not None else 0.0

    def at(self, due: float, action: Action) -> Entry:
        """Plan an action for a monotonic moment; a past one means as soon as possible."""
        entry = Entry(due, action)
        heapq.heappush(self._entries, (due, next(self._order), entry))
        if self._entries[0][2] is entry and self._instant is None:
            if self._alarms is not None:
                self._set_alarm(self._alarms)
            elif self._task is not None:
                self._begin_task()
        return entry

    def after(self, seconds: float, action: Action) -> Entry:
        """Plan an action ``seconds`` from now."""
        return self.at(self.now + seconds, action)

    def start(self, clock: Clock) -> None:
        """Catch up with the clock, then go on by itself. Needs a running event loop."""
        self.stop()
        self._clock = clock
        self._happen_until(clock.monotonic())
        if isinstance(clock, AlarmClock):
            self._alarms = clock
            self._set_alarm(clock)
        else:
            self._begin_task()

    def stop(self) -> None:
        """Stand still until the next ``start``."""
        if self._task is not None and not self._task.get_loop().is_closed():
            self._task.cancel()
        self._task = None
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarms, self._alarm = None, None

    def _set_alarm(self, clock: AlarmClock) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = clock.call_at(self._entries[0][0], self._ring) if self._entries else None

    def _ring(self) -> None:
        self._alarm = None
        if self._alarms is not None:
            self._happen_until(self._alarms.monotonic())
        # What happened may have stopped or started it anew.
        if self._alarms is not None:
            self._set_alarm(self._alarms)

    def _begin_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._go_on(), name="simulated-world")

    async def _go_on(self) -> None:
        while self._clock is not None and self._entries:
            await self._clock.sleep(self._entries[0][0] - self._clock.monotonic())
            self._happen_until(self._clock.monotonic())

    def _happen_until(self, moment: float) -> None:
        # What an action plans is pushed while _instant is set, so the running task isn't replaced
        # under its own feet; its loop looks at the entries again.
        while self._entries and self._entries[0][0] <= moment:
            due, _, entry = heapq.heappop(self._entries)
            self._instant = due
            try:
                entry.happen()
            finally:
                self._instant = None
