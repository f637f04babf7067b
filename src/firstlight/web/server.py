"""HTTP on sockets that are bound already.

uvicorn's own ``Server`` is left out: it owns signals, which are the daemon's, and wakes ten times a
second, which a box that idles for months should not.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn.config import Config

from firstlight.web.connection import Bounds, Connection, Connections

# Seconds that cancelled requests get to clean up after themselves.
_LAST_SECONDS = 1.0


class WebServer:
    """Serves one application on TCP and Unix sockets until it is stopped. Serves once.

    ``secured``: sockets that speak TLS, each with its context.
    """

    def __init__(
        self,
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        *,
        secured: Sequence[tuple[socket.socket, ssl.SSLContext]] = (),
        bounds: Bounds | None = None,
    ) -> None:
        self._bounds = bounds or Bounds()
        plain: list[tuple[socket.socket, ssl.SSLContext | None]] = [(one, None) for one in sockets]
        self._doors = (*plain, *secured)
        self._stopping = asyncio.Event()
        # Whatever goes wrong in the application is logged by its gate; what is left for uvicorn to
        # say is about strangers' garbage, which would fill the log at their wish.
        self._config = Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )

    async def serve(self) -> None:
        """Accept connections at once; return after ``stop``, in the bounds' grace and a second."""
        self._config.load()
        connections = Connections(self._bounds)
        loop = asyncio.get_running_loop()

        def connect() -> Connection:
            return Connection(self._config, connections, app_state={}, _loop=loop)

        servers = [
            await loop.create_server(
                connect,
                sock=door,
                ssl=context,
                ssl_handshake_timeout=self._bounds.head if context else None,
            )
            for door, context in self._doors
        ]
        try:
            await self._stopping.wait()
        finally:
            for (listener, _), server in zip(self._doors, servers, strict=True):
                _remove_file(listener)
                server.close()
            await self._wind_down(connections)

    def stop(self) -> None:
        """Take no new connections, and let ``serve`` return."""
        self._stopping.set()

    async def _wind_down(self, shared: Connections) -> None:
        """Idle connections close now, busy ones when they are done or the grace is over."""
        for connection in list(shared.connections):
            if not connection.transport.is_closing():
                connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.grace):
                await shared.none_left.wait()
        for connection in list(shared.connections):
            connection.transport.abort()
        tasks = set(shared.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LAST_SECONDS)


def _remove_file(listener: socket.socket) -> None:
    """Leave no socket file behind; before the listener closes, so that it is certainly ours."""
    if listener.family == socket.AF_UNIX:
        Path(listener.getsockname()).unlink(missing_ok=True)
