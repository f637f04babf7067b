"""What befalls the device, how often, and for how long."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any, NamedTuple

from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import (
    Blocked,
    DhcpSilent,
    Fault,
    Outage,
    PskChanged,
    SignalDrop,
    SupplicantGone,
    Unmanaged,
    Unplugged,
    Upstream,
    UpstreamChanged,
)
from firstlight.radio.simulated.world import World
from firstlight.simulation.chance import happens, seconds_between
from firstlight.simulation.machine import Machine
from firstlight.simulation.town import HOME, OFFICE, Town
from firstlight.simulation.trace import Trace

MINUTE, HOUR, DAY, YEAR = 60.0, 3600.0, 86_400.0, 31_536_000.0

_FUSE_CHANCE = 0.3
_REPAIR_CHANCE = 0.5
_POWER_CHANCE = 0.4
_LONGEST_FUSE = 14


class Kind(NamedTuple):
    """``times`` a year; ``cause`` of coming home when it is over."""

    name: str
    times: float
    least: float
    most: float
    cause: str


class Weather:
    """``run`` it for ever.

    ``tempo``: how many times as much happens; ``only``: the kinds that do. ``changed`` is called
    after everything, with the cause that it may have been for coming home.
    ``repair`` asks somebody to type a network's new password; it says whether that worked.
    """

    def __init__(
        self,
        world: World,
        town: Town,
        machine: Machine,
        *,
        rng: Random,
        trace: Trace,
        changed: Callable[[str], None],
        tempo: float = 1.0,
        only: tuple[str, ...] = (),
    ) -> None:
        self._world = world
        self._town = town
        self._machine = machine
        self._rng = rng
        self._trace = trace
        self._changed = changed
        self._kinds = [kind for kind in KINDS if not only or kind.name in only]
        self._tempo = tempo
        self._tasks: set[asyncio.Task[None]] = set()
        self._fillings = 0
        self.repair: Callable[[Ssid], Awaitable[bool]] = _nobody_repairs
        self.events: dict[str, int] = {}
        self.passphrases = dict(town.passphrases)

    async def run(self) -> None:
        """One thing after the other, and some at once."""
        weights = [kind.times for kind in self._kinds]
        rate = self._tempo * sum(weights) / YEAR
        while True:
            await asyncio.sleep(self._rng.expovariate(rate))
            (kind,) = self._rng.choices(self._kinds, weights)
            self._spawn(kind)

    def _spawn(self, kind: Kind) -> None:
        self.events[kind.name] = self.events.get(kind.name, 0) + 1
        task = asyncio.create_task(_HAPPENS[kind.name](self, kind), name=f"weather-{kind.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if happens(self._rng, _FUSE_CHANCE):
            self.events["killed between effects"] = self.events.get("killed between effects", 0) + 1
            power = happens(self._rng, _POWER_CHANCE)
            self._machine.light_fuse(self._rng.randint(1, _LONGEST_FUSE), power=power)

    async def network(self, kind: Kind) -> None:
        """Something is wrong with one network for a while."""
        fault = self._network_fault(kind.name, self._some_ssid())
        if not isinstance(fault, UpstreamChanged) or not self._is_upstream_changed(fault.ssid):
            await self._for_a_while(fault, kind)
        elif not self._world.radio.connectivity_check:
            # The later one hides the one before, and with it a gateway that was dead.
            await self._for_a_while(fault, kind, "gateway")
        # From one to another NetworkManager's check tells nothing, and slow looks are rare then.

    async def flapping(self, kind: Kind) -> None:
        """A network that goes and comes, again and again."""
        ssid = self._some_ssid()
        for _ in range(self._rng.randint(3, 12)):
            await self._for_a_while(Outage(ssid=ssid), kind)
            await asyncio.sleep(self._rng.uniform(1.0, 90.0))

    async def password(self, kind: Kind) -> None:
        """The router gets another password, and later, maybe, its old one."""
        ssid = self._some_ssid()
        before = self.passphrases[ssid]
        self._set_passphrase(ssid, Passphrase(f"changed-{self._rng.randrange(10**8):08}"))
        repaired = happens(self._rng, _REPAIR_CHANCE)
        await asyncio.sleep(self._duration(kind))
        if not repaired:
            self._set_passphrase(ssid, before)
            return
        while True:
            if await self.repair(ssid):
                return
            await asyncio.sleep(self._rng.uniform(10 * MINUTE, HOUR))

    async def no_address(self, kind: Kind) -> None:
        """Nobody gives addresses, found out by a short outage."""
        ssid = self._some_ssid()
        short = Outage(ssid=ssid)
        self._begin(short)
        await asyncio.sleep(self._rng.uniform(5.0, 60.0))
        fault = DhcpSilent(ssid=ssid)
        self._begin(fault)
        self._end(short, "network")
        await asyncio.sleep(self._duration(kind))
        self._end(fault, kind.cause)

    async def radio(self, kind: Kind) -> None:
        """Something is wrong with the radio, or what drives it."""
        await self._for_a_while(_RADIO_FAULTS[kind.name](), kind)

    async def manager(self, _kind: Kind) -> None:
        """NetworkManager restarts."""
        if self._machine.powered:
            self._trace.note("NetworkManager restarts")
            self._world.restart_manager()
            self._changed("")

    async def killed(self, _kind: Kind) -> None:
        """The process is killed while nothing else happens."""
        self._machine.kill("by chance")

    async def service(self, _kind: Kind) -> None:
        """Somebody restarts the service."""
        await self._machine.restart_service()

    async def power(self, _kind: Kind) -> None:
        """The power fails; a board without a clock of its own then believes what it likes."""
        before = self._machine.clock.wall()
        believed = self._rng.choice((self._true_wall(), 0.0, before))
        self._machine.cut_power(believed)
        await asyncio.sleep(self._rng.uniform(MINUTE, HOUR))
        self._set_wall(self._true_wall())

    async def clock(self, kind: Kind) -> None:
        """Wall time jumps, and is set right again later."""
        far = self._duration(kind) * self._rng.choice((-1.0, 1.0))
        self._set_wall(self._machine.clock.wall() + far)
        await asyncio.sleep(self._rng.uniform(MINUTE, DAY))
        self._set_wall(self._true_wall())

    async def disk(self, kind: Kind) -> None:
        """No space is left: until the last of what fills it is over, where that overlaps."""
        self._trace.note("the disk is full")
        self._fillings += 1
        self._machine.disk.full = True
        self._changed("")
        await asyncio.sleep(self._duration(kind))
        self._fillings -= 1
        if not self._fillings:
            self._trace.note("the disk has space again")
            self._machine.disk.full = False
            self._changed("")

    def _set_passphrase(self, ssid: Ssid, passphrase: Passphrase) -> None:
        """From now on the router takes this one only."""
        old = [
            fault
            for fault in self._world.air.faults
            if isinstance(fault, PskChanged) and fault.ssid == ssid
        ]
        self.passphrases[ssid] = passphrase
        self._begin(PskChanged(ssid=ssid, passphrase=passphrase), "password")
        for fault in old:
            self._end(fault, "password")

    async def _for_a_while(self, fault: Fault, kind: Kind, cause: str = "") -> None:
        self._begin(fault, cause)
        await asyncio.sleep(self._duration(kind))
        self._end(fault, kind.cause)

    def _begin(self, fault: Fault, cause: str = "") -> None:
        self._trace.note(f"begins: {_named(fault)}")
        self._world.begin(fault)
        self._changed(cause)

    def _end(self, fault: Fault, cause: str) -> None:
        self._trace.note(f"ends: {_named(fault)}")
        self._world.end(fault)
        self._changed(cause)

    def _set_wall(self, wall: float) -> None:
        self._trace.note(f"wall time jumps to {wall:.0f}")
        self._machine.clock.set_wall(wall)

    def _true_wall(self) -> float:
        return self._machine.true_wall()

    def _is_upstream_changed(self, ssid: Ssid) -> bool:
        return any(
            isinstance(fault, UpstreamChanged) and fault.ssid == ssid
            for fault in self._world.air.faults
        )

    def _some_ssid(self) -> Ssid:
        return OFFICE if self._town.second and happens(self._rng, 0.3) else HOME

    def _duration(self, kind: Kind) -> float:
        return seconds_between(self._rng, kind.least, kind.most)

    def _network_fault(self, name: str, ssid: Ssid) -> Fault:
        match name:
            case "network weak":
                return SignalDrop(ssid=ssid, signal=self._rng.randint(1, 14))
            case "internet gone":
                return UpstreamChanged(ssid=ssid, internet=Upstream.NO)
            case "no names":
                return UpstreamChanged(ssid=ssid, internet=Upstream.NO_NAMES)
            case "sign-in page":
                return UpstreamChanged(ssid=ssid, internet=Upstream.PORTAL)
            case "gateway dead":
                return UpstreamChanged(ssid=ssid, internet=Upstream.DEAD)
            case _:
                return Outage(ssid=ssid)


_RADIO_FAULTS: dict[str, Callable[[], Fault]] = {
    "radio unplugged": Unplugged,
    "radio blocked": Blocked,
    "radio unmanaged": Unmanaged,
    "supplicant gone": SupplicantGone,
}

KINDS = (
    Kind("network off", 40, 10, 10 * MINUTE, "network"),
    Kind("network off for hours", 2, 10 * MINUTE, 4 * HOUR, "network"),
    Kind("network off for days", 0.05, 4 * HOUR, 3 * DAY, "network"),
    Kind("network flapping", 3, 2, MINUTE, "network"),
    Kind("network weak", 4, MINUTE, 2 * HOUR, "signal"),
    Kind("password changed", 2, 10 * MINUTE, 4 * HOUR, "password"),
    Kind("password changed for days", 0.05, 4 * HOUR, 3 * DAY, "password"),
    Kind("no addresses", 5, 30, HOUR, "address"),
    Kind("gateway dead", 10, 10, HOUR, "gateway"),
    Kind("internet gone", 12, MINUTE, DAY, ""),
    Kind("no names", 2, MINUTE, 6 * HOUR, ""),
    Kind("sign-in page", 2, MINUTE, 6 * HOUR, ""),
    Kind("radio unplugged", 3, 5, 6 * HOUR, "radio"),
    Kind("radio blocked", 3, 5, 6 * HOUR, "radio"),
    Kind("radio unmanaged", 1, 5, HOUR, "radio"),
    Kind("supplicant gone", 2, 1, 10 * MINUTE, "radio"),
    Kind("NetworkManager restarted", 12, 0, 0, "radio"),
    Kind("process killed", 12, 0, 0, "start"),
    Kind("service restarted", 4, 0, 0, "start"),
    Kind("power cut", 10, 0, 0, "start"),
    Kind("clock jumped", 12, 1, 50 * YEAR, ""),
    Kind("disk full", 4, MINUTE, 2 * DAY, ""),
)
"""``least`` and ``most`` seconds; between them every order of magnitude is as likely."""

_HAPPENS: dict[str, Callable[[Weather, Kind], Coroutine[Any, Any, None]]] = {
    "network off": Weather.network,
    "network off for hours": Weather.network,
    "network off for days": Weather.network,
    "network flapping": Weather.flapping,
    "network weak": Weather.network,
    "password changed": Weather.password,
    "password changed for days": Weather.password,
    "no addresses": Weather.no_address,
    "gateway dead": Weather.network,
    "internet gone": Weather.network,
    "no names": Weather.network,
    "sign-in page": Weather.network,
    "radio unplugged": Weather.radio,
    "radio blocked": Weather.radio,
    "radio unmanaged": Weather.radio,
    "supplicant gone": Weather.radio,
    "NetworkManager restarted": Weather.manager,
    "process killed": Weather.killed,
    "service restarted": Weather.service,
    "power cut": Weather.power,
    "clock jumped": Weather.clock,
    "disk full": Weather.disk,
}


def _named(fault: Fault) -> str:
    ssid = getattr(fault, "ssid", None)
    extra = getattr(fault, "internet", None) or getattr(fault, "signal", None)
    words = (type(fault).__name__, ssid.text if ssid is not None else "", str(extra or ""))
    return " ".join(word for word in words if word)


async def _nobody_repairs(_ssid: Ssid) -> bool:
    return False
