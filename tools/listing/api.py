"""The HTTP interface, from its own description (OpenAPI)."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from drawing.text import table

from firstlight import __version__
from firstlight.errors import UNTOLD, Code
from firstlight.model.event import DeviceEvent
from firstlight.web.access import right_for
from firstlight.web.api.endpoint import JSON
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.api.openapi import describe
from listing.schemas import REF, described, form

_DOCUMENT: dict[str, Any] = json.loads(describe(ENDPOINTS, title="Firstlight", version=__version__))


def endpoints() -> Iterator[str]:
    """An overview, then each endpoint."""
    yield ""
    yield from table(["Address", "What", "Right"], *_overview())
    yield ""
    for path, methods in _DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield from _endpoint(method.upper(), path, operation)


def types() -> Iterator[str]:
    """Every type of a body, and those of events."""
    _, told = msgspec.json.schema_components([DeviceEvent], ref_template=REF)
    yield ""
    for name, schema in sorted((told | _DOCUMENT["components"]["schemas"]).items()):
        yield from described(name, schema)


def codes() -> Iterator[str]:
    """All codes of errors that an answer may have."""
    yield from [
        "",
        ", ".join(f"`{code.value}`" for code in Code if code not in UNTOLD) + ".",
        "",
    ]


def _overview() -> Iterator[list[str]]:
    for path, methods in _DOCUMENT["paths"].items():
        for method, operation in methods.items():
            name = f"[`{method.upper()} {path}`](#{_anchor(method, path)})"
            yield [name, operation["summary"], right_for(method.upper(), path).value]


def _anchor(method: str, path: str) -> str:
    """As Markdown makes it of the heading."""
    kept = "".join(one for one in f"{method} {path}".lower() if one.isalnum() or one in " -_")
    return "-".join(kept.replace(" ", "-").split("-"))


def _endpoint(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield from [f"### {method} {path}", "", f"{operation['summary']}.", ""]
    parameters = operation.get("parameters", ())
    if parameters:
        rows = [
            [f"`{one['name']}`", one["in"], f"{form(one['schema'])}. {one.get('description', '')}"]
            for one in parameters
        ]
        yield from [*table(["Parameter", "In", "Meaning"], *rows), ""]
    yield from _lines(operation)


def _lines(operation: dict[str, Any]) -> Iterator[str]:
    if body := operation.get("requestBody"):
        optional = "" if body["required"] else ", may be left out"
        for media, content in body["content"].items():
            known = form(content["schema"]) if media == JSON else f"`{media}`"
            yield f"- Takes: {known}{optional}"
    refusals = []
    for status, answer in operation["responses"].items():
        if int(status) >= 400:  # noqa: PLR2004 - HTTP's own border
            refusals.append(status)
            continue
        yield f"- Answers {status}: {_answer(answer)}"
    yield from [f"- May be refused with {', '.join(refusals)}", ""]


def _answer(answer: dict[str, Any]) -> str:
    forms = [
        form(content["schema"]) if media == JSON else f"`{media}`"
        for media, content in answer.get("content", {}).items()
    ]
    return " or ".join(dict.fromkeys(forms)) or "nothing"
