"""A real server on loopback, in the test's own event loop."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from firstlight.web.connection import Bounds
from firstlight.web.listeners import bind_tcp
from firstlight.web.server import WebServer


@asynccontextmanager
async def serving(
    app: ASGIApp, *more: socket.socket, bounds: Bounds | None = None
) -> AsyncIterator[int]:
    """Serve ``app``; the value is its TCP port."""
    listener = bind_tcp("127.0.0.1", 0)
    async with running(WebServer(app, [listener, *more], bounds=bounds)):
        yield listener.getsockname()[1]


@asynccontextmanager
async def running(server: WebServer) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve(), name="server under test")
    try:
        yield
    finally:
        server.stop()
        await task


async def until(predicate: Callable[[], bool], seconds: float = 5) -> None:
    """Poll until it holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not predicate():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.01)


def request_bytes(method: str, path: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """A request as it goes onto the wire."""
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(head).encode() + body


async def exchange(port: int, *chunks: bytes) -> bytes:
    """Send, one chunk at a time, and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        return await reader.read()
    finally:
        writer.close()
