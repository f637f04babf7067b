"""Who may follow which events, and how many streams one address may hold open."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from firstlight.errors import Code
from firstlight.model.event import Action, DeviceEvent
from firstlight.web.problems import Refusal

MOST_STREAMS = 6
"""Of one address: a few tabs, and the stream of before that is not known to be gone yet."""

_RETRY_SECONDS = 15


def everything(_: DeviceEvent) -> bool:
    """For those who are signed in."""
    return True


def is_for_onlookers(event: DeviceEvent) -> bool:
    """Whether somebody may see it who may only look: how the device is, and how a join goes."""
    return event.status is not None or event.action is Action.NETWORK_CONNECT


class Streams:
    """Counts open event streams by address. What came over the Unix socket is not counted."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def held(self, caller: str) -> Generator[None]:
        """One more. Raises ``Refusal`` 429 when that address has enough."""
        if caller and self._open[caller] >= MOST_STREAMS:
            raise Refusal(
                429,
                Code.RATE_LIMITED,
                f"Your address follows {MOST_STREAMS} event streams already.",
                hint="Close one of them.",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        self._open[caller] += 1
        try:
            yield
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]
