"""Following the event stream, also across lost connections."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing, closing
from typing import Final, Protocol, TypeVar

import msgspec

from firstlight.client.request import UNREADABLE
from firstlight.client.sse import EventParser, Message
from firstlight.errors import Code, FirstlightError, NotUnderstood
from firstlight.model.event import DeviceEvent

HEARTBEATS_MISSED_SECONDS: Final = 45.0
"""The event stream has a heartbeat every 15 s; after three the connection is dead."""

RECENT_SECONDS: Final = 0.5
"""Recent events come in one go; after this much silence they are over."""

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
"""Seconds between two tries; doubled from the first to the longest."""

LOST: Final = "The connection to the daemon was lost; trying again until it is back."
BACK: Final = "The daemon answers again."

_PASSING = frozenset({Code.NO_DAEMON, Code.TIMEOUT, Code.BUSY, Code.RATE_LIMITED})
"""A stream that was cut off may count for its address until the daemon has noticed."""

T = TypeVar("T")
Note = Callable[[str], None]
GoOn = Callable[[], bool]


class Listens(Protocol):
    """The raw stream of events after that ID, of a client that blocks.

    ``TimeoutError`` is raised when nothing comes for that many seconds.
    """

    def listen(self, after: str | None, silence: float) -> AbstractContextManager[Generator[bytes]]:
        """Open it."""
        ...


class ListensLater(Protocol):
    """The same of a client that is awaited."""

    def listen(
        self, after: str | None, silence: float
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open it."""
        ...


class Thread:
    """Where a follower is, across lost connections: what to ask for next, and after which pause."""

    def __init__(self, after: str | None, note: Note) -> None:
        self.after = after
        self._note = note
        self._lost = False
        self._pause = FIRST_PAUSE

    def hear(self, message: Message) -> bool:
        """It goes on from there. Returns whether the message is an event."""
        self.found()
        self._pause, self.after = FIRST_PAUSE, message.id
        return message.event == "device"

    def found(self) -> None:
        """The daemon is there."""
        if self._lost:
            self._note(BACK)
        self._lost = False

    def bear(self, error: FirstlightError) -> None:
        """Raises ``error`` unless it may pass, which the first one of all may not."""
        if self.after is None or error.code not in _PASSING:
            raise error

    def lose(self) -> None:
        """The connection is gone."""
        if not self._lost:
            self._note(LOST)
        self._lost = True

    def pause(self) -> float:
        """Seconds until the next try."""
        now, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return now


def followed(
    client: Listens,
    *,
    pause: Callable[[float], None],
    note: Note,
    after: str | None = None,
    go_on: GoOn = lambda: True,
    opened: Callable[[], None] = lambda: None,
) -> Iterator[Message]:
    """Recent events, or those after ``after``, then live ones.

    After a gap it resumes without loss or repeat. It ends only when ``go_on``, which is asked at
    every sign of life and before every new try, says no. ``pause`` takes seconds, ``note`` a
    sentence on the connection: one when it is lost, one when it is back. ``opened`` is called
    whenever the stream is open; what happens from then on is in it. Raises ``FirstlightError`` when
    the daemon can't be reached the first time and ``after`` is ``None``, or when it refuses.
    """
    thread = Thread(after, note)
    while go_on():
        try:
            for message in _messages(
                client, thread.after, HEARTBEATS_MISSED_SECONDS, go_on, opened
            ):
                if thread.hear(message):
                    yield message
        except TimeoutError:
            pass
        except FirstlightError as error:
            thread.bear(error)
        if go_on():
            thread.lose()
        pause(thread.pause())


async def followed_later(
    client: ListensLater,
    *,
    pause: Callable[[float], Awaitable[None]],
    note: Note,
    after: str | None = None,
) -> AsyncGenerator[Message]:
    """As ``followed``, without an end."""
    thread = Thread(after, note)
    while True:
        try:
            messages = _messages_later(client, thread.after, HEARTBEATS_MISSED_SECONDS)
            async with aclosing(messages):
                async for message in messages:
                    if thread.hear(message):
                        yield message
        except TimeoutError:
            pass
        except FirstlightError as error:
            thread.bear(error)
        thread.lose()
        await pause(thread.pause())


def answered(ask: Callable[[], T], *, pause: Callable[[float], None], note: Note) -> T:
    """What ``ask`` returns; it is asked again while the daemon is away, as long as that takes.

    ``pause`` and ``note`` as for ``followed``. Raises ``FirstlightError`` when it refuses.
    """
    thread = Thread("", note)
    while True:
        try:
            answer = ask()
        except FirstlightError as error:
            thread.bear(error)
        else:
            thread.found()
            return answer
        thread.lose()
        pause(thread.pause())


def recent(client: Listens) -> Iterator[Message]:
    """The events that the daemon repeats to a newcomer, which are those before its greeting.

    Raises ``FirstlightError``.
    """
    past = Past()
    try:
        for message in _messages(client, None, RECENT_SECONDS):
            if past.is_over(message):
                return
            if message.event == "device":
                yield message
    except TimeoutError:
        return


async def recent_later(client: ListensLater) -> AsyncGenerator[Message]:
    """As ``recent``."""
    past = Past()
    messages = _messages_later(client, None, RECENT_SECONDS)
    async with aclosing(messages):
        try:
            async for message in messages:
                if past.is_over(message):
                    return
                if message.event == "device":
                    yield message
        except TimeoutError:
            return


def newest_id(client: Listens) -> str | None:
    """The ID of the newest event so far, ``None`` where there was none."""
    newest: str | None = None
    for message in recent(client):
        newest = message.id
    return newest


def event_in(message: Message) -> DeviceEvent | None:
    """What it tells; ``None`` for a kind of event that only a newer version knows."""
    try:
        return msgspec.json.decode(message.data, type=DeviceEvent)
    except UNREADABLE:
        return None


class _Stamp(msgspec.Struct):
    """What greeting and events have in common: when they were, in Unix ms."""

    ts: int = 0


class Past:
    """What was before the greeting, which is the first message."""

    def __init__(self) -> None:
        self._greeted: int | None = None

    def is_over(self, message: Message) -> bool:
        """Whether that is news. Raises ``NotUnderstood``."""
        try:
            when = msgspec.json.decode(message.data, type=_Stamp).ts
        except UNREADABLE as error:
            raise NotUnderstood("The event stream holds no events.") from error
        if self._greeted is None:
            self._greeted = when
        return when > self._greeted


def _messages(
    client: Listens,
    after: str | None,
    silence: float,
    go_on: GoOn = lambda: True,
    opened: Callable[[], None] = lambda: None,
) -> Iterator[Message]:
    parser = EventParser()
    with client.listen(after, silence) as chunks, closing(chunks):
        opened()
        for chunk in chunks:
            if not go_on():
                return
            yield from _fed(parser, chunk)


async def _messages_later(
    client: ListensLater, after: str | None, silence: float
) -> AsyncGenerator[Message]:
    parser = EventParser()
    async with client.listen(after, silence) as chunks:
        async for chunk in chunks:
            for message in _fed(parser, chunk):
                yield message


def _fed(parser: EventParser, chunk: bytes) -> Iterator[Message]:
    try:
        yield from parser.feed(chunk)
    except ValueError as error:
        raise NotUnderstood(f"The event stream is not readable: {error}.") from error
