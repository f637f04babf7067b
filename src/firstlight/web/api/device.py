"""How the device is, and whether somebody is at it."""

from firstlight.errors import Busy
from firstlight.model.event import DeviceEvent
from firstlight.model.wire import Ok, StatusAnswer
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.guards import BEACON, PREFIX
from firstlight.web.sse import EventStream


async def status(call: Call) -> Reply:
    """The status as of now; asks nobody."""
    return Reply(StatusAnswer(call.service.status()))


async def events(call: Call) -> EventStream:
    """Live events, after those that the reader has not seen."""
    return EventStream(
        call.service.events,
        call.headers.get("last-event-id"),
        clock=call.context.clock,
        heartbeat_seconds=call.context.settings.heartbeat_seconds,
    )


async def attended(call: Call) -> Reply:
    """Somebody is at the page; ``attendance`` has told the device by now."""
    return Reply(Ok())


DEVICE = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/status",
        summary="How the device is",
        handle=status,
        answer=StatusAnswer,
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/events",
        summary="Events as they happen, as server-sent events",
        handle=events,
        answer=DeviceEvent,
        errors=(Busy,),
        streams=True,
    ),
    Endpoint(
        method="POST",
        path=BEACON,
        summary="Say that somebody is using the page right now; open to whoever may see it",
        handle=attended,
        answer=Ok,
    ),
)
