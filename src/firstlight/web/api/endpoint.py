"""What the table of endpoints is made of."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from http import HTTPStatus
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
from firstlight.web.bodies import Bulk
from firstlight.web.encoding import to_json
from firstlight.web.problems import Refusal
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings
from firstlight.web.visit import Visit

RADIO_ERRORS: tuple[type[FirstlightError], ...] = (RadioUnavailable, NotPermitted, RadioFailure)
"""What can go wrong wherever the radio is asked."""

HOW_TO_ENABLE = "Set FIRSTLIGHT_PROVISIONING_ENABLED=1 and restart Firstlight."


JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


class Context(msgspec.Struct, frozen=True):
    """What every handler works with. ``service`` is ``None`` while Firstlight is not enabled."""

    service: DeviceService | None
    settings: WebSettings
    clock: Clock
    streams: Streams = msgspec.field(default_factory=Streams)
    bulk: Bulk = msgspec.field(default_factory=Bulk)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request, checked. ``body`` is of the endpoint's ``body`` type, or bytes of an upload.

    ``taken``: parameters by name, those that were given, each of its type.
    """

    context: Context
    visit: Visit
    headers: Headers
    path: Mapping[str, str]
    taken: Mapping[str, Any] = {}
    body: Any = None

    @property
    def service(self) -> DeviceService:
        """The device. Raises ``Refusal`` while Firstlight is not enabled."""
        if self.context.service is None:
            raise not_enabled()
        return self.context.service


class Reply(msgspec.Struct, frozen=True):
    """An answer of the endpoint's ``answer`` type, with headers of its own."""

    answer: object
    headers: Mapping[str, str] | None = None

    def response(self, row: "Endpoint") -> Response:
        """As HTTP."""
        if row.status == HTTPStatus.NO_CONTENT:
            return Response(status_code=row.status, headers=self.headers)
        plain = isinstance(self.answer, str)
        content = self.answer if isinstance(self.answer, str) else to_json(self.answer)
        media = TEXT if plain else JSON
        return Response(content, row.status, self.headers, media_type=media)


class Place(StrEnum):
    """Where in a request a parameter stands, as OpenAPI calls it."""

    HEADER = "header"
    QUERY = "query"
    PATH = "path"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter. ``kind`` is the type that it must have, ``form`` that type in words.

    ``required`` is told; that a header is missing, its handler says.
    """

    name: str
    words: str
    place: Place = Place.HEADER
    kind: Any = str
    form: str = "text"
    required: bool = False


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A body that is no JSON of ours: its media type and schema, its bounds in bytes and seconds.

    ``alone``: so large that one at a time is enough.
    """

    media: str
    schema: Mapping[str, Any]
    most: int
    seconds: float
    alone: bool = False


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    ``answer`` is the type of its answer with ``status``, or of one event where ``streams``;
    ``None`` for a JSON object of no type of ours. ``media``: the types that it may come as.
    ``body_optional``: no body at all is one with every field at its default. ``errors`` are the
    classes that it may fail with beyond those that every endpoint shares, ``refusals`` statuses
    that the web layer adds. ``headers`` are those of a good answer, each with its description, and
    ``takes`` parameters of the request. ``name`` is its own where several share a handler.
    """

    method: str
    path: str
    summary: str
    handle: Callable[[Call], Awaitable[Reply | ASGIApp]]
    answer: Any
    status: int = 200
    media: tuple[str, ...] = (JSON,)
    body: type[msgspec.Struct] | None = None
    body_optional: bool = False
    upload: Upload | None = None
    errors: tuple[type[FirstlightError], ...] = ()
    refusals: tuple[int, ...] = ()
    headers: Mapping[str, str] | None = None
    streams: bool = False
    takes: tuple[Taken, ...] = ()
    name: str = ""


def not_enabled() -> Refusal:
    """What the device API answers until somebody has switched it on."""
    return Refusal(404, Code.NOT_ENABLED, "Firstlight is not enabled.", hint=HOW_TO_ENABLE)
