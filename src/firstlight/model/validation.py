"""What msgspec finds wrong with a value from outside, in a person's words."""

import re
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from firstlight.errors import Code, InvalidInput

_AT = re.compile(r" - at (?:`key` in )?`\$?\.?(?P<field>[^`]*)`$")
_WORDS = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`")
_LENGTH = re.compile(r"Expected `str` of length (?P<which><=|>=) (?P<bound>\d+)")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")


def decoded(raw: bytes, kind: type[Any]) -> Any:
    """A value of that type from JSON. Raises ``InvalidInput`` naming the field, in plain words."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            "",
            "The body is not valid JSON.",
            code=Code.INVALID_BODY,
            hint='Send one JSON object, like {"ssid": "Lighthouse"}.',
        ) from error


def converted(value: object, kind: type[Any]) -> Any:
    """A value of that type from plain data. Raises as ``decoded``."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), kind) from error


def _invalid(text: str, kind: type[Any]) -> InvalidInput:
    """Put into a person's words; msgspec tells what is wrong only as text."""
    place = _AT.search(text)
    field = place["field"] if place else ""
    if match := _MISSING.search(text):
        return InvalidInput(_join(field, match["field"]), "is missing; it is required")
    if match := _UNKNOWN.search(text):
        allowed = ", ".join(names_of(_inside(kind, field)))
        return InvalidInput(_join(field, match["field"]), f"is not a known field; known: {allowed}")
    if values := _values_of(kind, field):
        return InvalidInput(field, f"must be one of: {', '.join(values)}")
    if match := _LENGTH.search(text):
        bound = "at most" if match["which"] == "<=" else "at least"
        return InvalidInput(field, f"must be {bound} {match['bound']} characters long")
    if match := _EXPECTED.search(text):
        wanted = _in_words(match["wanted"])
        if not field:
            given = _in_words(match["given"])
            message = f"The body must be {wanted}, not {given}."
            return InvalidInput("", message, code=Code.INVALID_BODY)
        return InvalidInput(field, f"must be {wanted}, not {_in_words(match['given'])}")
    return InvalidInput(field or "body", "has a value that is not allowed")


def names_of(kind: type[Any]) -> list[str]:
    """The field names of a body, as they are spelt on the wire."""
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _inside(kind: type[Any], field: str) -> type[Any]:
    """The type of what stands at that place of a body, such as ``ports[...].channels``."""
    found: Any = kind
    for step in re.findall(r"\[[^\]]*\]|[^.\[\]]+", field):
        if isinstance(found, type) and issubclass(found, msgspec.Struct):
            named = {one.encode_name: one.type for one in msgspec.structs.fields(found)}
            found = named[step]
        else:
            found = [one for one in get_args(found) if one is not ...][-1]
        if get_origin(found) in {Union, UnionType}:
            found = next(one for one in get_args(found) if one is not msgspec.UnsetType)
    return found


def _values_of(kind: type[Any], name: str) -> tuple[str, ...]:
    """What a field may be that takes one of a few words; nothing for any other field."""
    for field in msgspec.structs.fields(kind):
        type_ = field.type
        if field.encode_name == name and isinstance(type_, type) and issubclass(type_, StrEnum):
            return tuple(type_)
    return ()


def _in_words(types: str) -> str:
    return " or ".join(_WORDS.get(name.strip(), name.strip()) for name in types.split("|"))


def _join(parent: str, name: str) -> str:
    return f"{parent}.{name}" if parent else name
