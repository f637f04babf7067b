"""JSON schemas, as OpenAPI and AsyncAPI have them, as tables."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from drawing.text import table, ticked

Schema = Mapping[str, Any]
REF = "#/components/schemas/{name}"
"""Where OpenAPI has its types."""

_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
}


def described(name: str, schema: Schema, elsewhere: str = "") -> Iterator[str]:
    """A type under a heading of its own. ``elsewhere``: the page of the types it is made of."""
    yield from [f"### {name}", "", ticked(_running(schema.get("description", ""))), ""]
    if "properties" in schema:
        required = set(schema.get("required", ()))
        rows = [
            [f"`{key}`", form(one, elsewhere), _when_absent(key, one, required)]
            for key, one in schema["properties"].items()
        ]
        yield from table(["Field", "Type", "Absent"], *rows)
    else:
        yield form(schema, elsewhere)
    yield ""


def form(schema: Schema, elsewhere: str = "") -> str:
    """A type in a cell of a table; types that have a name are links to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({elsewhere}#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(form(one, elsewhere) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(_literal(one) for one in schema["enum"])
    if "const" in schema:
        return _literal(schema["const"])
    return ", ".join([_kind(schema, elsewhere), *_bounds(schema)])


def _kind(schema: Schema, elsewhere: str) -> str:
    match schema.get("type"):
        case "array":
            parts = schema.get("prefixItems") or [schema.get("items") or {}]
            return "list of " + " or ".join(form(one, elsewhere) for one in parts)
        case "object":
            inner = schema.get("additionalProperties")
            return f"object of {form(inner, elsewhere)}" if isinstance(inner, dict) else "object"
        case None:
            return "anything"
        case kind:
            return str(kind)


def _bounds(schema: Schema) -> Iterator[str]:
    for key, words in _BOUNDS.items():
        if key in schema:
            yield words.format(schema[key])
    if "pattern" in schema:
        yield f"`{schema['pattern']}`".replace("|", "\\|")


def _when_absent(key: str, schema: Schema, required: set[str]) -> str:
    if key in required:
        return "never"
    return f"as {_literal(schema['default'])}" if "default" in schema else "may be"


def _literal(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _running(text: str) -> str:
    return " ".join(text.split())
