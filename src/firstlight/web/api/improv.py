"""The way in over Bluetooth LE."""

from firstlight.errors import Busy
from firstlight.model.improv import ImprovAnswer
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


async def show_improv(call: Call) -> Reply:
    """How it stands."""
    return Reply(call.service.improv.answer())


async def authorize_improv(call: Call) -> Reply:
    """Say yes for a while, as whoever stands at the device."""
    call.service.improv.authorize()
    return Reply(call.service.improv.answer())


IMPROV = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/improv",
        summary="How Improv Wi-Fi over Bluetooth LE stands",
        handle=show_improv,
        answer=ImprovAnswer,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/improv/authorize",
        summary="Let a client nearby hand over a network, for as long as is configured",
        handle=authorize_improv,
        answer=ImprovAnswer,
        errors=(Busy,),
    ),
)
