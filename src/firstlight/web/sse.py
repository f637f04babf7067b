"""The event stream: server-sent events (HTML Living Standard, 9.2) with resume and heartbeat.

``event: connected`` comes first and carries as its ID the point just before the first event that
follows, so that a reader who falls off right after it loses nothing. Then come the events, each
with its ID, and a comment whenever there has been nothing to say for a while.

How long a reader may leave unread what was sent is bounded where the socket is: ``connection``.
"""

import asyncio
from contextlib import AbstractContextManager

from starlette.types import Message, Receive, Scope, Send

from firstlight.clock import Clock
from firstlight.model.event import DeviceEvent
from firstlight.web.audience import Reader
from firstlight.web.encoding import to_json
from firstlight.web.service import EventFeed, EventSource

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),
]
_RETRY_MS = 2000
_HEARTBEAT = b": heartbeat\n\n"

# Line breaks to Python and others, though not to JSON or this format (as UTF-8, and as JSON).
_OTHER_BREAKS = (
    (b"\xc2\x85", b"\\u0085"),
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
)


class EventStream:
    """An ASGI answer that follows the events.

    ``place``: held while it lasts. Ends when the ``reader`` leaves, falls behind or may not stay
    for what would come next, and when the daemon stops.
    Raises ``Busy`` before anything is sent when there are too many readers.
    """

    def __init__(
        self,
        source: EventSource,
        after: str | None,
        *,
        clock: Clock,
        heartbeat_seconds: float,
        place: AbstractContextManager[None],
        reader: Reader,
    ) -> None:
        self._source = source
        self._place = place
        self._reader = reader
        self._after = after
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "HEAD":
            await send(_start())
            await send({"type": "http.response.body"})
            return
        with self._place, self._source.follow(self._after) as following:
            await send(_start())
            opening = _opening(following.resumed_after, round(self._clock.wall() * 1000))
            await send(_chunk(opening))
            await self._until_either_ends(following.feed, receive, send)
        await send({"type": "http.response.body"})

    async def _until_either_ends(self, feed: EventFeed, receive: Receive, send: Send) -> None:
        tasks = (
            asyncio.create_task(self._pump(feed, send), name="events to one reader"),
            asyncio.create_task(_until_gone(receive), name="watch one reader leave"),
        )
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _pump(self, feed: EventFeed, send: Send) -> None:
        time = asyncio.get_running_loop().time
        due = time() + self._heartbeat_seconds
        while True:
            try:
                async with asyncio.timeout_at(due):
                    event = await anext(feed)
            except StopAsyncIteration:
                return
            except TimeoutError:
                event = None
            if not self._reader.may_stay(event):
                return
            if event is None or self._reader.sees(event):
                await send(_chunk(_HEARTBEAT if event is None else _told(event)))
                due = time() + self._heartbeat_seconds
            # Neither waits while there is room: others have their turn between two events.
            await asyncio.sleep(0)


def frame(event: str, event_id: str, data: bytes) -> bytes:
    """One event. ``data`` is JSON."""
    for raw, escaped in _OTHER_BREAKS:
        data = data.replace(raw, escaped)
    return b"event: %b\nid: %b\ndata: %b\n\n" % (event.encode(), event_id.encode(), data)


def _told(event: DeviceEvent) -> bytes:
    return frame("device", event.id, to_json(event))


def _opening(resume_point: str, unix_ms: int) -> bytes:
    data = to_json({"ok": True, "ts": unix_ms})
    return b"retry: %d\n" % _RETRY_MS + frame("connected", resume_point, data)


def _start() -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list(_HEADERS)}


def _chunk(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
