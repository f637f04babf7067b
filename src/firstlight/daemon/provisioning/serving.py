"""The door to the SoftAP: a listener that only its own interface leads to."""

from firstlight.daemon.provisioning.company import Close
from firstlight.model.softap import SoftAp
from firstlight.provisioning.softap import ADDRESS
from firstlight.web.registry_service import ClaimDesk


class SoftApDoor:
    """An ``OpenDoor`` on the SoftAP's address. Raises ``ConfigError`` when it can't listen."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __call__(self, softap: SoftAp, desk: ClaimDesk) -> Close:
        """Serve that desk to whoever comes in by that interface."""
        from firstlight.web.listeners import bind_softap
        from firstlight.web.softap.server import SoftApServer

        address = ADDRESS.partition("/")[0]
        server = SoftApServer(desk, bind_softap(softap.interface, address, self._port))
        server.start()
        return server.stop


async def nobody_comes(_softap: SoftAp, _desk: ClaimDesk) -> Close:
    """An ``OpenDoor`` for a world without sockets."""
    return _shut


async def _shut() -> None:
    return None
