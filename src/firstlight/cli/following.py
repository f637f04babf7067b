"""Following the event stream, also across lost connections."""

from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec

from firstlight.cli.client import HEARTBEATS_MISSED_SECONDS, DaemonClient
from firstlight.cli.failures import NO_DAEMON, Failure, failure
from firstlight.cli.sse import EventParser, Message
from firstlight.errors import Code

RECENT_SECONDS = 0.5
"""Recent events come in one go; after this much silence they are over."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Seconds between two tries; doubled from the first to the longest."""

_PASSING = frozenset({NO_DAEMON, Code.TIMEOUT, Code.BUSY})


class _Stamp(msgspec.Struct):
    """What greeting and events have in common: when they were, in Unix ms."""

    ts: int = 0


def recent(client: DaemonClient) -> Iterator[Message]:
    """The events that the daemon repeats to a newcomer, which are those before its greeting.

    Raises ``Failure``.
    """
    greeted: int | None = None
    try:
        for message in _stream(client, None, RECENT_SECONDS):
            when = _time_of(message)
            if greeted is None:
                greeted = when
            if when > greeted:
                return
            if message.event == "device":
                yield message
    except TimeoutError:
        return


def _time_of(message: Message) -> int:
    try:
        return msgspec.json.decode(message.data, type=_Stamp).ts
    except msgspec.DecodeError as error:
        raise failure("The event stream holds no events.", code=Code.INTERNAL) from error


def newest_id(client: DaemonClient) -> str | None:
    """The ID of the newest event so far, ``None`` where there was none. Raises ``Failure``."""
    newest: str | None = None
    for message in recent(client):
        newest = message.id
    return newest


def _always() -> bool:
    return True


def followed(
    client: DaemonClient,
    *,
    pause: Callable[[float], None],
    note: Callable[[str], None],
    after: str | None = None,
    go_on: Callable[[], bool] = _always,
) -> Iterator[Message]:
    """Recent events, or those after ``after``, then live ones.

    After a gap it resumes without loss or repeat. It ends only when ``go_on``, which is asked at
    every sign of life and before every new try, says no. ``pause`` takes seconds, ``note`` a
    sentence on the connection: one when it is lost, one when it is back. Raises ``Failure`` when
    the daemon can't be reached the first time and ``after`` is ``None``, or when it refuses.
    """
    lost = False
    wait = FIRST_PAUSE
    while go_on():
        try:
            for message in _stream(client, after, HEARTBEATS_MISSED_SECONDS, go_on):
                if lost:
                    note("The daemon answers again.")
                lost, wait, after = False, FIRST_PAUSE, message.id
                if message.event == "device":
                    yield message
        except TimeoutError:
            pass
        except Failure as error:
            if after is None or error.problem.code not in _PASSING:
                raise
        if not lost and go_on():
            note("The connection to the daemon was lost; trying again until it is back.")
        lost = True
        pause(wait)
        wait = min(2 * wait, LONGEST_PAUSE)


def _stream(
    client: DaemonClient, after: str | None, silence: float, go_on: Callable[[], bool] = _always
) -> Iterator[Message]:
    parser = EventParser()
    with client.events(after, silence) as chunks, closing(chunks):
        for chunk in chunks:
            if not go_on():
                return
            try:
                yield from parser.feed(chunk)
            except ValueError as error:
                raise failure(
                    f"The event stream is not readable: {error}.", code=Code.INTERNAL
                ) from error
