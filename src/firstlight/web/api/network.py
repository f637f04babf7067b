"""Networks: in sight, saved, joined; and what is wrong with the one in use."""

from msgspec.structs import replace

from firstlight.errors import Busy, InvalidInput, NotFound, StoreFailure
from firstlight.model.wire import (
    AttemptAnswer,
    ConnectBody,
    DiagnosticsAnswer,
    ForgetBody,
    NetworksAnswer,
    Ok,
    SavedNetworksAnswer,
    TestAnswer,
)
from firstlight.web.access import Right, may
from firstlight.web.api.endpoint import RADIO_ERRORS, Call, Endpoint, Reply
from firstlight.web.guards import PREFIX

ATTEMPTS = f"{PREFIX}/network/attempts"


async def networks(call: Call) -> Reply:
    """Networks in sight; which of them are saved is for those who are signed in."""
    found = await call.service.networks()
    if not may(call.visit.standing, Right.MANAGE):
        found = tuple(replace(one, saved=False) for one in found)
    return Reply(NetworksAnswer(found))


async def saved(call: Call) -> Reply:
    """Saved networks."""
    return Reply(SavedNetworksAnswer(await call.service.saved()))


async def connect(call: Call) -> Reply:
    """Begin to join; ``Location`` leads to the attempt."""
    wish: ConnectBody = call.body
    attempt = await call.service.connect(wish)
    return Reply(Ok(), {"Location": f"{call.visit.root}{ATTEMPTS}/{attempt.id}"})


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


async def diagnostics(call: Call) -> Reply:
    """The diagnostic ladder, climbed now."""
    return Reply(DiagnosticsAnswer(await call.service.diagnose()))


async def test_network(call: Call) -> Reply:
    """The same, with the answer to the one question first."""
    found = await call.service.diagnose()
    return Reply(TestAnswer(connected=found.connected, diagnostics=found))


NETWORK = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/networks",
        summary="Networks in sight, strongest first",
        handle=networks,
        answer=NetworksAnswer,
        errors=RADIO_ERRORS,
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/networks/saved",
        summary="Saved networks",
        handle=saved,
        answer=SavedNetworksAnswer,
        errors=RADIO_ERRORS,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/network/connect",
        summary="Begin to join a network",
        handle=connect,
        answer=Ok,
        body=ConnectBody,
        errors=(InvalidInput, Busy, StoreFailure, *RADIO_ERRORS),
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
        errors=(InvalidInput, NotFound, Busy, StoreFailure, *RADIO_ERRORS),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/network/diagnostics",
        summary="Climb the diagnostic ladder, from the radio to the internet; takes up to 8 s",
        handle=diagnostics,
        answer=DiagnosticsAnswer,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/network/test",
        summary="Whether the device is connected, and the diagnostic ladder; takes up to 8 s",
        handle=test_network,
        answer=TestAnswer,
    ),
)
