"""The published description (OpenAPI 3.1), made from the table of endpoints and its types."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from firstlight.model.wire import Problem
from firstlight.web.access import Right, right_for
from firstlight.web.api.endpoint import Endpoint
from firstlight.web.encoding import to_json
from firstlight.web.guards import is_device_api
from firstlight.web.problems import status_of
from firstlight.web.standing import TOKEN_HEADERS, VISUAL_HEADER
from firstlight.web.visit import SESSION_COOKIE

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
    kinds = {kind for row in table for kind in (row.answer, row.body) if kind} | {Problem}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
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


def _operation(row: Endpoint, refs: Mapping[type, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.handle.__name__,
        "summary": row.summary,
        "responses": {"204" if row.empty else "200": _success(row, refs)}
        | {str(status): _failure(status, refs[Problem]) for status in _failures(row)},
    }
    parameters = [
        *_path_parameters(row.path),
        *(_RESUME if row.streams else ()),
        *_header_parameters(row.takes or {}),
    ]
    if parameters:
        operation["parameters"] = parameters
    if row.body:
        required = not row.body_optional
        operation["requestBody"] = {"required": required, "content": _json(refs[row.body])}
    right = right_for(row.method, row.path)
    if right is not Right.OPEN:
        open_to_some: list[dict[str, list[str]]] = [] if right is Right.MANAGE else [{}]
        operation["security"] = [{name: []} for name in _security_schemes()] + open_to_some
    return operation


def _success(row: Endpoint, refs: Mapping[type, dict[str, Any]]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": (row.answer and row.answer.__doc__) or row.summary}
    if row.streams and row.answer:
        answer["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        answer["description"] = (
            "First 'event: connected' with {\"ok\": true, \"ts\": <Unix ms>}, then 'event: device' "
            f"with a {row.answer.__name__} as data; ': heartbeat' when there is nothing to say."
        )
    elif row.text:
        answer["content"] = {row.text: {"schema": {"type": "string"}}}
    elif not row.empty:
        answer["content"] = _json(refs[row.answer] if row.answer else {"type": "object"})
    if row.headers:
        answer["headers"] = {
            name: {"description": words, "required": True, "schema": {"type": "string"}}
            for name, words in row.headers.items()
        }
    return answer


def _failures(row: Endpoint) -> list[int]:
    statuses = {*_ANYWHERE, *(status_of(kind) for kind in row.errors)}
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
    return {"application/json": {"schema": schema}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in path.split("/")
        if part.startswith("{")
    ]


def _header_parameters(takes: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": words,
            "schema": {"type": "string"},
        }
        for name, words in takes.items()
    ]


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
