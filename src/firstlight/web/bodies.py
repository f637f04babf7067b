"""Request bodies: bounded in size and time, JSON, and validated against the typed models."""

import asyncio
import re
from enum import StrEnum
from typing import Any

import msgspec
from starlette.requests import Request

from firstlight.errors import Code, InvalidInput
from firstlight.web.problems import Refusal

MAX_BYTES = 64 * 1024
READ_SECONDS = 10.0

# What is read and thrown away before the refusal, so that a sender who is a little over the limit
# gets to see it instead of a connection that breaks while it is still writing.
_DRAIN_BYTES = 4 * MAX_BYTES

_AT = re.compile(r" - at `\$?\.?(?P<field>[^`]*)`$")
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


async def read_body(request: Request) -> bytes:
    """All of it. Raises ``Refusal``: 413 over 64 KiB, 408 when it takes too long."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES + _DRAIN_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _collect(request)
    except TimeoutError as error:
        raise Refusal(
            408,
            Code.TIMEOUT,
            f"The body was not complete after {READ_SECONDS:.0f} seconds.",
            headers={"Connection": "close"},
        ) from error


async def _collect(request: Request) -> bytes:
    body = bytearray()
    excess = 0
    async for chunk in request.stream():
        if excess or len(body) + len(chunk) > MAX_BYTES:
            excess += len(chunk)
        else:
            body += chunk
        if excess > _DRAIN_BYTES:
            break
    if excess:
        raise _too_large()
    return bytes(body)


def check_content_type(header: str) -> None:
    """Raises ``Refusal`` 415 unless it is JSON."""
    if header.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(
            415,
            Code.INVALID_BODY,
            "The body must be JSON.",
            hint="Send it with the header 'Content-Type: application/json'.",
        )


def decode_body(raw: bytes, kind: type[Any]) -> Any:
    """Raises ``InvalidInput`` naming the field, in plain words."""
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


def _invalid(text: str, kind: type[Any]) -> InvalidInput:
    """Put into a person's words; msgspec tells what is wrong only as text."""
    place = _AT.search(text)
    field = place["field"] if place else ""
    if match := _MISSING.search(text):
        return InvalidInput(_join(field, match["field"]), "is missing; it is required")
    if match := _UNKNOWN.search(text):
        allowed = ", ".join(names_of(kind))
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


def _too_large() -> Refusal:
    return Refusal(
        413,
        Code.BODY_TOO_LARGE,
        f"The body is larger than {MAX_BYTES // 1024} KiB.",
        headers={"Connection": "close"},
    )
