"""What msgspec finds wrong with a value from outside, in a person's words."""

import re
from enum import StrEnum
from typing import Any

import msgspec

from firstlight.errors import Code, InvalidInput
from firstlight.model.located import Place, leaf, located
from firstlight.model.text import plain

_AT = re.compile(r" - at (?P<path>`key` in `\$[^`]*|`\$[^`]*)`$")
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
_LENGTH = re.compile(r"Expected `(?P<what>\w+)` of length (?P<which><=|>=) (?P<bound>\d+)")
_BOUND = re.compile(r"Expected `(?:int|float)` (?P<which><=|>=) (?P<bound>-?[\d.]+)")
_OUT_OF_RANGE = re.compile(r"Integer value out of range")
_PATTERN = re.compile(r"Expected `str` matching regex ")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")
_OWN_WORDS = re.compile(r"(?P<field>[A-Za-z_]+): (?P<message>.+)")
_LONGEST_NAME = 64


def decoded(raw: bytes, kind: type[Any]) -> Any:
    """A value of that type from JSON. Raises ``InvalidInput`` naming the field, in plain words."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), _plain_data(raw), kind) from error
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
        raise _invalid(str(error), value, kind) from error


def _plain_data(raw: bytes) -> object:
    """The body without its type; ``None`` when what comes after the fault can't even be read."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _invalid(text: str, value: object, kind: type[Any]) -> InvalidInput:
    """Put into a person's words; msgspec tells what is wrong only as text."""
    found = _AT.search(text)
    place = located(found["path"].lstrip("`"), value, kind) if found else Place("", kind)
    if match := _MISSING.search(text):
        return InvalidInput(_join(place.field, match["field"]), "is missing; it is required")
    if match := _UNKNOWN.search(text):
        allowed = ", ".join(name for one in leaf(place.type).kinds for name in names_of(one))
        field = _join(place.field, match["field"])
        return InvalidInput(field, f"is not a known field; known: {allowed}")
    said = text[: found.start()] if found else text
    if match := _OWN_WORDS.fullmatch(said):
        return InvalidInput(_join(place.field, match["field"]), match["message"])
    if not place.field:
        return _invalid_body(said)
    return InvalidInput(_shown(place.field), _wrong(said, place))


def _invalid_body(text: str) -> InvalidInput:
    if match := _EXPECTED.search(text):
        message = f"The body must be {_in_words(match['wanted'])}, not {_in_words(match['given'])}."
        return InvalidInput("", message, code=Code.INVALID_BODY)
    return InvalidInput("body", "has a value that is not allowed")


def _wrong(text: str, place: Place) -> str:
    """What is allowed in that place."""
    if values := _values_of(place.type):
        return f"must be one of: {', '.join(values)}"
    if place.is_key or _PATTERN.search(text):
        return f"must be {_described(place)}"
    if match := _LENGTH.search(text):
        if match["bound"] == "1":
            return "must not be empty"
        bound = "at most" if match["which"] == "<=" else "at least"
        unit = "characters long" if match["what"] == "str" else "items long"
        return f"must be {bound} {match['bound']} {unit}"
    if match := _BOUND.search(text):
        return f"must be {_range(place, match)}"
    if _OUT_OF_RANGE.search(text):
        return f"must be {_range(place, None)}"
    if match := _EXPECTED.search(text):
        given = "a fraction" if match["given"] == "float" else _in_words(match["given"])
        return f"must be {_in_words(match['wanted'])}, not {given}"
    return "has a value that is not allowed"


def _range(place: Place, match: re.Match[str] | None) -> str:
    """Both ends, where the type has both; otherwise the one that was passed."""
    metas = leaf(place.type).metas
    least = next((meta.ge for meta in metas if meta.ge is not None), None)
    most = next((meta.le for meta in metas if meta.le is not None), None)
    if least is not None and most is not None:
        return f"{least} to {most}"
    if match is None:
        return "a smaller number"
    return f"{'at most' if match['which'] == '<=' else 'at least'} {match['bound']}"


def _described(place: Place) -> str:
    """A form is told in the words that its type carries; nobody reads regular expressions."""
    for meta in leaf(place.type).metas:
        if meta.description:
            return meta.description
    return "of another form"


def names_of(kind: Any) -> list[str]:
    """The field names of a body, as they are spelt on the wire; none for what has no fields."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return []
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _values_of(type_: Any) -> tuple[str, ...]:
    """What may stand where one of a few words is wanted; nothing for any other type."""
    for kind in leaf(type_).kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return tuple(kind)
    return ()


def _in_words(types: str) -> str:
    return " or ".join(_WORDS.get(name.strip(), name.strip()) for name in types.split("|"))


def _join(parent: str, name: str) -> str:
    return _shown(f"{parent}.{name}" if parent else name)


def _shown(field: str) -> str:
    """A name from outside, short and harmless enough for a sentence."""
    return plain(field if len(field) <= _LONGEST_NAME else f"{field[:_LONGEST_NAME]}…")
