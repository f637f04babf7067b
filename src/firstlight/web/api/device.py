"""The device API, ``/api/provisioning/…``: each handler, and the table that says what they are."""

from firstlight.errors import (
    Busy,
    FirstlightError,
    InvalidInput,
    NotFound,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
    StoreFailure,
)
from firstlight.model.event import DeviceEvent
from firstlight.model.wire import (
    AttemptAnswer,
    ConnectBody,
    ForgetBody,
    HotspotAnswer,
    NetworksAnswer,
    Ok,
    SavedNetworksAnswer,
    StatusAnswer,
)
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.sse import EventStream

PREFIX = "/api/provisioning"
ATTEMPTS = f"{PREFIX}/network/attempts"

_RADIO: tuple[type[FirstlightError], ...] = (RadioUnavailable, NotPermitted, RadioFailure)


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


async def networks(call: Call) -> Reply:
    """Networks in sight."""
    return Reply(NetworksAnswer(await call.service.networks()))


async def saved(call: Call) -> Reply:
    """Saved networks."""
    return Reply(SavedNetworksAnswer(await call.service.saved()))


async def connect(call: Call) -> Reply:
    """Begin to join; ``Location`` leads to the attempt."""
    wish: ConnectBody = call.body
    attempt = await call.service.connect(wish)
    return Reply(Ok(), {"Location": f"{ATTEMPTS}/{attempt.id}"})


async def newest_attempt(call: Call) -> Reply:
    """The attempt that began last."""
    return Reply(AttemptAnswer(call.service.attempt(None)))


async def attempt(call: Call) -> Reply:
    """One attempt by its ID."""
    return Reply(AttemptAnswer(call.service.attempt(call.path["id"])))


async def forget(call: Call) -> Reply:
    """Remove a saved network."""
    wish: ForgetBody = call.body
    await call.service.forget(wish.name)
    return Reply(Ok())


async def hotspot(call: Call) -> Reply:
    """The device's own network and its password; ``guards`` says who may know."""
    return Reply(await call.service.hotspot())


async def enable_hotspot(call: Call) -> Reply:
    """The device's own network on; fine if it is on already."""
    await call.service.enable_hotspot()
    return Reply(Ok())


async def disable_hotspot(call: Call) -> Reply:
    """The device's own network off; fine if it is off already."""
    await call.service.disable_hotspot()
    return Reply(Ok())


DEVICE_API = (
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
        method="GET",
        path=f"{PREFIX}/networks",
        summary="Networks in sight, strongest first",
        handle=networks,
        answer=NetworksAnswer,
        errors=_RADIO,
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/networks/saved",
        summary="Saved networks",
        handle=saved,
        answer=SavedNetworksAnswer,
        errors=_RADIO,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/network/connect",
        summary="Begin to join a network",
        handle=connect,
        answer=Ok,
        body=ConnectBody,
        errors=(InvalidInput, Busy, StoreFailure, *_RADIO),
        headers={"Location": "Where the attempt can be followed"},
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/network/attempt",
        summary="The newest attempt to join",
        handle=newest_attempt,
        answer=AttemptAnswer,
        errors=(NotFound,),
    ),
    Endpoint(
        method="GET",
        path=f"{ATTEMPTS}/{{id}}",
        summary="One attempt to join",
        handle=attempt,
        answer=AttemptAnswer,
        errors=(NotFound,),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/network/forget",
        summary="Forget a saved network",
        handle=forget,
        answer=Ok,
        body=ForgetBody,
        errors=(InvalidInput, NotFound, Busy, StoreFailure, *_RADIO),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/hotspot",
        summary="The hotspot and its password, for those who may change the device",
        handle=hotspot,
        answer=HotspotAnswer,
        errors=_RADIO,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/hotspot/enable",
        summary="Switch the hotspot on",
        handle=enable_hotspot,
        answer=Ok,
        errors=(InvalidInput, Busy, StoreFailure, *_RADIO),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/hotspot/disable",
        summary="Switch the hotspot off",
        handle=disable_hotspot,
        answer=Ok,
        errors=(Busy, StoreFailure, *_RADIO),
    ),
)
