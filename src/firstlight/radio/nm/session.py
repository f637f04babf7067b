"""One radio's view of NetworkManager: mirror, supplicant, profiles, and what they amount to."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from firstlight.errors import (
    Code,
    FirstlightError,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
)
from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Abilities, Availability, Connectivity, Link, RadioState
from firstlight.radio.nm import access_point
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.codes import ConnectivityState, DeviceState, StateReason
from firstlight.radio.nm.device import INTERFACE as DEVICE
from firstlight.radio.nm.device import WifiDevice, wifi_devices
from firstlight.radio.nm.manager import NEEDED_PERMISSIONS, Manager
from firstlight.radio.nm.mirror import Mirror
from firstlight.radio.nm.profiles import read_profile, softap_uuid
from firstlight.radio.nm.settings import CONNECTION, Connections, Plain
from firstlight.radio.nm.supplicant import Supplicant

log = logging.getLogger(__name__)

SETTLE_SECONDS = 10.0
AGAIN_SECONDS = 10.0
COMPANION = "fl-home"
SOFTAP = "fl-softap"
SECOND = frozenset({COMPANION, SOFTAP})
"""Second interfaces on our radio, while there are any; never the radio itself."""

_PROBLEMS: dict[Availability, tuple[Code, str, str]] = {
    Availability.NO_NETWORK_MANAGER: (
        Code.NO_NETWORK_MANAGER,
        "NetworkManager is not running.",
        "Start it (systemctl start NetworkManager), or install the network-manager package.",
    ),
    Availability.NO_WIFI_DEVICE: (
        Code.NO_WIFI_DEVICE,
        "This machine has no WiFi device that NetworkManager can see.",
        "Plug one in, or load its driver; firstlight doctor says what the system sees.",
    ),
    Availability.UNKNOWN_INTERFACE: (
        Code.UNKNOWN_INTERFACE,
        "There is no WiFi device {interface}; WiFi devices here: {others}.",
        "Correct the interface in the configuration, or leave it out to take the first.",
    ),
    Availability.UNMANAGED: (
        Code.UNMANAGED,
        "NetworkManager does not manage {interface}.",
        "Let it: nmcli device set {interface} managed yes; see unmanaged-devices in its settings.",
    ),
    Availability.BLOCKED: (
        Code.RADIO_BLOCKED,
        "The WiFi radio is switched off.",
        "Switch it on: rfkill unblock wifi, or the switch on the case.",
    ),
    Availability.SUPPLICANT_GONE: (
        Code.RADIO_FAILURE,
        "wpa_supplicant is not running, so {interface} can't be used.",
        "Start it (systemctl start wpa_supplicant), or install the wpasupplicant package.",
    ),
}

_ADDRESSED = frozenset({Link.CONNECTED, Link.HOTSPOT, Link.SOFTAP})
_OVER = frozenset({DeviceState.FAILED, DeviceState.DISCONNECTED})
_UNKNOWN = Connectivity.UNKNOWN
_CONNECTIVITY = {
    ConnectivityState.NONE: Connectivity.NONE,
    ConnectivityState.PORTAL: Connectivity.PORTAL,
    ConnectivityState.LIMITED: Connectivity.LIMITED,
    ConnectivityState.FULL: Connectivity.FULL,
}

_RIGHTS, _SAVED = "what this user may do", "which networks are saved"

OnDeviceState = Callable[[DeviceState, StateReason], None]


class Session:
    """What the parts of the adapter share. ``on_update`` is called after anything has changed."""

    def __init__(
        self,
        interface: str,
        *,
        on_update: Callable[[], None],
        on_device_state: OnDeviceState,
        on_link: Callable[[dict[str, Any]], None],
        on_station: Callable[[MacAddress, bool], None],
        bus_address: str | None = None,
    ) -> None:
        self.wanted_interface = interface
        self.bus = Bus(bus_address)
        self.mirror = Mirror(self.bus, self._changed, self._signalled)
        self.supplicant = Supplicant(self.bus, on_link, on_station)
        self.manager = Manager(self.bus, self.mirror)
        self.connections = Connections(self.bus, self.mirror)
        self.abilities = Abilities()
        self.on_second_state: dict[str, OnDeviceState] = {}
        self._on_update = on_update
        self._on_device_state = on_device_state
        self._told = DeviceState.UNKNOWN
        self._missing: tuple[str, ...] = ()
        self._settings: dict[str, Plain] = {}
        self._read_paths: set[str] = set()
        self._stale, self._known = True, False
        self._reading: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._complained: set[str] = set()

    async def open(self) -> None:
        """Connect and take the first snapshot, as far as there is anything to see."""
        await self.bus.open()
        mirror = self.mirror
        await mirror.until(lambda: mirror.ready or mirror.refused or not mirror.peer.owner, 5)
        await self.refreshed()
        await self.supplicant.looked_up()

    async def close(self) -> None:
        """Let go of the bus."""
        self.bus.mute()
        if self._again is not None:
            self._again.cancel()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self.supplicant.close()
        await self.mirror.close()
        await self.bus.close()

    @property
    def device(self) -> WifiDevice | None:
        """Our radio, if it is there."""
        devices = self._radios()
        if self.wanted_interface:
            devices = [one for one in devices if one.interface == self.wanted_interface]
        return devices[0] if devices else None

    def second(self, name: str) -> WifiDevice | None:
        """The device of the second interface of that name, if it is there."""
        found = wifi_devices(self.bus, self.mirror)
        return next((one for one in found if one.interface == name), None)

    def usable_device(self) -> WifiDevice:
        """Our radio, ready for work. Raises ``RadioUnavailable`` or ``NotPermitted``."""
        availability, device = self._availability(), self.device
        if availability is Availability.NOT_PERMITTED:
            needed = self._missing or NEEDED_PERMISSIONS
            missing = ", ".join(name.rsplit(".", 1)[-1] for name in needed)
            raise NotPermitted(
                f"NetworkManager does not let this user change the network (missing: {missing}).",
                hint="Run Firstlight as root, or install its polkit rule for the user it runs as.",
            )
        if availability is not Availability.READY or device is None:
            raise self._problem(availability, device)
        return device

    def state(self) -> RadioState:
        """The present view."""
        device, availability = self.device, self._availability()
        if device is None:
            return RadioState(availability=availability, interface=self.wanted_interface)
        link = self._link(device)
        bss = self.mirror.properties(device.active_access_point, access_point.INTERFACE)
        joined = access_point.access_point(bss) if link is not Link.DOWN else None
        return RadioState(
            availability=availability,
            interface=device.interface,
            mac=device.mac,
            permanent_mac=device.permanent_mac,
            driver=device.driver,
            link=link,
            profile=self._active_profile(device) if link is not Link.DOWN else None,
            bssid=joined.bssid if joined else None,
            frequency=joined.frequency if joined else None,
            ipv4=device.ipv4 if link in _ADDRESSED else None,
            connectivity=self._connectivity(device) if link is Link.CONNECTED else _UNKNOWN,
            abilities=self.abilities,
            lost=link is Link.CONNECTED and self.supplicant.lost,
        )

    def heard(self) -> tuple[AccessPoint, ...]:
        """What NetworkManager has in its list now, our own hotspot left out."""
        device = self.device
        if device is None:
            return ()
        own = device.active_access_point if device.is_access_point else None
        found = (
            access_point.access_point(self.mirror.properties(path, access_point.INTERFACE))
            for path in device.access_points
            if path != own
        )
        return tuple(seen for seen in found if seen is not None)

    async def settings(self) -> dict[str, Plain]:
        """Every profile's settings by path, as they were read last.

        Raises ``FirstlightError`` where they could not be, since NetworkManager came: that nothing
        is saved would be another thing to say.
        """
        await self.refreshed()
        if not self.mirror.ready:
            self.usable_device()  # which says why there is none
        if not self._known:
            raise RadioFailure(
                "NetworkManager does not tell which networks are saved.",
                hint="journalctl -u NetworkManager may say why; it is asked again.",
            )
        return self._settings

    async def path_of(self, uuid: str) -> str | None:
        """The path of the profile with that UUID."""
        settings = await self.settings()
        return next(
            (path for path, one in settings.items() if one["connection"].get("uuid") == uuid), None
        )

    async def refreshed(self) -> None:
        """Return once the profiles are read as they are now. Raises nothing: stale stays stale."""
        while self.mirror.ready:
            if self._reading is None or self._reading.done():
                if not self._stale:
                    return
                self._reading = asyncio.create_task(self._read_settings(), name="profiles")
            await asyncio.wait([self._reading])

    def profile(self, path: str, settings: Plain) -> Profile | None:
        """The WiFi profile at ``path``."""
        device = self.device
        # A failure is told before the device lets go of what failed.
        active = device is not None and device.active.connection == path and self._told not in _OVER
        return read_profile(settings, self.connections.flags(path), active=active)

    def _availability(self) -> Availability:
        if not self.mirror.ready:
            refused = self.mirror.refused
            return Availability.NOT_PERMITTED if refused else Availability.NO_NETWORK_MANAGER
        device = self.device
        if device is None:
            some = self._radios()
            return Availability.UNKNOWN_INTERFACE if some else Availability.NO_WIFI_DEVICE
        manager = self.manager.properties
        if not manager.get("WirelessEnabled", True) or not manager.get(
            "WirelessHardwareEnabled", True
        ):
            return Availability.BLOCKED
        if self._missing:
            return Availability.NOT_PERMITTED
        return {
            DeviceState.UNMANAGED: Availability.UNMANAGED,
            DeviceState.UNAVAILABLE: Availability.SUPPLICANT_GONE,
        }.get(device.state, Availability.READY)

    def _problem(self, availability: Availability, device: WifiDevice | None) -> RadioUnavailable:
        code, message, hint = _PROBLEMS[availability]
        interface = device.interface if device else self.wanted_interface
        others = ", ".join(one.interface for one in self._radios())
        return RadioUnavailable(
            message.format(interface=interface, others=others or "none"),
            code=code,
            hint=hint.format(interface=interface),
        )

    def _radios(self) -> list[WifiDevice]:
        found = wifi_devices(self.bus, self.mirror)
        return [one for one in found if one.interface not in SECOND]

    def _link(self, device: WifiDevice) -> Link:
        state = device.state
        if not DeviceState.PREPARE <= state <= DeviceState.ACTIVATED:
            return Link.DOWN
        if device.active.uuid == softap_uuid(device.interface):
            return Link.SOFTAP
        if state is DeviceState.ACTIVATED:
            return Link.HOTSPOT if device.is_access_point else Link.CONNECTED
        profile = self._active_profile(device)
        starting = profile is not None and profile.kind is ProfileKind.HOTSPOT
        return Link.HOTSPOT_STARTING if starting else Link.JOINING

    def _connectivity(self, device: WifiDevice) -> Connectivity:
        if not self.manager.checks_connectivity:
            return _UNKNOWN
        return _CONNECTIVITY.get(device.ip4_connectivity, _UNKNOWN)

    def _active_profile(self, device: WifiDevice) -> Profile | None:
        path = device.active.connection
        settings = self._settings.get(path)
        if settings is None:
            return None
        return read_profile(settings, self.connections.flags(path), active=True)

    def _changed(self) -> None:
        if not self.mirror.ready:
            self._settings, self._stale, self._known, self._missing = {}, True, False, ()
            self._told = DeviceState.UNKNOWN
        elif set(self.connections.paths()) != self._read_paths:
            self._stale = True
        if self._stale and self.mirror.ready and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_settings(), name="profiles")
        device = self.device
        if device is not None:
            self.supplicant.follow(device.interface)
        self._on_update()

    async def _read_settings(self) -> None:
        while self._stale and self.mirror.ready:
            self._stale = False
            self._read_paths = set(self.connections.paths())
            try:
                self._missing = await self.manager.missing_permissions()
            except FirstlightError as error:
                self._not_told(_RIGHTS, error)
                if isinstance(error, NotPermitted):
                    self._missing = NEEDED_PERMISSIONS
            else:
                self._complained.discard(_RIGHTS)
            try:
                self._settings, self._known = await self.connections.all(), True
            except FirstlightError as error:
                self._not_told(_SAVED, error)
            else:
                self._complained.discard(_SAVED)
        self.mirror.changed()

    def _not_told(self, what: str, error: FirstlightError) -> None:
        """What was known before stays, and is asked for again, but to whom nobody listens."""
        level = logging.DEBUG if what in self._complained else logging.WARNING
        log.log(level, "NetworkManager does not tell %s: %s", what, error)
        self._complained.add(what)
        if self._again is not None:
            self._again.cancel()
        if not isinstance(error, NotPermitted):
            loop = asyncio.get_running_loop()
            self._again = loop.call_later(AGAIN_SECONDS, self._ask_again)

    def _ask_again(self) -> None:
        self._stale = True
        self.mirror.changed()

    def _signalled(self, path: str, interface: str, member: str, body: list[Any]) -> None:
        if interface == CONNECTION or member == "CheckPermissions":
            self._stale = True
        elif interface == DEVICE:
            self._device_state(path, DeviceState(body[0]), StateReason(body[2]))

    def _device_state(self, path: str, new: DeviceState, reason: StateReason) -> None:
        if self.device is not None and path == self.device.path:
            self._told = new
            self._on_device_state(new, reason)
            return
        for name, told in self.on_second_state.items():
            device = self.second(name)
            if device is not None and path == device.path:
                told(new, reason)
