"""As much of wpa_supplicant's D-Bus interface as Firstlight talks to (doc/dbus.doxygen)."""

import asyncio
from collections.abc import Callable
from typing import Any

from dbus_fast import Variant
from dbus_fast.unpack import unpack_variants
from tests.dbus.fake_service import Answer, FakeService, Refused

NAME = "fi.w1.wpa_supplicant1"
PATH = "/fi/w1/wpa_supplicant1"
INTERFACE = f"{NAME}.Interface"
STATION = f"{NAME}.Station"
BSS = f"{NAME}.BSS"

TYPES = {
    NAME: {"Interfaces": "ao"},
    INTERFACE: {
        "Ifname": "s",
        "State": "s",
        "Scanning": "b",
        "Stations": "ao",
        "BSSs": "ao",
        "Country": "s",
        "MaxNumSta": "s",
        "DisconnectReason": "i",
        "AuthStatusCode": "i",
    },
    STATION: {"Address": "ay"},
    BSS: {"BSSID": "ay", "SSID": "ay", "Frequency": "q", "Age": "u"},
}


class FakeSupplicant(FakeService):
    """``scans``: the arguments of every accepted scan. ``on_scan`` is called when one has ended.

    A scan ends by itself unless ``slow``; then ``finish_scan`` ends it.
    """

    def __init__(self) -> None:
        super().__init__(NAME, PATH, TYPES)
        self.objects[PATH] = {NAME: {}}
        self.scans: list[dict[str, Any]] = []
        self.slow = False
        self.on_scan: Callable[[], None] = lambda: None
        for member, function in {
            "GetInterface": self._get_interface,
            "Scan": self._scan,
            "AbortScan": self._abort_scan,
        }.items():
            self.method(member, function)

    def add_interface(self, name: str = "wlan0") -> str:
        path = f"{PATH}/Interfaces/{self.number()}"
        values = {
            "Ifname": name,
            "State": "completed",
            "Scanning": False,
            "Stations": [],
            "BSSs": [],
            "Country": "00",
            "MaxNumSta": "128",
        }
        self.objects[path] = {INTERFACE: self.typed(INTERFACE, values)}
        typed = self.objects[path][INTERFACE]
        self.signal(PATH, NAME, "InterfaceAdded", "oa{sv}", path, typed)
        return path

    def remove_interface(self, path: str) -> None:
        del self.objects[path]
        self.signal(PATH, NAME, "InterfaceRemoved", "o", path)

    def begin_scan(self, path: str) -> None:
        self.set(path, INTERFACE, Scanning=True)

    def finish_scan(self, path: str) -> None:
        self.set(path, INTERFACE, Scanning=False)
        self.signal(path, INTERFACE, "ScanDone", "b", True)
        self.on_scan()

    def hear(
        self,
        path: str,
        ssid: bytes,
        frequency: int = 2437,
        age: int = 0,
        bssid: str = "02:aa:00:00:00:01",
    ) -> str:
        """A network is in its list."""
        bss = f"{path}/BSSs/{self.number()}"
        address = bytes.fromhex(bssid.replace(":", ""))
        values = {"BSSID": address, "SSID": ssid, "Frequency": frequency, "Age": age}
        self.objects[bss] = {BSS: self.typed(BSS, values)}
        self.set(path, INTERFACE, BSSs=[*self.get(path, INTERFACE, "BSSs"), bss])
        return bss

    def states(self, path: str, *states: str) -> None:
        for state in states:
            self.set(path, INTERFACE, State=state)

    def join(self, path: str, mac: str) -> str:
        """A station passes the handshake of our hotspot."""
        station = f"{path}/Stations/{mac.replace(':', '')}"
        self.objects[station] = {
            STATION: self.typed(STATION, {"Address": bytes.fromhex(mac.replace(":", ""))})
        }
        self.set(path, INTERFACE, Stations=[*self.get(path, INTERFACE, "Stations"), station])
        self.signal(path, INTERFACE, "StaAuthorized", "s", mac)
        return station

    def leave(self, path: str, mac: str) -> None:
        station = f"{path}/Stations/{mac.replace(':', '')}"
        del self.objects[station]
        left = [one for one in self.get(path, INTERFACE, "Stations") if one != station]
        self.set(path, INTERFACE, Stations=left)
        self.signal(path, INTERFACE, "StaDeauthorized", "s", mac)

    def _get_interface(self, _: str, name: str) -> Answer:
        for path, has in self.objects.items():
            if INTERFACE in has and self.get(path, INTERFACE, "Ifname") == name:
                return "o", [path]
        raise Refused(f"{NAME}.InterfaceUnknown", "wpa_supplicant knows nothing about it.")

    def _scan(self, path: str, arguments: dict[str, Variant]) -> Answer:
        if self.get(path, INTERFACE, "Scanning"):
            raise Refused(f"{INTERFACE}.ScanError", "Scan request rejected")
        self.scans.append(unpack_variants(arguments))
        self.begin_scan(path)
        if not self.slow:
            asyncio.get_running_loop().call_soon(self.finish_scan, path)
        return "", []

    def _abort_scan(self, path: str) -> Answer:
        if not self.get(path, INTERFACE, "Scanning"):
            raise Refused(f"{INTERFACE}.AbortScanError", "No scan in progress")
        asyncio.get_running_loop().call_soon(self.finish_scan, path)
        return "", []
