"""Ways back: to the network of before, to provisioning mode, to how the device was when new."""

from firstlight.errors import Busy, InvalidInput, StoreFailure
from firstlight.model.wire import Ok, RollbackBody
from firstlight.web.api.endpoint import RADIO_ERRORS, Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


async def trigger_recovery(call: Call) -> Reply:
    """Recover now. 409 with ``Retry-After`` while cooling down or already running."""
    await call.service.trigger_recovery()
    return Reply(Ok())


async def rollback(call: Call) -> Reply:
    """Back to provisioning mode; answers once the hotspot is up."""
    wish: RollbackBody = call.body
    await call.service.rollback(wish.reason)
    return Reply(Ok())


async def factory_reset(call: Call) -> Reply:
    """Begin; answers once it can't be lost any more. Events tell the rest."""
    await call.service.factory_reset()
    return Reply(Ok())


RECOVERY = (
    Endpoint(
        method="POST",
        path=f"{PREFIX}/recovery/trigger",
        summary="Begin recovery: try the saved networks, then offer the hotspot",
        handle=trigger_recovery,
        answer=Ok,
        errors=(Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/rollback",
        summary="Back to provisioning mode, hotspot up; saved networks stay saved",
        handle=rollback,
        answer=Ok,
        body=RollbackBody,
        body_optional=True,
        errors=(InvalidInput, Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/factory-reset",
        summary="Forget everything that was set up; events with 'factory.reset' tell how it goes",
        handle=factory_reset,
        answer=Ok,
        errors=(Busy, StoreFailure, *RADIO_ERRORS),
    ),
)
