"""Events that wait for the broker: bounded, in order, each there until the broker has it.

The oldest goes when there is no room, and is counted. Of status events in a row only the newest is
kept while it waits: what was overtaken is no news any more.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice

from firstlight.model.event import DeviceEvent, EventType


class Outbox:
    """``size`` events at most. ``dropped``: how many went unsent, that the broker has not heard of.

    ``lost`` counts the same, and never goes back.
    """

    def __init__(self, size: int, waiting: Iterable[DeviceEvent] = (), *, dropped: int = 0) -> None:
        self._size = size
        self._waiting: deque[DeviceEvent] = deque()
        self._under_way = 0
        self.dropped = dropped
        self.lost = 0
        for event in waiting:
            self.put(event)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> tuple[DeviceEvent, ...]:
        """All of them, oldest first."""
        return tuple(self._waiting)

    def put(self, event: DeviceEvent) -> None:
        """One more, at the end."""
        if self._overtakes(event):
            self._waiting.pop()
        self._waiting.append(event)
        self._make_room()

    def resize(self, size: int) -> None:
        """Hold so many from now on."""
        self._size = size
        self._make_room()

    def take(self, most: int) -> Sequence[DeviceEvent]:
        """The oldest, which stay until ``sent`` says that the broker has them.

        Never more than half of what there is room for, so that there is an oldest to drop.
        """
        taken = tuple(islice(self._waiting, min(most, max(1, self._size // 2))))
        self._under_way = len(taken)
        return taken

    def sent(self, events: Sequence[DeviceEvent]) -> None:
        """The broker has these, the first of what was taken; the rest is not under way any more."""
        done = {event.id for event in events}
        self._waiting = deque(event for event in self._waiting if event.id not in done)
        self._under_way = 0

    def told(self, dropped: int) -> None:
        """The broker has heard of so many that were dropped."""
        self.dropped -= dropped

    def _overtakes(self, event: DeviceEvent) -> bool:
        if event.type is not EventType.STATUS or len(self._waiting) <= self._under_way:
            return False
        return bool(self._waiting) and self._waiting[-1].type is EventType.STATUS

    def _make_room(self) -> None:
        while len(self._waiting) > self._size:
            # What is under way may have arrived already: it is the next one that goes.
            del self._waiting[min(self._under_way, len(self._waiting) - 1)]
            self.dropped += 1
            self.lost += 1
