"""The simulated radio in an empty world, on a clock that runs as fast as it can."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from tests.contract.harness import PASSPHRASE, Capability

from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.description import AccessPointTable, Description, RadioTable
from firstlight.radio.simulated.faults import Dhcp, Upstream
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.world import World

STATIONS = {
    "phone": MacAddress("02:f0:00:00:00:07"),
    "tablet": MacAddress("02:f0:00:00:00:08"),
}


class SimulatedHarness:
    """``RadioHarness`` on a ``World``."""

    supports = frozenset(Capability)

    def __init__(self, world: World, clock: VirtualClock) -> None:
        self._world = world
        self._clock = clock
        self.radio = SimulatedRadio(world, clock)

    async def add_access_point(
        self,
        ssid: bytes,
        *,
        security: Security = Security.WPA2,
        passphrase: str | None = PASSPHRASE,
        dhcp: Dhcp = Dhcp.NORMAL,
        internet: Upstream = Upstream.YES,
        hidden: bool = False,
    ) -> None:
        table = AccessPointTable(
            ssid=Ssid(ssid),
            security=security,
            passphrase=Passphrase(passphrase) if passphrase and security.takes_passphrase else None,
            dhcp=dhcp,
            internet=internet,
            hidden=hidden,
        )
        self._world.add_access_point(table)

    async def remove_access_point(self, ssid: bytes) -> None:
        self._world.remove_access_point(Ssid(ssid))

    async def let_station_join(self, passphrase: str, name: str = "phone") -> bool:
        return self._world.let_station_join(STATIONS[name], Passphrase(passphrase))

    async def let_station_leave(self, name: str = "phone") -> None:
        self._world.let_station_leave(STATIONS[name])

    async def lease(self, name: str = "phone") -> str:
        return self._world.softap.lease(STATIONS[name]) or ""

    async def station_mac(self, name: str = "phone") -> MacAddress:
        return STATIONS[name]

    async def wait(self, predicate: Callable[[], bool], deadline: float) -> None:
        end = self._clock.monotonic() + deadline
        while not predicate():
            if self._clock.monotonic() >= end:
                raise TimeoutError(f"not within {deadline} s")
            await self._clock.sleep(0.05)

    async def restart_manager(self) -> None:
        self._world.restart_manager()

    async def kill(self) -> None:
        self.radio = SimulatedRadio(self._world, self._clock)
        await self.radio.open()


@asynccontextmanager
async def harness() -> AsyncGenerator[SimulatedHarness]:
    clock = VirtualClock()
    opened = SimulatedHarness(World(Description(radio=RadioTable(join_while_hotspot=True))), clock)
    time = asyncio.create_task(clock.flow(), name="time")
    try:
        await opened.radio.open()
        yield opened
    finally:
        await opened.radio.close()
        time.cancel()
        with suppress(asyncio.CancelledError):
            await time
