"""A refused key in words: which, what it is, and what is allowed."""

import re
from collections.abc import Iterator
from typing import Any, cast

from msgspec import inspect

from firstlight.config.shape import Config
from firstlight.errors import ConfigError

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_PART = re.compile(r"\[(?P<index>\d+)\]|(?P<key>[^.\[]+)")
_SECRETS = frozenset({"password", "token"})


def explained(text: str, values: object) -> ConfigError:
    """Say in a sentence what msgspec found wrong with ``values``; no secret is ever part of it."""
    what, _, where = text.partition(" - at ")
    path = where.strip("`").removeprefix("$").removeprefix(".")
    node = _node(path)
    if unknown := _UNKNOWN.fullmatch(what):
        known = ", ".join(field.encode_name for field in _fields(node))
        key = _joined(path, unknown["key"])
        return ConfigError(key, "is not a known key", hint=f"Known keys here: {known}.")
    if missing := _MISSING.fullmatch(what):
        return ConfigError(_joined(path, missing["key"]), "is missing")
    return ConfigError(path, f"is {_shown(path, values, node)}; allowed {_allowed(node)}")


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _parts(path: str) -> Iterator[str | int]:
    for part in _PART.finditer(path):
        yield part["key"] if part["index"] is None else int(part["index"])


def _node(path: str) -> inspect.Type:
    """The type that belongs at ``path``."""
    node: inspect.Type = _plain(inspect.type_info(Config))
    for part in _parts(path):
        if isinstance(node, inspect.VarTupleType):
            node = _plain(node.item_type)
        else:
            node = next(_plain(field.type) for field in _fields(node) if field.encode_name == part)
    return node


def _fields(node: inspect.Type) -> tuple[inspect.Field, ...]:
    return node.fields if isinstance(node, inspect.StructType) else ()


def _plain(node: inspect.Type) -> inspect.Type:
    """Without ``None``, which stands for a key that is left out."""
    if isinstance(node, inspect.UnionType):
        return next(one for one in node.types if not isinstance(one, inspect.NoneType))
    return node


def _shown(path: str, values: object, node: inspect.Type) -> str:
    """The value where it may be shown, otherwise only what kind of value it is."""
    given = values
    for part in _parts(path):
        given = cast("Any", given)[part]
    if isinstance(given, list):
        return "a list"
    if isinstance(given, dict):
        return "a section"
    if next(reversed(list(_parts(path)))) in _SECRETS:
        return "not text"
    if isinstance(node, inspect.StructType | inspect.VarTupleType):
        return "a single value"
    return str(given).lower() if isinstance(given, bool) else repr(given)


def _allowed(node: inspect.Type) -> str:
    match node:
        case inspect.BoolType():
            return "are true and false"
        case inspect.IntType(ge=least, le=most) if least is not None and most is not None:
            return f"are {least} to {most}"
        case inspect.FloatType(gt=above, le=most) if above is not None and most is not None:
            return f"are numbers above {above:g} and up to {most:g}"
        case inspect.FloatType(ge=least, le=most) if least is not None and most is not None:
            return f"are numbers from {least:g} to {most:g}"
        case inspect.EnumType(cls=kinds):
            *others, last = (kind.value for kind in kinds)
            return f"are {', '.join(others)} and {last}"
        case inspect.StructType(fields=fields):
            return f"is a section with {', '.join(field.encode_name for field in fields)}"
        case inspect.VarTupleType():
            return "is a list"
        case inspect.StrType(min_length=least, max_length=most) if most is not None:
            return f"is text of {least or 0} to {most} characters"
        case _:
            return "is text in quotes"
