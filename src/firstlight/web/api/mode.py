"""Provisioning Mode: switched on and off, and looked at, by those who are signed in."""

from firstlight.errors import Busy, StoreFailure
from firstlight.model.provisioning_mode import ModeAnswer, ModeBody, ModeSession
from firstlight.model.wire import Ok
from firstlight.web.api.endpoint import RADIO_ERRORS, Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


async def provisioning_mode(call: Call) -> Reply:
    """Whether it is on; with what a device needs to get in."""
    return Reply(call.service.provisioning_mode.answer())


async def provisioning_session(call: Call) -> Reply:
    """All of it."""
    return Reply(call.service.provisioning_mode.session())


async def enable_provisioning_mode(call: Call) -> Reply:
    """Accepted; how it goes is told by events, and by asking."""
    wish: ModeBody = call.body
    await call.service.provisioning_mode.switch_on(force=wish.force)
    return Reply(Ok())


async def disable_provisioning_mode(call: Call) -> Reply:
    """Accepted."""
    await call.service.provisioning_mode.switch_off()
    return Reply(Ok())


MODE = (
    Endpoint(
        method="GET",
        path=PREFIX,
        summary="Whether Provisioning Mode is on, and how to get into its SoftAP",
        handle=provisioning_mode,
        answer=ModeAnswer,
    ),
    Endpoint(
        method="PUT",
        path=PREFIX,
        summary="Switch Provisioning Mode on; what comes of it is told by events",
        handle=enable_provisioning_mode,
        answer=Ok,
        status=202,
        body=ModeBody,
        body_optional=True,
        errors=(Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="DELETE",
        path=PREFIX,
        summary="Switch Provisioning Mode off",
        handle=disable_provisioning_mode,
        answer=Ok,
        status=202,
        errors=(Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/session",
        summary="Provisioning Mode in full: devices and how far they are, warnings, the last end",
        handle=provisioning_session,
        answer=ModeSession,
    ),
)
