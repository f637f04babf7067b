"""The published description (OpenAPI 3.1), made from the table of endpoints and its types."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from firstlight.model.wire import Problem
from firstlight.web.access import Right, right_for
from firstlight.web.api.endpoint import JSON, Endpoint, Place, Taken
from firstlight.web.encoding import to_json
from firstlight.web.guards import is_device_api
from firstlight.web.problems import status_of
from firstlight.web.standing import TOKEN_HEADERS, VISUAL_HEADER
from firstlight.web.visit import SESSION_COOKIE

Refs = Mapping[Any, dict[str, Any]]
"""The schema of each type."""

_REF = "#/components/schemas/{name}"

# What the web layer itself may say, before or around any handler.
_ANYWHERE = (400, 403, 429, 500)
_TO_DEVICE_API = (404,)
_TO_STRANGERS = (401,)
_TO_BODIES = (408, 413)
_TO_JSON_BODIES = (415,)


def describe(endpoints: Iterable[Endpoint], *, title: str, version: str) -> bytes:
    """The whole document as JSON."""
    table = tuple(endpoints)
    ordered = sorted({kind for row in table for kind in _kinds(row)} | {Problem}, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REF)
    refs = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for row in table:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, refs)
    document = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _security_schemes()},
    }
    return to_json(document)


def _kinds(row: Endpoint) -> Iterator[Any]:
    yield from (kind for kind in (row.answer, row.body) if kind)
    yield from (one.kind for one in row.takes)


def _operation(row: Endpoint, refs: Refs) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.name or row.handle.__name__,
        "summary": row.summary,
        "responses": {str(row.status): _success(row, refs)}
        | {str(status): _failure(status, refs[Problem]) for status in _failures(row)},
    }
    told = {one.name for one in row.takes if one.place is Place.PATH}
    parameters = [
        *_path_parameters(row.path, told),
        *(_RESUME if row.streams else ()),
        *(_parameter(one, refs) for one in row.takes),
    ]
    if parameters:
        operation["parameters"] = parameters
    if row.body:
        required = not row.body_optional
        operation["requestBody"] = {"required": required, "content": _json(refs[row.body])}
    if row.upload:
        content = {row.upload.media: {"schema": row.upload.schema}}
        operation["requestBody"] = {"required": True, "content": content}
    right = right_for(row.method, row.path)
    if right is not Right.OPEN:
        open_to_some: list[dict[str, list[str]]] = [] if right is Right.MANAGE else [{}]
        operation["security"] = [{name: []} for name in _security_schemes()] + open_to_some
    return operation


def _success(row: Endpoint, refs: Refs) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _words(row.answer) or row.summary}
    if row.streams:
        answer["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        answer["description"] = (
            "First 'event: connected' with {\"ok\": true, \"ts\": <Unix ms>}, then 'event: device' "
            f"with a {row.answer.__name__} as data; ': heartbeat' when there is nothing to say."
        )
    elif row.status != HTTPStatus.NO_CONTENT:
        schema = refs[row.answer] if row.answer else {"type": "object"}
        answer["content"] = {media: {"schema": schema} for media in row.media}
    if row.headers:
        answer["headers"] = {
            name: {"description": words, "required": True, "schema": {"type": "string"}}
            for name, words in row.headers.items()
        }
    return answer


def _words(kind: object) -> str | None:
    ours = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return kind.__doc__ if ours else None


def _failures(row: Endpoint) -> list[int]:
    statuses = {*_ANYWHERE, *(status_of(kind) for kind in row.errors), *row.refusals}
    if is_device_api(row.path):
        statuses.update(_TO_DEVICE_API)
    if right_for(row.method, row.path) is not Right.OPEN:
        statuses.update(_TO_STRANGERS)
    if row.method != "GET":
        statuses.update(_TO_BODIES)
    if row.body:
        statuses.update(_TO_JSON_BODIES)
    return sorted(statuses)


def _failure(status: int, problem: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": _json(problem)}
    if status in {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED}:
        answer["headers"] = _COME_BACK
    return answer


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {JSON: {"schema": schema}}


def _path_parameters(path: str, told: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in path.split("/")
        if part.startswith("{") and part[1:-1] not in told
    ]


def _parameter(one: Taken, refs: Refs) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place.value,
        "required": one.required or one.place is Place.PATH,
        "description": one.words,
        "schema": refs[one.kind],
    }


_COME_BACK = {
    "Retry-After": {
        "description": "Seconds until asking again makes sense, where that is known.",
        "schema": {"type": "integer", "minimum": 1},
    }
}

_RESUME = (
    {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The newest event seen so far; those after it come first.",
        "schema": {"type": "string"},
    },
)


def _security_schemes() -> dict[str, Any]:
    headers = {
        name.split("-")[1]: {"type": "apiKey", "in": "header", "name": name.title()}
        for name in TOKEN_HEADERS
    }
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
        "visual": {"type": "apiKey", "in": "header", "name": VISUAL_HEADER},
        **headers,
    }
