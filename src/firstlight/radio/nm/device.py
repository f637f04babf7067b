"""``org.freedesktop.NetworkManager.Device`` and what hangs on it.

``.Device.Wireless``, ``.IP4Config``, ``.DHCP4Config`` and ``.Connection.Active``.
"""

from typing import Any

from dbus_fast import Variant

from firstlight.errors import InvalidInput
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Ipv4
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.codes import (
    ActiveState,
    ConnectivityState,
    DeviceState,
    DeviceType,
    StateReason,
    WifiMode,
)
from firstlight.radio.nm.mirror import NAME, Mirror

INTERFACE = f"{NAME}.Device"
WIRELESS = f"{NAME}.Device.Wireless"
ACTIVE = f"{NAME}.Connection.Active"
IP4 = f"{NAME}.IP4Config"
DHCP4 = f"{NAME}.DHCP4Config"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class Active:
    """A connection that is active, or on its way there or away."""

    def __init__(self, mirror: Mirror, path: str) -> None:
        self.path = path
        self._properties = mirror.properties(path, ACTIVE)

    @property
    def state(self) -> ActiveState:
        """``DEACTIVATED`` also when NetworkManager has forgotten it already."""
        return ActiveState(self._properties.get("State", ActiveState.DEACTIVATED))

    @property
    def flags(self) -> int:
        """NMActivationStateFlags, as ``ActivationFlags``."""
        return int(self._properties.get("StateFlags", 0))

    @property
    def uuid(self) -> str:
        """The profile's UUID; empty when there is none."""
        return str(self._properties.get("Uuid", ""))

    @property
    def name(self) -> str:
        """The profile's name."""
        return str(self._properties.get("Id", ""))

    @property
    def connection(self) -> str:
        """The profile's path."""
        return str(self._properties.get("Connection", "/"))


class WifiDevice:
    """One WiFi device; reads the mirror, so it is always up to date."""

    def __init__(self, bus: Bus, mirror: Mirror, path: str) -> None:
        self.path = path
        self._bus = bus
        self._mirror = mirror

    @property
    def interface(self) -> str:
        """The network interface's name."""
        return str(self._device.get("Interface", ""))

    @property
    def driver(self) -> str:
        """The kernel driver's name."""
        return str(self._device.get("Driver", ""))

    @property
    def mac(self) -> MacAddress | None:
        """The address now in use."""
        try:
            return MacAddress(str(self._device.get("HwAddress", "")))
        except InvalidInput:
            return None

    @property
    def permanent_mac(self) -> MacAddress | None:
        """The address of the hardware, where the driver tells it."""
        try:
            return MacAddress(str(self._wireless.get("PermHwAddress", "")))
        except InvalidInput:
            return None

    @property
    def state(self) -> DeviceState:
        """NMDeviceState."""
        return DeviceState(self._device.get("State", 0))

    @property
    def reason(self) -> StateReason:
        """Why the device is in its state."""
        return StateReason(self._device.get("StateReason", (0, 0))[1])

    @property
    def is_access_point(self) -> bool:
        """Whether the radio is in AP mode."""
        return WifiMode(self._wireless.get("Mode", 0)) is WifiMode.AP

    @property
    def access_points(self) -> list[str]:
        """Paths of what it hears."""
        return list(self._wireless.get("AccessPoints", []))

    @property
    def active_access_point(self) -> str:
        """The BSS it is joined to, or its own in AP mode; ``/`` for none."""
        return str(self._wireless.get("ActiveAccessPoint", "/"))

    @property
    def last_scan(self) -> int:
        """When the last scan ended, in ms of CLOCK_BOOTTIME; -1 for never."""
        return int(self._wireless.get("LastScan", -1))

    @property
    def active(self) -> Active:
        """What is active on it."""
        return Active(self._mirror, str(self._device.get("ActiveConnection", "/")))

    @property
    def ipv4(self) -> Ipv4 | None:
        """Its first address, once there is one."""
        config = self._mirror.properties(str(self._device.get("Ip4Config", "/")), IP4)
        addresses: list[dict[str, Any]] = config.get("AddressData", [])
        if not addresses:
            return None
        servers: list[dict[str, Any]] = config.get("NameserverData", [])
        return Ipv4(
            address=str(addresses[0]["address"]),
            prefix=int(addresses[0]["prefix"]),
            gateway=str(config.get("Gateway") or "") or None,
            name_servers=tuple(str(server["address"]) for server in servers),
        )

    @property
    def has_lease(self) -> bool:
        """Whether a DHCP server has given it an address, used or not."""
        config = self._mirror.properties(str(self._device.get("Dhcp4Config", "/")), DHCP4)
        return "ip_address" in config.get("Options", {})

    @property
    def ip4_connectivity(self) -> ConnectivityState:
        """What NetworkManager's check over this device found (since 1.16)."""
        return ConnectivityState(self._device.get("Ip4Connectivity", 0))

    async def keep_idle(self) -> None:
        """Have it managed, and never connected by NetworkManager itself."""
        for name, value in (("Autoconnect", False), ("Managed", True)):
            await self._bus.call(
                *(self._mirror.peer, self.path, _PROPERTIES, "Set", "ssv"),
                *(INTERFACE, name, Variant("b", value)),
            )

    async def reapply(self) -> None:
        """``Reapply`` with the profile as it is: addresses and routes are set up once more."""
        await self._bus.call(
            self._mirror.peer, self.path, INTERFACE, "Reapply", "a{sa{sv}}tu", {}, 0, 0
        )

    async def request_scan(self, options: dict[str, Any]) -> None:
        """``RequestScan``; returns when it was accepted, not when it is done."""
        await self._bus.call(
            self._mirror.peer, self.path, WIRELESS, "RequestScan", "a{sv}", options
        )

    @property
    def _device(self) -> dict[str, Any]:
        return self._mirror.properties(self.path, INTERFACE)

    @property
    def _wireless(self) -> dict[str, Any]:
        return self._mirror.properties(self.path, WIRELESS)


def wifi_devices(bus: Bus, mirror: Mirror) -> list[WifiDevice]:
    """Every WiFi device, by path, so in the order of their appearance."""
    return [
        WifiDevice(bus, mirror, path)
        for path in sorted(mirror.paths(INTERFACE), key=_number)
        if DeviceType(mirror.properties(path, INTERFACE).get("DeviceType", 0)) is DeviceType.WIFI
    ]


def _number(path: str) -> tuple[int, str]:
    last = path.rsplit("/", 1)[-1]
    return (int(last) if last.isdigit() else 0, path)
