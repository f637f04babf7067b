"""Answers that are made piece by piece: bounded in memory, and in the time of each piece."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Self

from starlette.types import Message, Receive, Scope, Send

PIECE_SECONDS = 15.0
_MOST_AT_ONCE = 64 * 1024


class Streamed:
    """An ASGI answer out of ``pieces``.

    An error, a maker of pieces that hangs, or a reader that takes none for ``seconds`` breaks the
    connection, so that half an answer is never taken for a whole one.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        media: str,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = PIECE_SECONDS,
    ) -> None:
        named = {"content-type": media, **(headers or {})}
        self._headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in named.items()]
        self._pieces = pieces
        self._seconds = seconds
        self._first: bytes | None = None

    async def begun(self) -> Self:
        """With its first piece made, so that what goes wrong by then is an error in words."""
        async with asyncio.timeout(self._seconds):
            self._first = await anext(self._pieces, None)
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it."""
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        if scope["method"] != "HEAD":
            # What is sent to a reader who has left is swallowed, so nothing else would tell.
            gone = asyncio.create_task(_until_gone(receive), name="watch one reader leave")
            try:
                async with aclosing(self._bounded()) as pieces:
                    await self._pump(pieces, send, gone)
            finally:
                gone.cancel()
                await asyncio.gather(gone, return_exceptions=True)
        await send({"type": "http.response.body"})

    async def _pump(
        self, pieces: AsyncIterator[bytes], send: Send, gone: asyncio.Task[None]
    ) -> None:
        async for piece in pieces:
            for start in range(0, len(piece), _MOST_AT_ONCE):
                async with asyncio.timeout(self._seconds):
                    await send(_chunk(piece[start : start + _MOST_AT_ONCE]))
                # Neither waits while there is room: others have their turn between two pieces.
                await asyncio.sleep(0)
                if gone.done():
                    return

    async def _bounded(self) -> AsyncGenerator[bytes]:
        try:
            if self._first is not None:
                yield self._first
            while True:
                async with asyncio.timeout(self._seconds):
                    piece = await anext(self._pieces, None)
                if piece is None:
                    return
                yield piece
        finally:
            close = getattr(self._pieces, "aclose", None)
            if close is not None:
                await close()


def _chunk(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
