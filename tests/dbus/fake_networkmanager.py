"""As much of NetworkManager as Firstlight talks to, moved by hand.

Interfaces and types: NetworkManager's D-Bus reference (1.42). It does nothing by itself: a test
walks its device through the states that the real one was seen to pass, or sets ``on_activation``.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from dbus_fast import Variant
from dbus_fast.unpack import unpack_variants
from tests.dbus.fake_service import Answer, FakeService, Refused
from tests.dbus.nm_interfaces import (
    ACCESS_POINT,
    ACTIVE,
    AGENTS,
    AP_MODE,
    CHECKPOINT,
    CONNECTION,
    DEVICE,
    DHCP4,
    INFRASTRUCTURE,
    INVALID_ARGUMENTS,
    IP4,
    MANAGER,
    NAME,
    NOTHING,
    PERMISSIONS,
    ROOT,
    SECRETS_FETCHED,
    SECURITY,
    SETTINGS,
    TYPES,
    WIFI,
    WIRELESS,
)

from firstlight.radio.nm.codes import ActiveState, ConnectionFlags, DeviceState, StateReason

Stored = dict[str, dict[str, Variant]]


class FakeNetworkManager(FakeService):
    """``profiles``: settings by path, as they are stored, secrets included."""

    def __init__(self) -> None:
        super().__init__(NAME, ROOT, TYPES)
        self.profiles: dict[str, Stored] = {}
        self.permissions = dict.fromkeys(PERMISSIONS, "yes")
        self.on_activation: Callable[[str], None] | None = None
        self._before: dict[str, str] = {}
        self.objects[MANAGER] = {
            NAME: self.typed(
                NAME,
                {"WirelessEnabled": True, "WirelessHardwareEnabled": True, "Version": "1.42.4"},
            )
        }
        self.objects[SETTINGS] = {f"{NAME}.Settings": {}}
        self.objects[AGENTS] = {f"{NAME}.AgentManager": {}}
        for member, function in {
            "GetPermissions": lambda _: ("a{ss}", [self.permissions]),
            "ActivateConnection": self._activate,
            "AddAndActivateConnection2": self.add_and_activate,
            "DeactivateConnection": self._deactivate,
            "CheckpointCreate": self.create_checkpoint,
            "CheckpointRollback": self._roll_back,
            "CheckpointDestroy": self._destroy_checkpoint,
            "AddConnection2": self._add_connection,
            "Update2": self._update,
            "Delete": self.delete,
            "GetSettings": self.get_settings,
            "GetSecrets": self._get_secrets,
            "RequestScan": lambda *_: ("", []),
            "Reapply": lambda *_: ("", []),
            "Register": lambda *_: ("", []),
            "Unregister": lambda *_: ("", []),
        }.items():
            self.method(member, function)

    # Things that appear and vanish.

    def add_device(
        self,
        interface: str = "wlan0",
        *,
        kind: int = 2,
        state: int = DeviceState.DISCONNECTED,
        mac: str = "02:00:00:00:00:01",
    ) -> str:
        path = f"{MANAGER}/Devices/{self.number()}"
        device = {
            "Interface": interface,
            "Driver": "mac80211_hwsim",
            "HwAddress": mac,
            "DeviceType": kind,
            "State": state,
            "StateReason": (state, 0),
            "ActiveConnection": NOTHING,
            "Ip4Config": NOTHING,
            "Dhcp4Config": NOTHING,
            "Ip4Connectivity": 0,
            "Autoconnect": True,
            "Managed": True,
        }
        wireless = {
            "Mode": INFRASTRUCTURE,
            "AccessPoints": [],
            "ActiveAccessPoint": NOTHING,
            "LastScan": -1,
            "PermHwAddress": mac,
        }
        self.add(path, {DEVICE: device} | ({WIRELESS: wireless} if kind == 2 else {}))
        return path

    def add_access_point(
        self, device: str, ssid: bytes = b"net", *, bssid: str = "", rsn: int = 0x188
    ) -> str:
        number = self.number()
        path = f"{MANAGER}/AccessPoint/{number}"
        values = {
            "Ssid": ssid,
            "HwAddress": bssid or f"02:AA:00:00:00:{number:02X}",
            "Frequency": 2412,
            "Strength": 70,
            "Flags": 1 if rsn else 0,
            "WpaFlags": 0,
            "RsnFlags": rsn,
            "LastSeen": 100,
        }
        self.add(path, {ACCESS_POINT: values})
        self.set(device, WIRELESS, AccessPoints=[*self.get(device, WIRELESS, "AccessPoints"), path])
        return path

    def add_profile(
        self,
        ssid: bytes = b"net",
        *,
        uuid: str = "",
        name: str = "",
        mode: str = "infrastructure",
        psk: str = "",
        interface: str = "",
        flags: int = 0,
        user: dict[str, str] | None = None,
        management: str = "wpa-psk",
    ) -> str:
        number = self.number()
        connection = {
            "id": Variant("s", name or ssid.decode(errors="replace")),
            "uuid": Variant("s", uuid or f"00000000-0000-4000-8000-{number:012}"),
            "type": Variant("s", WIFI),
        }
        if interface:
            connection["interface-name"] = Variant("s", interface)
        stored: Stored = {
            "connection": connection,
            WIFI: {"ssid": Variant("ay", ssid), "mode": Variant("s", mode)},
        }
        if psk:
            stored[SECURITY] = {"key-mgmt": Variant("s", management), "psk": Variant("s", psk)}
        if user:
            stored["user"] = {"data": Variant("a{ss}", user)}
        return self.store(stored, flags)

    def store(self, settings: Stored, flags: int = 0) -> str:
        path = f"{SETTINGS}/{self.number()}"
        self.profiles[path] = settings
        self.add(path, {CONNECTION: {"Flags": flags}})
        return path

    def uuid_of(self, path: str) -> str:
        return str(self.profiles[path]["connection"]["uuid"].value)

    def path_of(self, uuid: str) -> str:
        return next(path for path in self.profiles if self.uuid_of(path) == uuid)

    def device_of(self, interface: str) -> str:
        return next(
            path
            for path, has in self.objects.items()
            if DEVICE in has and self.get(path, DEVICE, "Interface") == interface
        )

    def scanned(self, device: str) -> None:
        """A scan has ended."""
        self.set(device, WIRELESS, LastScan=self.get(device, WIRELESS, "LastScan") + 1000)

    # What happens to a device.

    def state(self, device: str, new: int, reason: int = StateReason.NONE) -> None:
        """Move a device on. What was active is taken off the bus after the change is told."""
        old = self.get(device, DEVICE, "State")
        active = self.get(device, DEVICE, "ActiveConnection")
        over = new <= DeviceState.DISCONNECTED or new == DeviceState.FAILED
        if over and active != NOTHING:
            self.set(active, ACTIVE, State=ActiveState.DEACTIVATED)
        self.set(device, DEVICE, State=new, StateReason=(new, reason))
        self.signal(device, DEVICE, "StateChanged", "uuu", new, old, reason)
        if over and new != DeviceState.FAILED:
            self._end_active(device)
        if new == DeviceState.ACTIVATED:
            self.set(active, ACTIVE, State=ActiveState.ACTIVATED)

    def walk(self, device: str, *states: int) -> None:
        for state in states:
            self.state(device, state)

    def lease(
        self,
        device: str,
        address: str = "192.168.7.23",
        gateway: str = "192.168.7.1",
        name_servers: Iterable[str] = ("192.168.7.1",),
    ) -> None:
        path = f"{MANAGER}/IP4Config/{self.number()}"
        values = {
            "AddressData": [{"address": Variant("s", address), "prefix": Variant("u", 24)}],
            "Gateway": gateway,
            "NameserverData": [{"address": Variant("s", server)} for server in name_servers],
        }
        self.add(path, {IP4: values})
        self.set(device, DEVICE, Ip4Config=path)

    def offer(self, device: str, address: str = "192.168.7.23") -> None:
        """A DHCP server's answer, not used yet."""
        path = f"{MANAGER}/DHCP4Config/{self.number()}"
        self.add(path, {DHCP4: {"Options": {"ip_address": Variant("s", address)}}})
        self.set(device, DEVICE, Dhcp4Config=path)

    def begin(self, connection: str, device: str) -> str:
        """An activation that has been accepted; returns its path."""
        if self.get(device, DEVICE, "State") > DeviceState.DISCONNECTED:
            self.state(device, DeviceState.DEACTIVATING, StateReason.NEW_ACTIVATION)
            self.state(device, DeviceState.DISCONNECTED, StateReason.NEW_ACTIVATION)
        self._end_active(device)
        path = f"{MANAGER}/ActiveConnection/{self.number()}"
        settings = self.profiles[connection]
        values = {
            "State": ActiveState.ACTIVATING,
            "Uuid": self.uuid_of(connection),
            "Id": settings["connection"]["id"].value,
            "Connection": connection,
            "Devices": [device],
        }
        self.add(path, {ACTIVE: values})
        self.set(device, DEVICE, ActiveConnection=path)
        mode = settings[WIFI]["mode"].value
        self.set(device, WIRELESS, Mode=AP_MODE if mode == "ap" else INFRASTRUCTURE)
        return path

    def come_up(self, device: str) -> None:
        """The rest of an activation that goes well."""
        is_ap = self.get(device, WIRELESS, "Mode") == AP_MODE
        self.walk(device, *SECRETS_FETCHED, DeviceState.IP_CONFIG)
        if is_ap:
            self.lease(device, "192.168.4.1", "", ())
        else:
            self.lease(device)
        self.walk(device, DeviceState.IP_CHECK, DeviceState.SECONDARIES, DeviceState.ACTIVATED)

    def fail(self, device: str, reason: int) -> None:
        """An activation that goes wrong; the real one rests in FAILED only for a moment."""
        self.state(device, DeviceState.FAILED, reason)
        self.state(device, DeviceState.DISCONNECTED)

    def joined(self, device: str, ssid: bytes = b"old") -> str:
        """A saved network that is up; returns its profile's path."""
        path = self.add_profile(ssid, psk="an old secret")
        self.begin(path, device)
        self.come_up(device)
        return path

    def _end_active(self, device: str) -> None:
        active = self.get(device, DEVICE, "ActiveConnection")
        if active == NOTHING:
            return
        connection = self.get(active, ACTIVE, "Connection")
        self.set(device, DEVICE, ActiveConnection=NOTHING, Ip4Config=NOTHING, Dhcp4Config=NOTHING)
        self.set(device, WIRELESS, Mode=INFRASTRUCTURE)
        self.remove(active)
        if self.objects.get(connection) and (
            self.get(connection, CONNECTION, "Flags") & ConnectionFlags.VOLATILE
        ):
            self._forget(connection)

    def _forget(self, connection: str) -> None:
        del self.profiles[connection]
        self.remove(connection)

    # Its methods.

    def _activate(self, _: str, connection: str, device: str, __: str) -> Answer:
        active = self.begin(connection, device)
        self._go_on(device)
        return "o", [active]

    def add_and_activate(
        self, _: str, settings: Stored, device: str, __: str, options: dict[str, Variant]
    ) -> Answer:
        volatile = unpack_variants(options).get("persist") == "volatile"
        flags = ConnectionFlags.VOLATILE | ConnectionFlags.UNSAVED if volatile else 0
        connection = self.store(settings, flags)
        active = self.begin(connection, device)
        self._go_on(device)
        return "ooa{sv}", [connection, active, {}]

    def _go_on(self, device: str) -> None:
        if self.on_activation is not None:
            asyncio.get_running_loop().call_soon(self.on_activation, device)

    def _deactivate(self, _: str, active: str) -> Answer:
        if active not in self.objects:
            raise Refused(f"{NAME}.ConnectionNotActive", "The connection was not active.")
        for device in self.get(active, ACTIVE, "Devices"):
            self.state(device, DeviceState.DEACTIVATING, StateReason.USER_REQUESTED)
            self.state(device, DeviceState.DISCONNECTED, StateReason.USER_REQUESTED)
        return "", []

    def create_checkpoint(self, _: str, devices: list[str], seconds: int, __: int) -> Answer:
        for path, has in self.objects.items():
            if CHECKPOINT in has and set(devices) & set(self.get(path, CHECKPOINT, "Devices")):
                raise Refused(
                    INVALID_ARGUMENTS, f"device '{devices[0]}' is already included in {path}"
                )
        path = f"{MANAGER}/Checkpoint/{self.number()}"
        active = self.get(devices[0], DEVICE, "ActiveConnection")
        if active != NOTHING:
            self._before[path] = self.get(active, ACTIVE, "Connection")
        self.add(path, {CHECKPOINT: {"Devices": devices, "RollbackTimeout": seconds}})
        return "o", [path]

    def _roll_back(self, _: str, checkpoint: str) -> Answer:
        device = self.end_checkpoint(checkpoint)
        before = self._before.pop(checkpoint, None)
        if before is not None:
            self.begin(before, device)
            self._go_on(device)
        elif self.get(device, DEVICE, "State") > DeviceState.DISCONNECTED:
            self.state(device, DeviceState.DISCONNECTED)
        return "a{su}", [{device: 0}]

    def _destroy_checkpoint(self, _: str, checkpoint: str) -> Answer:
        self.end_checkpoint(checkpoint)
        return "", []

    def end_checkpoint(self, checkpoint: str) -> str:
        if checkpoint not in self.objects:
            raise Refused(INVALID_ARGUMENTS, f"checkpoint {checkpoint} does not exist")
        device = str(self.get(checkpoint, CHECKPOINT, "Devices")[0])
        self.remove(checkpoint)
        return device

    def _add_connection(
        self, _: str, settings: Stored, flags: int, __: dict[str, Variant]
    ) -> Answer:
        return "oa{sv}", [self.store(settings, 0 if flags & 1 else ConnectionFlags.UNSAVED), {}]

    def _update(self, path: str, settings: Stored, flags: int, _: dict[str, Variant]) -> Answer:
        if settings:
            self.profiles[path] = settings
        if flags & 1:
            self.set(path, CONNECTION, Flags=0)
        self.signal(path, CONNECTION, "Updated")
        return "a{sv}", [{}]

    def delete(self, path: str) -> Answer:
        for device, has in list(self.objects.items()):
            active = self.get(device, DEVICE, "ActiveConnection") if DEVICE in has else NOTHING
            if active != NOTHING and self.get(active, ACTIVE, "Connection") == path:
                self.state(device, DeviceState.DEACTIVATING, StateReason.CONNECTION_REMOVED)
                self.state(device, DeviceState.DISCONNECTED, StateReason.CONNECTION_REMOVED)
        if path in self.profiles:
            self._forget(path)
        return "", []

    def get_settings(self, path: str) -> Answer:
        shown = {
            section: {key: value for key, value in keys.items() if key != "psk"}
            for section, keys in self.profiles[path].items()
        }
        return "a{sa{sv}}", [shown]

    def _get_secrets(self, path: str, section: str) -> Answer:
        keys = self.profiles[path].get(section)
        if keys is None:
            raise Refused(f"{NAME}.Settings.InvalidSetting", "Requested setting not found.")
        return "a{sa{sv}}", [{section: {key: value for key, value in keys.items() if key == "psk"}}]

    def settings_of(self, path: str) -> dict[str, dict[str, Any]]:
        """What is stored, unpacked."""
        return unpack_variants(self.profiles[path])
