"""The device as a whole: restarting, ending the setup, maintenance."""

from firstlight.errors import Busy, InvalidInput, RestartFailed, StoreFailure
from firstlight.model.wire import Ok, RestartBody
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


async def restart(call: Call) -> Reply:
    """Restart; answers before it happens. Where it is not allowed, an event says so."""
    wish: RestartBody = call.body
    await call.service.restart(wish.reason, wish.scope)
    return Reply(Ok())


async def complete_onboarding(call: Call) -> Reply:
    """The user has finished: from onboarding to ready; fine if it is ready already."""
    await call.service.complete_onboarding()
    return Reply(Ok())


async def enter_maintenance(call: Call) -> Reply:
    """Nothing is repaired by itself from now on; fine if it is so already."""
    await call.service.enter_maintenance()
    return Reply(Ok())


async def exit_maintenance(call: Call) -> Reply:
    """Back to normal."""
    await call.service.exit_maintenance()
    return Reply(Ok())


SYSTEM = (
    Endpoint(
        method="POST",
        path=f"{PREFIX}/restart",
        summary="Restart Firstlight or the whole device; only told where it is not allowed",
        handle=restart,
        answer=Ok,
        body=RestartBody,
        body_optional=True,
        errors=(InvalidInput, Busy, StoreFailure, RestartFailed),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/onboarding/complete",
        summary="End the setup: from onboarding to ready",
        handle=complete_onboarding,
        answer=Ok,
        errors=(Busy, StoreFailure),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/maintenance/enter",
        summary="Enter maintenance: the device repairs nothing by itself",
        handle=enter_maintenance,
        answer=Ok,
        errors=(Busy, StoreFailure),
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/maintenance/exit",
        summary="Leave maintenance",
        handle=exit_maintenance,
        answer=Ok,
        errors=(Busy, StoreFailure),
    ),
)
