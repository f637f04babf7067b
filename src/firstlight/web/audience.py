"""Who may follow which events, and how many streams one subscriber may hold open."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from firstlight.errors import Code
from firstlight.model.event import Action, ActionPhase, DeviceEvent
from firstlight.web.access import Right, Standing, may
from firstlight.web.problems import Refusal
from firstlight.web.visit import subscriber

MOST_STREAMS = 6
"""Of one subscriber: a few tabs, and the stream of before that is not known to be gone yet."""

MOST_ONLOOKERS = 12
"""Of all who are not signed in, so that there is always room for those who are."""

_RETRY_SECONDS = 15


class Reader(Protocol):
    """Who follows the events. Both are asked for every event, ``may_stay`` first."""

    def may_stay(self, event: DeviceEvent | None, /) -> bool:
        """Whether the stream goes on with that event, or with a sign of life."""
        ...

    def sees(self, event: DeviceEvent, /) -> bool:
        """Whether it is shown that event."""
        ...


class Owner:
    """Somebody who is signed in. ``standing``: who it is by now.

    A factory reset signs everybody out: who was there when it began still hears how it ends, and
    besides that what somebody in their place may see.
    """

    def __init__(self, standing: Callable[[], Standing]) -> None:
        self._standing = standing
        self._resetting = False

    def may_stay(self, event: DeviceEvent | None) -> bool:
        """As long as they are signed in, and to the end of a reset that began meanwhile."""
        owner, resetting = may(self._standing(), Right.MANAGE), self._resetting
        if event is not None and event.action is Action.FACTORY_RESET and event.phase is not None:
            self._resetting = owner and event.phase is ActionPhase.STARTED
        return owner or resetting

    def sees(self, event: DeviceEvent) -> bool:
        """Everything while they are signed in."""
        standing = self._standing()
        if may(standing, Right.MANAGE) or event.action is Action.FACTORY_RESET:
            return True
        return may(standing, Right.LOOK) and _is_for_onlookers(event)


class Onlooker:
    """Somebody who may only look: how the device is, and how a join goes."""

    def may_stay(self, _event: DeviceEvent | None) -> bool:
        """For ever."""
        return True

    def sees(self, event: DeviceEvent) -> bool:
        """Nothing of the log."""
        return _is_for_onlookers(event)


def _is_for_onlookers(event: DeviceEvent) -> bool:
    return event.status is not None or event.action is Action.NETWORK_CONNECT


class Streams:
    """Counts open event streams. What came over the Unix socket has no share of its own."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._onlookers = 0

    @contextmanager
    def held(self, caller: str, *, onlooker: bool) -> Generator[None]:
        """One more. Raises ``Refusal`` 429 when that subscriber has enough, or all onlookers."""
        who = subscriber(caller) if caller else ""
        if who and self._open[who] >= MOST_STREAMS:
            raise _enough(
                f"Your address follows {MOST_STREAMS} event streams already.", "Close one of them."
            )
        if onlooker and self._onlookers >= MOST_ONLOOKERS:
            raise _enough(
                f"{MOST_ONLOOKERS} event streams are followed without signing in already.",
                "Sign in, or wait until somebody leaves.",
            )
        self._open[who] += 1
        self._onlookers += onlooker
        try:
            yield
        finally:
            self._onlookers -= onlooker
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def _enough(message: str, hint: str) -> Refusal:
    return Refusal(
        429,
        Code.RATE_LIMITED,
        message,
        hint=hint,
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )
