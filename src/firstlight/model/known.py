"""Reading what a newer version may have written: fields that are not known here are left out."""

import typing
from functools import cache
from typing import Any, cast

import msgspec

from firstlight.model.located import leaf


def known_part(value: object, kind: Any) -> object:
    """Plain data meant for ``kind`` without the fields, at any depth, that its types don't have.

    Nothing else is changed, and nothing is checked.
    """
    for one in leaf(kind).kinds:
        inner = typing.get_args(one)
        match typing.get_origin(one) or one, value:
            case type() as struct, dict() if issubclass(struct, msgspec.Struct):
                given, types = cast("dict[str, object]", value), _types(struct)
                return {
                    name: known_part(part, types[name])
                    for name, part in given.items()
                    if name in types
                }
            case origin, dict() if origin is dict:
                keyed = cast("dict[str, object]", value)
                return {key: known_part(part, inner[1]) for key, part in keyed.items()}
            case origin, list() if origin is tuple:
                return [known_part(part, inner[0]) for part in cast("list[object]", value)]
            case _:
                pass
    return value


@cache
def _types(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Of its fields, by their names on the wire."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
