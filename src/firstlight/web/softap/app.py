"""The application inside the SoftAP: four paths that hand configuration out.

It is served on a listener that is bound to the SoftAP's interface (``listeners.bind_softap``), so
whoever asks here has come in over the air. The order of its checks is fixed: method (405), mode
active (409), headers and nonce (401), record (404); all but the first are the desk's.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from firstlight.errors import FirstlightError
from firstlight.model.provisioning_mode import NonceAnswer
from firstlight.web.api.endpoint import JSON
from firstlight.web.api.softap_only import MAC_HEADER, NONCE_HEADER, UUID_HEADER
from firstlight.web.encoding import to_json
from firstlight.web.gate import Gate
from firstlight.web.guards import PREFIX
from firstlight.web.policy import Policy
from firstlight.web.problems import answer_to
from firstlight.web.registry_service import ClaimDesk
from firstlight.web.settings import WebSettings
from firstlight.web.streaming import PIECE_SECONDS, Streamed

_LONGEST_HEADER = 64
_NONCE_DIGITS = 10
_NONCES = range(2**32)


class _Asked(msgspec.Struct, frozen=True):
    """One request: where it came from, and what its headers claim."""

    caller: str
    headers: Headers

    def one(self, name: str) -> str | None:
        """That header; ``None`` where it is missing or empty, or where there are two of it.

        Of two, a box in between and this device may each believe another one.
        """
        given = self.headers.getlist(name)
        return (given[0].strip()[:_LONGEST_HEADER] or None) if len(given) == 1 else None

    @property
    def nonce(self) -> str | None:
        """The nonce as decimal digits; ``None`` for what can't be one."""
        text = self.one(NONCE_HEADER) or ""
        plain = text.isascii() and text.isdecimal() and len(text) <= _NONCE_DIGITS
        return text if plain and int(text) in _NONCES else None


class _Window:
    """Hands out what the desk gives."""

    def __init__(self, desk: ClaimDesk, piece_seconds: float) -> None:
        self._desk = desk
        self._piece_seconds = piece_seconds
        self._paths: Mapping[str, Callable[[_Asked], Awaitable[ASGIApp]]] = {
            f"{PREFIX}/nonce": self._nonce,
            f"{PREFIX}/client": self._client,
            f"{PREFIX}/controller": self._controller,
            f"{PREFIX}/certs": self._certs,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope)
        except (FirstlightError, HTTPException) as error:
            answer = answer_to(error)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        handle = self._paths.get(scope["path"])
        if handle is None:
            raise HTTPException(404)
        # Not even HEAD, which would use up a nonce and show nothing for it.
        if scope["method"] != "GET":
            raise HTTPException(405, headers={"Allow": "GET"})
        client = scope.get("client")
        return await handle(_Asked(client[0] if client else "", Headers(scope=scope)))

    async def _nonce(self, asked: _Asked) -> ASGIApp:
        return _json(NonceAnswer(await self._desk.nonce(asked.caller)))

    async def _client(self, asked: _Asked) -> ASGIApp:
        entry = await self._desk.client(asked.caller, asked.one(MAC_HEADER), asked.nonce)
        return _json(entry.record)

    async def _controller(self, asked: _Asked) -> ASGIApp:
        pieces = await self._desk.controller(
            asked.caller, asked.one(MAC_HEADER), asked.nonce, asked.one(UUID_HEADER)
        )
        return Streamed(pieces, JSON, seconds=self._piece_seconds)

    async def _certs(self, asked: _Asked) -> ASGIApp:
        return _json(await self._desk.certs(asked.caller, asked.one(MAC_HEADER)))


def create_softap_app(desk: ClaimDesk, *, piece_seconds: float = PIECE_SECONDS) -> ASGIApp:
    """The application. ``piece_seconds``: how long one piece of the bundle may take."""

    def answer(_: Request, error: Exception) -> Response:
        return answer_to(error)

    # Nobody signs in here, and whoever gets here has passed the radio's own guard.
    policy = Policy.of(WebSettings(version=""), None)
    return Gate(_Window(desk, piece_seconds), guards=(), policy=policy, answer=answer)


def _json(value: object) -> Response:
    return Response(to_json(value), media_type=JSON)
