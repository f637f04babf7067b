"""``outbox.jsonl``: the events that the broker had not taken when the daemon stopped."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from firstlight.model.event import DeviceEvent
from firstlight.store.files import (
    make_private_folder,
    read_bounded,
    remove_durably,
    write_atomically,
)

LIMIT = 2**24
"""Bytes. There is a bound on events, and this is above it."""

T = TypeVar("T", bound=msgspec.Struct)


class OutboxHead(msgspec.Struct, frozen=True):
    """The first line."""

    dropped: int = 0


class Left(msgspec.Struct, frozen=True):
    """What was left. ``unread``: so many lines say nothing that this version understands."""

    events: tuple[DeviceEvent, ...] = ()
    dropped: int = 0
    unread: int = 0


class OutboxFile:
    """One file, a line an event, mode 0600; written when the daemon stops, and not before."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "outbox.jsonl"

    def read(self) -> Left:
        """What was left. Raises ``StoreFailure`` when it is there and can't be read."""
        content = read_bounded(self.path, LIMIT)
        if content is None:
            return Left()
        first, *rest = content[:LIMIT].split(b"\n")
        head = _decoded(first, OutboxHead)
        lines = [line for line in rest if line]
        events = tuple(_events(lines))
        unread = len(lines) - len(events) + (head is None)
        return Left(events, head.dropped if head else 0, unread)

    def write(self, events: Iterable[DeviceEvent], dropped: int) -> None:
        """Keep them; without any, there is no file. Raises ``StoreFailure``; it is as before."""
        lines = [msgspec.json.encode(event) for event in events]
        if not lines and not dropped:
            remove_durably(self.path)
            return
        make_private_folder(self.path.parent)
        head = msgspec.json.encode(OutboxHead(dropped))
        write_atomically(self.path, b"\n".join([head, *lines, b""]))

    def remove(self) -> None:
        """They are delivered. Raises ``StoreFailure``."""
        remove_durably(self.path)


def _events(lines: Iterable[bytes]) -> Iterator[DeviceEvent]:
    for line in lines:
        event = _decoded(line, DeviceEvent)
        if event is not None:
            yield event


def _decoded(line: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
