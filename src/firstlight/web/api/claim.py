"""Claiming configuration from a controller nearby."""

from firstlight.errors import Busy, Conflict
from firstlight.model.claim import ClaimAnswer, ClaimBody
from firstlight.web.api.endpoint import RADIO_ERRORS, Call, Endpoint, Reply
from firstlight.web.guards import PREFIX


async def show_claim(call: Call) -> Reply:
    """How the newest claim stands, and what came of it."""
    return Reply(call.service.claim())


async def begin_claim(call: Call) -> Reply:
    """Begin; answers at once. Events with 'claim', and this path, tell the rest."""
    return Reply(await call.service.begin_claim(call.body))


async def end_claim(call: Call) -> Reply:
    """End it; answers once the radio is as it was."""
    return Reply(await call.service.end_claim())


CLAIM = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/claim",
        summary="How the newest claim of configuration stands",
        handle=show_claim,
        answer=ClaimAnswer,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/claim",
        summary="Claim configuration from a controller in Provisioning Mode nearby",
        handle=begin_claim,
        answer=ClaimAnswer,
        body=ClaimBody,
        body_optional=True,
        errors=(Busy, Conflict, *RADIO_ERRORS),
    ),
    Endpoint(
        method="DELETE",
        path=f"{PREFIX}/claim",
        summary="End the claim that is under way, or waits; fine if there is none",
        handle=end_claim,
        answer=ClaimAnswer,
    ),
)
