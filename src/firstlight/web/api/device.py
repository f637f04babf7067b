"""How the device is, and whether somebody is at it."""

from firstlight.errors import Busy
from firstlight.model.event import DeviceEvent
from firstlight.model.wire import Ok, StatusAnswer
from firstlight.web.access import Right, may
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.audience import Onlooker, Owner
from firstlight.web.guards import BEACON, PREFIX
from firstlight.web.sse import EventStream


async def status(call: Call) -> Reply:
    """The status as of now; asks nobody."""
    return Reply(StatusAnswer(call.service.status()))


async def events(call: Call) -> EventStream:
    """Live events, after those that the reader has not seen.

    Who may only look gets how the device is from now on, and nothing of the log. Who is signed out
    meanwhile is cut off, by a factory reset only after its end; the next request meets the guards
    again.
    """
    source, seen = call.service.events, call.headers.get("last-event-id")
    manages = may(call.visit.standing, Right.MANAGE)
    return EventStream(
        source,
        seen if manages else source.cursor,
        place=call.context.streams.held(call.visit.caller, onlooker=not manages),
        reader=Owner(call.visit.standing_now) if manages else Onlooker(),
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
