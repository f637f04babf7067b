"""Server-sent events: bytes in, messages out. WHATWG HTML, 9.2.6 (interpreting an event stream)."""

import re
from collections.abc import Iterator

import msgspec

MAX_BYTES = 1 << 20
"""A message longer than this is refused; the daemon's have a few kilobytes."""

_LINE_END = re.compile(rb"\r\n|\n|\r")


class Message(msgspec.Struct, frozen=True):
    """One event. ``id`` is the newest ID so far, also when this event had none."""

    event: str
    data: bytes
    id: str


class EventParser:
    """Feed it what arrives, in any pieces. Comments, which are heartbeats, yield nothing."""

    def __init__(self) -> None:
        self._rest = b""
        self._id = ""
        self._clear()

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Messages that ``chunk`` completes. Raises ``ValueError`` for one over ``MAX_BYTES``."""
        *lines, self._rest = _split(self._rest + chunk)
        for line in lines:
            if line:
                self._field(line)
            elif self._data:
                yield Message(self._event or "message", b"\n".join(self._data), self._id)
                self._clear()
            else:
                self._clear()
        if len(self._rest) + self._size > MAX_BYTES:
            raise ValueError("an event is too long")

    def _clear(self) -> None:
        self._event = ""
        self._data: list[bytes] = []
        self._size = 0

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"event":
                self._event = value.decode(errors="replace")
            case b"data":
                self._data.append(value)
                self._size += len(value) + 1
            case b"id" if b"\0" not in value:
                self._id = value.decode(errors="replace")
            case _:
                pass


def _split(raw: bytes) -> list[bytes]:
    """Lines, and what is left. A final CR stays, as the LF that belongs to it may still come."""
    if raw.endswith(b"\r"):
        *lines, rest = _LINE_END.split(raw[:-1])
        return [*lines, rest + b"\r"]
    return _LINE_END.split(raw)
