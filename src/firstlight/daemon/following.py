"""Follows the events for as long as the daemon lives, and loses none that the hub still has."""

from collections.abc import AsyncIterator

from firstlight.clock import Clock
from firstlight.daemon.hub import Hub
from firstlight.errors import Busy
from firstlight.model.event import DeviceEvent

_AGAIN_SECONDS = 5.0


async def followed(hub: Hub, after: str, clock: Clock) -> AsyncIterator[DeviceEvent]:
    """Everything after the event with that ID; ends when the hub has closed."""
    while not hub.closed:
        try:
            with hub.follow(after) as following:
                async for event in following.feed:
                    after = event.id
                    yield event
        except Busy as busy:
            await clock.sleep(busy.retry_after or _AGAIN_SECONDS)
