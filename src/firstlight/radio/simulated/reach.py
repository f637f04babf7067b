"""What lies behind a simulated link."""

from collections.abc import Sequence

from firstlight.clock import Clock
from firstlight.model.radio import Ipv4, Link
from firstlight.model.reach import Internet, Reach, ReachTarget
from firstlight.radio.simulated.faults import Dhcp, OnAir, Upstream
from firstlight.radio.simulated.world import World

_FOUND = {
    Upstream.YES: (Internet.REACHABLE, "The page answered as expected."),
    Upstream.NO: (Internet.UNREACHABLE, "Names resolve, but no page answers."),
    Upstream.NO_NAMES: (Internet.NO_NAMES, "The name server does not answer."),
    Upstream.PORTAL: (Internet.PORTAL, "Another page answered than the one asked for."),
}
_SILENT = {Upstream.NO, Upstream.NO_NAMES}


class SimulatedReach:
    """``reach.port.ReachProbe`` on a ``World``: what is said of the access point in use."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """What a look through ``interface`` finds; silence takes its time, at most ``seconds``."""
        met = self._met(interface, ipv4)
        silent = met is None or met.internet in _SILENT or met.dhcp is Dhcp.NO_GATEWAY
        takes = self._world.durations
        await self._clock.sleep(min(seconds, takes.probe_silent if silent else takes.probe))
        met = self._met(interface, ipv4)
        if met is None:
            return _nothing("Nothing answers through this interface.")
        if ipv4.gateway is None or met.dhcp is Dhcp.NO_GATEWAY:
            return _nothing("The lease names no gateway.")
        if not targets:
            return Reach(
                gateway=True, internet=Internet.UNREACHABLE, evidence="There is no page to ask for."
            )
        internet, evidence = _FOUND[met.internet]
        return Reach(gateway=True, internet=internet, evidence=evidence)

    def _met(self, interface: str, ipv4: Ipv4) -> OnAir | None:
        device = self._world.device
        if device.link is not Link.CONNECTED or device.state.interface != interface:
            return None
        return self._world.air.at(device.bssid) if device.ipv4 == ipv4 else None


def _nothing(evidence: str) -> Reach:
    return Reach(gateway=False, internet=Internet.UNREACHABLE, evidence=evidence)
