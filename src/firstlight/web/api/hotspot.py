"""The device's own network."""

from firstlight.errors import Busy, InvalidInput, StoreFailure
from firstlight.model.wire import HotspotAnswer, Ok
from firstlight.web.api.endpoint import RADIO_ERRORS, Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


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


HOTSPOT = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/hotspot",
        summary="The hotspot and its password, for those who may change the device",
        handle=hotspot,
        answer=HotspotAnswer,
        errors=RADIO_ERRORS,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/hotspot/enable",
        summary="Switch the hotspot on",
        handle=enable_hotspot,
        answer=Ok,
        errors=(InvalidInput, Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/hotspot/disable",
        summary="Switch the hotspot off",
        handle=disable_hotspot,
        answer=Ok,
        errors=(Busy, StoreFailure, *RADIO_ERRORS),
    ),
)
