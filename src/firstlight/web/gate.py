"""The first thing that a request meets, and the last thing that an answer passes."""

import logging
from collections.abc import Callable, Sequence

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

_AS_BYTES = tuple(
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
)


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
                _dress(message, scope["path"])
            await send(message)

        visit = scope["firstlight.visit"] = Visit.of(scope)
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


def _dress(message: Message, path: str) -> None:
    # No answer of ours has one of these by itself, but for the last.
    more = _AS_BYTES
    api = "/api/" in path or "/certs" in path
    if api and not any(name == b"cache-control" for name, _ in message["headers"]):
        more = (*more, (b"cache-control", b"no-store"))
    message["headers"] = [*message["headers"], *more]
