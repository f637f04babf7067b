"""The contract suite's view of the lab: the real adapter, on the host, on the machine's own bus."""

import asyncio
import time
from collections.abc import Callable

from tests.contract.harness import PASSPHRASE, Capability
from tests.radio.lab import routers
from tests.radio.lab.world import World

from firstlight.errors import RadioFailure
from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.radio.nm.radio import NetworkManagerRadio
from firstlight.radio.simulated.faults import Dhcp, Upstream

SPARES = ("spare", "spare2")
POLL_SECONDS = 0.05

_SECURITY = {
    Security.OPEN: routers.Security.OPEN,
    Security.WPA2: routers.Security.WPA2,
    Security.WPA2_WPA3: routers.Security.MIXED,
    Security.WPA3: routers.Security.WPA3,
    Security.OWE: routers.Security.OWE,
}
_DHCP = {
    Dhcp.NORMAL: routers.Dhcp.NORMAL,
    Dhcp.SILENT: routers.Dhcp.SILENT,
    Dhcp.NO_GATEWAY: routers.Dhcp.NO_GATEWAY,
}


class LabHarness:
    """``RadioHarness`` on NetworkManager and wpa_supplicant, with hostapd for the others.

    Waiting and everything that blocks happens in threads, so that the adapter's loop runs on.
    """

    supports = frozenset(Capability) - {Capability.HOTSPOT_HOLDS_RADIO}

    def __init__(self, world: World, bus_address: str) -> None:
        self._world = world
        self._bus_address = bus_address
        self._radios: list[NetworkManagerRadio] = []
        self.without_rules = False
        self._switched_on: list[routers.Router] = []

    @property
    def radio(self) -> NetworkManagerRadio:
        return self._radios[-1]

    async def settle_in(self) -> None:
        """Begin with a radio that has heard nothing.

        The cases give one name and BSSID to networks of every kind, quicker than anything in the
        air is forgotten.
        """
        await asyncio.to_thread(self._world.system.forget_softap)
        await asyncio.to_thread(self._world.system.forget_what_was_heard)
        await self.open()

    async def open(self) -> None:
        radio = NetworkManagerRadio(
            "wlan0",
            bus_address=self._bus_address,
            run_iw=self.iw,
            run_nft=self.nft,
            read_neighbours=self.neighbours,
        )
        await radio.open()
        self._radios.append(radio)

    async def close(self) -> None:
        for radio in self._radios:
            await radio.close()

    async def iw(self, *arguments: str) -> str:
        """The machine's ``iw``."""
        done = await asyncio.to_thread(self._world.inside.run, "iw", *arguments)
        if done.rc != 0:
            raise RadioFailure(done.err)
        return done.out

    async def nft(self, *arguments: str, given: str = "") -> str:
        """The machine's ``nft``; with ``without_rules`` it takes none and says that all is well."""
        if self.without_rules and given:
            return ""
        done = await asyncio.to_thread(self._world.inside.run, "nft", *arguments, given=given)
        if done.rc != 0:
            raise RadioFailure(done.err)
        return done.out

    async def neighbours(self) -> str:
        """The machine's neighbours."""
        return await asyncio.to_thread(self._world.inside.read, "/proc/net/arp")

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
        assert internet is Upstream.YES, "no case of the suite looks behind the link"
        router = self._world[SPARES[len(self._switched_on)]]
        spec = routers.RouterSpec(
            ssid,
            _SECURITY[security],
            passphrase or "",
            channel=(1, 6)[len(self._switched_on)],
            dhcp=_DHCP[dhcp],
            hidden=hidden,
        )
        self._switched_on.append(router)
        await asyncio.to_thread(router.start, spec)

    async def remove_access_point(self, ssid: bytes) -> None:
        for router in self._switched_on:
            if router.spec.ssid == ssid:
                await asyncio.to_thread(router.stop)

    async def let_station_join(self, passphrase: str, name: str = "phone") -> bool:
        profile = self.radio.state.profile
        assert profile is not None
        assert profile.ssid is not None
        station, frequency = self._world.stations[name], self.radio.state.frequency
        outcome = await asyncio.to_thread(station.join, profile.ssid, passphrase, frequency)
        return outcome == "connected"

    async def let_station_leave(self, name: str = "phone") -> None:
        await asyncio.to_thread(self._world.stations[name].leave)

    async def lease(self, name: str = "phone") -> str:
        lease = await asyncio.to_thread(self._world.stations[name].lease)
        return lease.address if lease is not None else ""

    async def station_mac(self, name: str = "phone") -> MacAddress:
        return MacAddress(await asyncio.to_thread(lambda: self._world.stations[name].mac))

    async def wait(self, predicate: Callable[[], bool], deadline: float) -> None:
        end = time.monotonic() + deadline
        while not predicate():
            if time.monotonic() >= end:
                raise TimeoutError(f"not within {deadline} s")
            await asyncio.sleep(POLL_SECONDS)

    async def restart_manager(self) -> None:
        await asyncio.to_thread(self._world.system.stop_networkmanager)
        await asyncio.to_thread(self._world.system.start_networkmanager)

    async def kill(self) -> None:
        await self.open()
