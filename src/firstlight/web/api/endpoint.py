"""What the table of endpoints is made of."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp

from firstlight.clock import Clock
from firstlight.errors import (
    Code,
    FirstlightError,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
)
from firstlight.web.audience import Streams
from firstlight.web.encoding import to_json
from firstlight.web.problems import Refusal
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings
from firstlight.web.visit import Visit

RADIO_ERRORS: tuple[type[FirstlightError], ...] = (RadioUnavailable, NotPermitted, RadioFailure)
"""What can go wrong wherever the radio is asked."""

HOW_TO_ENABLE = "Set FIRSTLIGHT_PROVISIONING_ENABLED=1 and restart Firstlight."


class Context(msgspec.Struct, frozen=True):
    """What every handler works with. ``service`` is ``None`` while Firstlight is not enabled."""

    service: DeviceService | None
    settings: WebSettings
    clock: Clock
    streams: Streams = msgspec.field(default_factory=Streams)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request, checked. ``body`` is of the endpoint's ``body`` type."""

    context: Context
    visit: Visit
    headers: Headers
    path: Mapping[str, str]
    body: Any = None

    @property
    def service(self) -> DeviceService:
        """The device. Raises ``Refusal`` while Firstlight is not enabled."""
        if self.context.service is None:
            raise not_enabled()
        return self.context.service


class Reply(msgspec.Struct, frozen=True):
    """An answer of the endpoint's ``answer`` type, with headers of its own; ``None``: 204."""

    answer: msgspec.Struct | None
    headers: Mapping[str, str] | None = None

    def response(self) -> Response:
        """As HTTP."""
        if self.answer is None:
            return Response(status_code=204, headers=self.headers)
        return Response(to_json(self.answer), 200, self.headers, media_type="application/json")


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    ``answer`` is the type of its JSON answer, or of one event where ``streams``; ``None`` for a
    JSON object of no type of ours, for ``text`` of that media type, or for no content where
    ``empty``. ``body_optional``: no body at
    all is one with every field at its default. ``errors`` are the classes that it may fail with
    beyond those that every endpoint shares. ``headers`` are those of a good answer, each with its
    description, and ``takes`` those of the request.
    """

    method: str
    path: str
    summary: str
    handle: Callable[[Call], Awaitable[Reply | ASGIApp]]
    answer: type[msgspec.Struct] | None
    body: type[msgspec.Struct] | None = None
    body_optional: bool = False
    errors: tuple[type[FirstlightError], ...] = ()
    headers: Mapping[str, str] | None = None
    streams: bool = False
    empty: bool = False
    text: str | None = None
    takes: Mapping[str, str] | None = None


def not_enabled() -> Refusal:
    """What the device API answers until somebody has switched it on."""
    return Refusal(404, Code.NOT_ENABLED, "Firstlight is not enabled.", hint=HOW_TO_ENABLE)
