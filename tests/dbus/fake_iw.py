"""As much of ``iw`` as Firstlight runs, on the fakes' radio."""

from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_supplicant import FakeSupplicant

from firstlight.errors import RadioFailure
from firstlight.radio.nm.codes import DeviceState

INFO = (
    "Interface {}\n\tifindex 2\n\twdev 0x1\n\taddr {}\n\ttype managed\n\twiphy 0\n"
    "\ttxpower {:.2f} dBm\n"
)
USUAL_POWER = 30.0
NOTHING_SPECIAL = "Wiphy phy0\n\twiphy index: 0\n\tinterface combinations are not supported\n"
HWSIM = (
    "Wiphy phy0\n"
    "\twiphy index: 0\n"
    "\tvalid interface combinations:\n"
    "\t\t * #{ IBSS } <= 1, #{ managed, AP, mesh point } <= 2048, #{ P2P-device } <= 1,\n"
    "\t\t   total <= 2050, #channels <= 1, radar detect widths: { 20 MHz (no HT) }\n"
    "\n"
    "\tHT Capability overrides:\n"
    "\tDevice supports AP scan.\n"
)


class FakeIw:
    """``phy`` is what the radio says of itself; ``refuses`` what it says to a second interface.

    ``insists_on``: the address that it uses, whatever it is asked for.
    """

    def __init__(self, nm: FakeNetworkManager) -> None:
        self.supplicant: FakeSupplicant | None = None
        self.phy = NOTHING_SPECIAL
        self.refuses = ""
        self.power = USUAL_POWER
        self.ignores_power = self.silent = False
        self.insists_on = ""
        self.taken_up = True
        self.seen = True
        self.asked: list[tuple[str, ...]] = []
        self._nm = nm
        self._made: dict[str, tuple[str, str]] = {}

    @property
    def interfaces(self) -> list[str]:
        """The second interfaces that are there now."""
        return list(self._made)

    def path(self, name: str) -> str:
        """Of that interface's device."""
        return self._made[name][0]

    async def __call__(self, *arguments: str) -> str:
        self.asked.append(arguments)
        match arguments:
            case ("dev", name, "info") if not self.silent:
                return INFO.format(name, self._address(name), self.power)
            case ("dev", _, "set", "txpower", *wish):
                if self.ignores_power:
                    raise RadioFailure("command failed: Operation not supported (-95)")
                self.power = int(wish[1]) / 100 if wish[0] == "fixed" else USUAL_POWER
            case ("phy#0", "info"):
                return self.phy
            case ("dev", _, "interface", "add", name, "type", "managed", "addr", mac):
                if self.refuses:
                    raise RadioFailure(self.refuses)
                if self.seen:
                    self.add(name, mac)
            case ("dev", name, "del") if name in self._made:
                self.remove(name)
            case _:
                raise RadioFailure("command failed: No such device (-19)")
        return ""

    def _address(self, name: str) -> str:
        if self.insists_on:
            return self.insists_on
        device = self._nm.device_of(name)
        return str(self._nm.get(device, "org.freedesktop.NetworkManager.Device", "HwAddress"))

    def add(self, name: str, mac: str) -> None:
        """What NetworkManager and wpa_supplicant make of a new interface."""
        device = self._nm.add_device(name, state=DeviceState.UNMANAGED, mac=mac)
        if self.taken_up:
            self._nm.walk(device, DeviceState.UNAVAILABLE, DeviceState.DISCONNECTED)
        link = self.supplicant.add_interface(name) if self.supplicant else ""
        self._made[name] = device, link

    def remove(self, name: str) -> None:
        """What they make of its end."""
        device, link = self._made.pop(name)
        self._nm.state(device, DeviceState.UNMANAGED)
        self._nm.remove(device)
        if self.supplicant:
            self.supplicant.remove_interface(link)

    def link(self, name: str) -> str:
        """Of that interface, at wpa_supplicant."""
        return self._made[name][1]
