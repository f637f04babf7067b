"""Parameters of a request, held against the types that are published for them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from firstlight.errors import InvalidInput
from firstlight.web.api.endpoint import Endpoint, Place, Taken


def taken(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    """Those that were given, by name. Raises ``InvalidInput`` naming the first that is wrong."""
    found: dict[str, Any] = {}
    for one in endpoint.takes:
        given = _where(one.place, request).get(one.name)
        if given is not None:
            found[one.name] = _converted(one, given)
        elif one.required and one.place is Place.QUERY:
            raise InvalidInput(one.name, f"is missing; it must be {one.form}")
    return found


def _where(place: Place, request: Request) -> Mapping[str, str]:
    """Taken apart only when asked for: most requests have no parameters."""
    match place:
        case Place.HEADER:
            return request.headers
        case Place.QUERY:
            return request.query_params
        case Place.PATH:
            return request.path_params


def _converted(one: Taken, given: str) -> object:
    try:
        return msgspec.convert(given, one.kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(one.name, f"must be {one.form}") from error
