"""``fi.w1.wpa_supplicant1`` and ``.Interface``: what NetworkManager doesn't tell or can't set.

wpa_supplicant's D-Bus interface documentation (doc/dbus.doxygen). It listens to root and, on
Debian, to the group netdev; without access everything here is quietly absent, and NetworkManager's
view must do.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dbus_fast import Message, Variant

from firstlight.errors import (
    Busy,
    Code,
    FirstlightError,
    InvalidInput,
    NotFound,
    NotPermitted,
    RadioUnavailable,
)
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.bus import Bus, Peer

log = logging.getLogger(__name__)

NAME = "fi.w1.wpa_supplicant1"
INTERFACE = f"{NAME}.Interface"
STATION = f"{NAME}.Station"
BSS = f"{NAME}.BSS"

_PATH = "/fi/w1/wpa_supplicant1"
_INTERFACES = f"path_namespace='{_PATH}/Interfaces'"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_MOST_STATIONS = "MaxNumSta"
_ABORT_SECONDS = 3.0
_TRIES = 2
_LOOK_UP_SECONDS = 5.0

_LOST = {
    "interface_disabled": True,
    "disconnected": True,
    "inactive": True,
    "scanning": True,
    "completed": False,
}
"""Other states leave it as it was: a station that roams passes through them, too."""

OnLink = Callable[[dict[str, Any]], None]
OnStation = Callable[[MacAddress, bool], None]


class Heard(NamedTuple):
    """A BSS in wpa_supplicant's list; ``frequency`` in MHz."""

    bssid: MacAddress
    ssid: bytes
    frequency: int


