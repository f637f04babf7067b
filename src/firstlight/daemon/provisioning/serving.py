"""The door to the SoftAP: who serves the desk, and where."""

from firstlight.daemon.provisioning.company import Close
from firstlight.model.softap import SoftAp
from firstlight.web.registry_service import ClaimDesk


async def nobody_comes(_softap: SoftAp, _desk: ClaimDesk) -> Close:
    """For a world without sockets."""
    return _shut


async def _shut() -> None:
    return None
