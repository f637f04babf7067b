"""The first thing that a request meets, and the last thing that an answer passes."""

import logging
from collections.abc import Callable, Mapping, Sequence

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firstlight.web.access import SOFTAP_ONLY
from firstlight.web.guards import Guard
from firstlight.web.policy import Policy
from firstlight.web.problems import Refusal
from firstlight.web.visit import Visit

Answer = Callable[[Request, Exception], Response]
"""What to answer to an error."""

_LOG = logging.getLogger(__name__)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With no-referrer, browsers would send a form of ours with 'Origin: null'.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Of pages, and of whatever else is not known to be none."""

API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Of answers that are for programs: nothing in them is to be shown, run or asked for."""


def _as_bytes(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_OF_PAGES, _OF_THE_API = _as_bytes(SECURITY_HEADERS), _as_bytes(API_HEADERS)
_NEVER_KEPT = (*_OF_THE_API, (b"cache-control", b"no-store"))


class Gate:
    """ASGI middleware: asks every guard, and adds the security headers.

    What nobody caught becomes a 500 that tells nothing of itself.
    """

    def __init__(
        self, app: ASGIApp, guards: Sequence[Guard], policy: Policy, answer: Answer
    ) -> None:
        self._app = app
        self._guards = guards
        self._policy = policy
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request through."""
        if scope["type"] != "http":
            return
        begun = False

        async def send_dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _dress(message, visit)
            await send(message)

        visit = Visit.met(scope)
        try:
            # What is refused to everybody needs nobody's proof, and is told to everybody alike.
            if visit.path not in SOFTAP_ONLY:
                for guard in self._guards:
                    guard(visit, self._policy)
            await self._app(scope, receive, send_dressed)
        except ClientDisconnect:
            pass
        except Refusal as refusal:
            await self._answer(Request(scope), refusal)(scope, receive, send_dressed)
        except Exception as error:  # noqa: BLE001  the last line: whatever it is, the daemon goes on
            _LOG.exception("%s %r failed", scope["method"], scope["path"])
            if not begun:
                await self._answer(Request(scope), error)(scope, receive, send_dressed)


def _dress(message: Message, visit: Visit) -> None:
    # No answer of ours has one of these by itself, but for Cache-Control.
    own = message["headers"]
    if not visit.for_programs:
        more = _OF_PAGES
    elif any(name == b"cache-control" for name, _ in own):
        more = _OF_THE_API
    else:
        more = _NEVER_KEPT
    message["headers"] = [*own, *more]