class Supplicant:
    """wpa_supplicant's side of one radio. ``on_link`` gets changed properties as they come."""

    def __init__(self, bus: Bus, on_link: OnLink, on_station: OnStation) -> None:
        self._bus = bus
        self._on_link = on_link
        self._on_station = on_station
        self._interface = ""
        self._path = ""
        self._scanning = False
        self._scan_done = asyncio.Event()
        self._succeeded = True
        self.lost = False
        """Whether the link was lost and not found again; NetworkManager waits before it says so."""
        self._finding: asyncio.Task[None] | None = None
        self.peer = Peer(
            NAME,
            (
                f"interface='{NAME}',member='InterfaceAdded'",
                f"interface='{NAME}',member='InterfaceRemoved'",
                f"interface='{_PROPERTIES}',member='PropertiesChanged',arg0='{INTERFACE}'",
                *(
                    f"{_INTERFACES},interface='{INTERFACE}',member='{member}'"
                    for member in ("ScanDone", "StaAuthorized", "StaDeauthorized")
                ),
            ),
            self._received,
            lambda _owner: self._find(),
        )
        bus.add_peer(self.peer)

    @property
    def usable(self) -> bool:
        """Whether it answers for our radio."""
        return bool(self._path)

    def follow(self, interface: str) -> None:
        """Say which network interface is ours."""
        if interface != self._interface:
            self._interface = interface
            self._find()

    async def looked_up(self) -> None:
        """Return once it is known whether it answers for our radio, or after a few seconds."""
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                while self._finding is not None and not self._finding.done():
                    await asyncio.wait([self._finding])
        except TimeoutError:
            log.warning("wpa_supplicant does not answer; NetworkManager's view must do")

    async def close(self) -> None:
        """Stop looking."""
        if self._finding is not None:
            self._finding.cancel()
            await asyncio.gather(self._finding, return_exceptions=True)

    async def scan(self, ssids: Sequence[Ssid], frequencies: Sequence[int], seconds: float) -> None:
        """Scan and wait for its end.

        A full scan that is under way serves a plain wish too; it is called off for a directed one,
        which takes a tenth of a second instead of several. Raises ``Busy`` when the radio refuses.
        """
        async with asyncio.timeout(seconds):
            if self._scanning:
                if not ssids and not frequencies:
                    await self._wait_for_scan()
                    return
                await self._abort()
            for _ in range(_TRIES):
                await self._start_scan(ssids, frequencies)
                await self._wait_for_scan()
                if self._succeeded:
                    return
            raise Busy("The radio broke off the scan.", retry_after=5)

    async def heard(self, seconds: float) -> tuple[Heard, ...]:
        """What was heard in the last ``seconds`` and has a name."""
        paths: list[str] = await self._call(_PROPERTIES, "Get", "ss", INTERFACE, "BSSs")
        found = await asyncio.gather(*(self._bss(path) for path in paths))
        return tuple(
            Heard(
                bssid=MacAddress.from_bytes(bytes(one["BSSID"])),
                ssid=bytes(one["SSID"]),
                frequency=int(one["Frequency"]),
            )
            for one in found
            if one is not None and one.get("Age", 0) <= seconds and any(one["SSID"])
        )

    async def _bss(self, path: str) -> dict[str, Any] | None:
        try:
            return await self._bus.get_all(self.peer, path, BSS)
        except NotFound:  # forgotten meanwhile
            return None

    async def set_country(self, country: str) -> None:
        """Set the regulatory domain (ISO 3166-1 alpha-2)."""
        value = Variant("s", country)
        await self._call(_PROPERTIES, "Set", "ssv", INTERFACE, "Country", value)

    async def limit_stations(self, most: str) -> str:
        """Let at most so many stations on an access point that goes up later; what it was before.

        ``MaxNumSta`` is a number as text, as all of wpa_supplicant's own settings are.
        """
        before = await self.most_stations()
        value = Variant("s", most)
        await self._call(_PROPERTIES, "Set", "ssv", INTERFACE, _MOST_STATIONS, value)
        return before

    async def most_stations(self) -> str:
        """What ``limit_stations`` has set, or wpa_supplicant's default."""
        return str(await self._call(_PROPERTIES, "Get", "ss", INTERFACE, _MOST_STATIONS))

    async def stations(self) -> tuple[MacAddress, ...]:
        """Who has joined our hotspot."""
        if not self.usable:
            return ()
        paths: list[str] = await self._call(_PROPERTIES, "Get", "ss", INTERFACE, "Stations")
        found: list[MacAddress] = []
        for path in paths:
            try:
                properties = await self._bus.get_all(self.peer, path, STATION)
            except NotFound:  # left meanwhile
                continue
            found.append(MacAddress.from_bytes(bytes(properties["Address"])))
        return tuple(found)

    async def _start_scan(self, ssids: Sequence[Ssid], frequencies: Sequence[int]) -> None:
        arguments: dict[str, Variant] = {
            "Type": Variant("s", "active"),
            "AllowRoam": Variant("b", False),
        }
        if ssids:
            arguments["SSIDs"] = Variant("aay", [b"", *(bytes(ssid) for ssid in ssids)])
        if frequencies:
            arguments["Channels"] = Variant("a(uu)", [(mhz, 20) for mhz in frequencies])
        self._scan_done.clear()
        try:
            await self._call(INTERFACE, "Scan", "a{sv}", arguments)
        except Busy:
            # If another scan began in between, it serves a plain wish, and its end makes room for a
            # directed one. The property's signal may still be on its way, so ask.
            if await self._call(_PROPERTIES, "Get", "ss", INTERFACE, "Scanning"):
                await self._wait_for_scan()
                if not ssids and not frequencies:
                    return
            self._scan_done.clear()
            await self._call(INTERFACE, "Scan", "a{sv}", arguments)

    async def _abort(self) -> None:
        try:
            await self._call(INTERFACE, "AbortScan")
            async with asyncio.timeout(_ABORT_SECONDS):
                await self._wait_for_scan()
        except (FirstlightError, TimeoutError) as error:
            log.debug("the scan under way could not be called off: %r", error)

    async def _wait_for_scan(self) -> None:
        await self._scan_done.wait()
        if not self._path:
            raise _gone()

    async def _call(self, interface: str, member: str, signature: str = "", *args: object) -> Any:
        if not self._path:
            raise _gone()
        return await self._bus.call(self.peer, self._path, interface, member, signature, *args)

    def _find(self) -> None:
        self._path = ""
        self._scanning = self.lost = False
        self._scan_done.set()
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        if self._interface and self.peer.owner:
            self._finding = asyncio.create_task(self._look_up(), name="supplicant-interface")

    async def _look_up(self) -> None:
        try:
            path = await self._bus.call(
                self.peer, _PATH, NAME, "GetInterface", "s", self._interface
            )
            properties = await self._bus.get_all(self.peer, str(path), INTERFACE)
        except NotPermitted:
            log.info("wpa_supplicant does not listen to this user; NetworkManager's view must do")
            return
        except FirstlightError as error:
            log.debug("wpa_supplicant has no interface %s yet: %s", self._interface, error)
            return
        self._path = str(path)
        self._take(properties)

    def _received(self, message: Message, body: list[Any]) -> None:
        member = str(message.member)
        if member == "InterfaceRemoved":
            if body[0] == self._path:
                self._find()
        elif member == "InterfaceAdded":
            if body[1].get("Ifname", self._interface) == self._interface:
                self._find()
        elif str(message.path) == self._path:
            self._dispatch(member, body)

    def _dispatch(self, member: str, body: list[Any]) -> None:
        match member:
            case "ScanDone":
                self._scanning = False
                self._succeeded = bool(body[0])
                self._scan_done.set()
            case "PropertiesChanged":
                self._take(body[1])
                self._on_link(body[1])
            case _:
                self._tell_station(str(body[0]), joined=member == "StaAuthorized")

    def _take(self, properties: dict[str, Any]) -> None:
        self.lost = _LOST.get(properties.get("State", ""), self.lost)
        if "Scanning" in properties:
            self._scanning = bool(properties["Scanning"])
            if self._scanning:
                self._scan_done.clear()

    def _tell_station(self, text: str, *, joined: bool) -> None:
        try:
            self._on_station(MacAddress(text), joined)
        except InvalidInput as error:
            log.warning("wpa_supplicant names a station strangely: %s", error)


def _gone() -> RadioUnavailable:
    return RadioUnavailable(
        "wpa_supplicant let go of the radio.",
        code=Code.RADIO_FAILURE,
        hint="Try again; if it stays so, look at its log: journalctl -u wpa_supplicant.",
    )
