"""A network that goes away under a device."""

from tests.unit.daemon.lamp import Lamp

from firstlight.model.radio import Link
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import Outage

HOME, OTHER = Ssid(b"home"), Ssid(b"other")


def outage(ssid: Ssid = HOME) -> Outage:
    return Outage(ssid=ssid)


async def fallen_back(lamp: Lamp) -> Outage:
    """The router goes off, and the device offers its hotspot."""
    fault = outage()
    lamp.world.begin(fault)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(2)
    return fault
