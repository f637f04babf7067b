"""Signing in: the code that the device shows becomes a token; and who has one."""

from firstlight.errors import LockedOut, NotFound, StoreFailure, Unauthorized
from firstlight.model.pairing import CodeShown
from firstlight.model.wire import Ok, PairAnswer, PairBody, SessionsAnswer
from firstlight.web.api.endpoint import Call, Endpoint, Reply, Taken
from firstlight.web.guards import PREFIX
from firstlight.web.standing import VISUAL_HEADER


async def pair(call: Call) -> Reply:
    """The code becomes a token. Neither is told anywhere else."""
    wish: PairBody = call.body
    paired = await call.service.pairing.pair(wish.code, wish.device_name, call.visit.caller)
    return Reply(PairAnswer(token=paired.token, expires_at=paired.expires_at_ms))


async def promote_code(call: Call) -> Reply:
    """The code is good as a header from now on, for this caller and an hour."""
    code = call.headers.get(VISUAL_HEADER, "")
    if not code:
        raise Unauthorized(
            "The header visual-token is missing.", hint="Send the code that the device shows in it."
        )
    await call.service.pairing.promote(code, call.visit.caller)
    return Reply(None)


async def auth_code(call: Call) -> Reply:
    """The code of the moment."""
    return Reply(await call.service.pairing.code())


async def regenerate_auth_code(call: Call) -> Reply:
    """Another code."""
    return Reply(await call.service.pairing.regenerate())


async def unlock_auth_code(call: Call) -> Reply:
    """The pause after wrong codes ends."""
    return Reply(await call.service.pairing.unlock())


async def list_sessions(call: Call) -> Reply:
    """Everybody who is paired."""
    return Reply(SessionsAnswer(call.service.pairing.sessions()))


async def revoke_session(call: Call) -> Reply:
    """One of them is signed out."""
    await call.service.pairing.revoke(call.path["id"])
    return Reply(Ok())


async def revoke_all_sessions(call: Call) -> Reply:
    """All of them are signed out."""
    await call.service.pairing.revoke_all()
    return Reply(Ok())


AUTH = (
    Endpoint(
        method="POST",
        path="/api/auth/pair",
        summary="Turn the six-digit code that the device shows into a bearer token for 30 days",
        handle=pair,
        answer=PairAnswer,
        body=PairBody,
        errors=(Unauthorized, LockedOut),
    ),
    Endpoint(
        method="POST",
        path="/auth",
        summary="Make the code good as visual-token header of this caller, for 60 minutes",
        handle=promote_code,
        answer=None,
        status=204,
        takes=(
            Taken(
                name=VISUAL_HEADER,
                words="The six-digit code that the device shows.",
                required=True,
            ),
        ),
        errors=(Unauthorized, LockedOut),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/auth-code",
        summary="The pairing code of the moment, and the device ID",
        handle=auth_code,
        answer=CodeShown,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/auth-code/regenerate",
        summary="Replace the pairing code",
        handle=regenerate_auth_code,
        answer=CodeShown,
    ),
    Endpoint(
        method="POST",
        path=f"{PREFIX}/auth-code/unlock",
        summary="End the pause that follows wrong codes",
        handle=unlock_auth_code,
        answer=CodeShown,
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/sessions",
        summary="Everybody who is paired",
        handle=list_sessions,
        answer=SessionsAnswer,
    ),
    Endpoint(
        method="DELETE",
        path=f"{PREFIX}/sessions",
        summary="Sign everybody out",
        handle=revoke_all_sessions,
        answer=Ok,
        errors=(StoreFailure,),
    ),
    Endpoint(
        method="DELETE",
        path=f"{PREFIX}/sessions/{{id}}",
        summary="Sign one out",
        handle=revoke_session,
        answer=Ok,
        errors=(NotFound, StoreFailure),
    ),
)
