"""One question to the daemon, described: what is sent, and what the answer means."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import msgspec

from firstlight.errors import InvalidInput, NotUnderstood

JSON: Final = "application/json"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reply(msgspec.Struct, frozen=True):
    """A good answer. ``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


UNREADABLE: Final = (ValueError, RecursionError)
"""What somebody else's JSON may raise: msgspec's own errors, no UTF-8, nested without end."""


class Request(msgspec.Struct, Generic[T_co], frozen=True, kw_only=True):
    """Sent by whichever client; ``read`` makes of the answer what the caller gets.

    ``path`` is quoted, ``params`` are not. ``expects``: the media type of an answer that has a
    body. ``seconds``: the answer may take that long, however little the client allows others.
    ``read`` raises one of ``UNREADABLE`` for what it does not know.
    """

    method: str
    path: str
    read: Callable[[Reply], T_co]
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    content: bytes = b""
    file: tuple[str, bytes] | None = None
    expects: str = JSON
    seconds: float = 0.0

    @property
    def is_repeatable(self) -> bool:
        """Whether asking twice is as good as asking once."""
        return self.method == "GET"


class Answer(Generic[T_co]):
    """``body`` and ``headers`` as they came over the wire, ``value`` what they mean."""

    def __init__(self, request: Request[T_co], reply: Reply, where: str) -> None:
        self.body = reply.body
        self.headers = reply.headers
        self._request = request
        self._reply = reply
        self._where = where

    @property
    def value(self) -> T_co:
        """Read. Raises ``NotUnderstood`` when it isn't what this version expects."""
        try:
            return self._request.read(self._reply)
        except UNREADABLE as error:
            raise not_understood(self._where) from error


def segment(text: str) -> str:
    """One part of a path, whatever stands in it.

    ``.`` and ``..`` would be taken for steps within the path (RFC 3986, 5.2.4), and another
    resource be asked. Raises ``InvalidInput`` for text that is no Unicode.
    """
    if text in {".", ".."}:
        return text.replace(".", "%2E")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError as error:
        raise not_unicode() from error


def not_unicode() -> InvalidInput:
    """For what a terminal of another encoding hands over; it is not shown, as it may be secret."""
    return InvalidInput("", "One of the values given is not UTF-8 text.")


def not_understood(where: str) -> NotUnderstood:
    """What answers at ``where`` is something else."""
    return NotUnderstood(
        f"What answers at {where} is not a Firstlight daemon of this version.",
        hint="Check the address; after an update, restart the daemon.",
    )


def get(
    path: str,
    answer: type[T],
    params: Mapping[str, str] | None = None,
) -> Request[T]:
    """A question that changes nothing, for JSON of that type."""
    return Request(method="GET", path=path, read=decoded(answer), params=params or {})


def send(method: str, path: str, answer: type[T], body: msgspec.Struct | None = None) -> Request[T]:
    """A wish, with a body of JSON or none, answered with JSON of that type."""
    return Request(method=method, path=path, read=decoded(answer), **as_json(body))


def wish(method: str, path: str, body: msgspec.Struct | None = None) -> Request[None]:
    """A wish whose answer says no more than that it is granted."""
    return Request(method=method, path=path, read=granted, **as_json(body))


def as_json(body: object) -> dict[str, Any]:
    """The fields of a request that has that for its body."""
    if body is None:
        return {}
    try:
        content = msgspec.json.encode(body)
    except UnicodeEncodeError as error:
        raise not_unicode() from error
    return {"content": content, "headers": {"content-type": JSON}}


def decoded(answer: type[T]) -> Callable[[Reply], T]:
    """Read JSON of that type; fields that it has not are passed over."""

    def read(reply: Reply) -> T:
        return msgspec.json.decode(reply.body, type=answer)

    return read


def granted(reply: Reply) -> None:
    """Read ``{"ok": true}``, or nothing where there is nothing. Raises for anything else."""
    if reply.status != HTTPStatus.NO_CONTENT:
        msgspec.json.decode(reply.body)


def as_text(reply: Reply) -> str:
    """Read UTF-8 text."""
    return reply.body.decode()


def as_bytes(reply: Reply) -> bytes:
    """Take it as it is."""
    return reply.body
