"""What lies behind a simulated link."""

from collections.abc import Sequence

from firstlight.clock import Clock
from firstlight.model.radio import Ipv4, Link
from firstlight.model.reach import (
    Broker,
    BrokerFinding,
    Finding,
    Findings,
    Internet,
    InternetFinding,
    Reach,
    ReachTarget,
    is_address,
    names_in_question,
)
from firstlight.radio.simulated.faults import Dhcp, OnAir, Upstream
from firstlight.radio.simulated.world import World

_FOUND = {
    Upstream.YES: (Internet.REACHABLE, "The page answered as expected."),
    Upstream.NO: (Internet.UNREACHABLE, "No page answers."),
    Upstream.NO_NAMES: (Internet.NO_NAMES, "The name server does not answer."),
    Upstream.PORTAL: (Internet.PORTAL, "Another page answered than the one asked for."),
}
_WITHOUT_NAMES = {Upstream.NO_NAMES, Upstream.DEAD}
_ANSWERED = {Internet.REACHABLE, Internet.PORTAL}
_FAR_AWAY = "192.0.2.1"  # RFC 5737: every simulated name leads there


class SimulatedReach:
    """``reach.port.ReachProbe`` on a ``World``: what is said of the access point in use.

    A broker answers where the internet does. Nobody here tells the time.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """What a look through ``interface`` finds; silence takes its time, at most ``seconds``."""
        return (await self.climb(interface, ipv4, targets, None, seconds)).reach

    async def climb(
        self,
        interface: str,
        ipv4: Ipv4,
        targets: Sequence[ReachTarget],
        broker: Broker | None,
        seconds: float,
    ) -> Findings:
        """The same, one by one; all at once, so it takes as long as what takes longest."""
        takes = self._world.durations
        quick, slow = min(seconds, takes.probe), min(seconds, takes.probe_silent)
        seen = _Behind(self._met(interface, ipv4), ipv4, targets, broker)
        await self._clock.sleep(quick if seen.all_answers else slow)
        seen = _Behind(self._met(interface, ipv4), ipv4, targets, broker)
        return seen.findings(round(1000 * quick), round(1000 * slow))

    def _met(self, interface: str, ipv4: Ipv4) -> OnAir | None:
        device = self._world.device
        if device.link is not Link.CONNECTED or device.state.interface != interface:
            return None
        return self._world.air.at(device.bssid) if device.ipv4 == ipv4 else None


class _Behind:
    """What lies behind an access point at one moment, for those who look for these things."""

    def __init__(
        self, met: OnAir | None, ipv4: Ipv4, targets: Sequence[ReachTarget], broker: Broker | None
    ) -> None:
        self._obstacle = _obstacle(met, ipv4)
        self._upstream = Upstream.DEAD if met is None or self._obstacle else met.internet
        self._targets = targets
        self._broker = broker
        self._asks_names = bool(names_in_question(targets, broker))

    @property
    def all_answers(self) -> bool:
        """Whether nothing that is looked for is silent."""
        internet, _ = self._internet
        quiet = self._targets and internet not in _ANSWERED
        deaf = self._asks_names and not self._names
        alone = self._broker is not None and not self._takes(self._broker)
        return not (self._obstacle or quiet or deaf or alone)

    def findings(self, quick: int, slow: int) -> Findings:
        """Everything, with the milliseconds that an answer or silence takes."""
        internet, evidence = self._internet
        return Findings(
            gateway=Finding(
                holds=not self._obstacle,
                evidence=self._obstacle or "The gateway answers.",
                elapsed_ms=slow if self._obstacle else quick,
            ),
            names=Finding(
                holds=self._names,
                evidence=f"The name server {'answers' if self._names else 'does not answer'}.",
                elapsed_ms=quick if self._names else slow,
            )
            if self._asks_names
            else None,
            internet=InternetFinding(
                internet=internet,
                evidence=evidence,
                elapsed_ms=quick if internet in _ANSWERED else slow,
            )
            if self._targets
            else None,
            broker=self._broker_finding(self._broker, quick, slow) if self._broker else None,
        )

    @property
    def _names(self) -> bool:
        return self._upstream not in _WITHOUT_NAMES

    @property
    def _internet(self) -> tuple[Internet, str]:
        if self._obstacle:
            return Internet.UNREACHABLE, self._obstacle
        by_address = any(is_address(target.host) for target in self._targets)
        without_need = self._upstream is Upstream.NO_NAMES and by_address
        return _FOUND[Upstream.YES if without_need else self._upstream]

    def _takes(self, broker: Broker) -> bool:
        without_need = self._upstream is Upstream.NO_NAMES and is_address(broker.host)
        return self._upstream is Upstream.YES or without_need

    def _broker_finding(self, broker: Broker, quick: int, slow: int) -> BrokerFinding:
        takes = self._takes(broker)
        address = broker.host if is_address(broker.host) else _FAR_AWAY if self._names else None
        return BrokerFinding(
            holds=takes,
            evidence=f"{broker.host} {'takes connections' if takes else 'does not answer'}.",
            elapsed_ms=quick if takes else slow,
            address=address,
        )


def _obstacle(met: OnAir | None, ipv4: Ipv4) -> str:
    """Why nothing at all lies behind the link, in a sentence; empty when something does."""
    if met is None:
        return "Nothing answers through this interface."
    if ipv4.gateway is None or met.dhcp is Dhcp.NO_GATEWAY:
        return "The lease names no gateway."
    return "The gateway does not answer." if met.internet is Upstream.DEAD else ""
