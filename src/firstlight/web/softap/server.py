"""Serves the SoftAP's application for as long as Provisioning Mode is on."""

import asyncio
import logging
import socket

from firstlight.web.connection import Bounds
from firstlight.web.registry_service import ClaimDesk
from firstlight.web.server import WebServer
from firstlight.web.softap.app import create_softap_app

_LOG = logging.getLogger(__name__)

BOUNDS = Bounds(head=5.0, stall=10.0, grace=1.0, connections=8, share=8)
"""There is one station, and it asks one thing after the other."""


class SoftApServer:
    """Serves once. ``listener``: as ``listeners.bind_softap`` gives it; closed by ``stop``."""

    def __init__(
        self, desk: ClaimDesk, listener: socket.socket, *, bounds: Bounds = BOUNDS
    ) -> None:
        self._listener = listener
        self._server = WebServer(create_softap_app(desk), [listener], bounds=bounds)
        self._serving: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to accept connections; those that came since the listener was bound come first."""
        self._serving = asyncio.create_task(self._server.serve(), name="softap-server")

    async def stop(self) -> None:
        """Accept no more. Returns within the grace; fine if it never began, or has ended."""
        self._server.stop()
        if self._serving is not None:
            try:
                await self._serving
            except OSError as error:
                _LOG.warning("the server of the SoftAP ended by itself: %s", error)
        self._listener.close()
