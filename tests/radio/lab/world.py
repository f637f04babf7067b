"""The world in the machine: radios, routers, phones, and the device's own system."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.radio.lab.inside import Inside
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD, SECOND, SPARES, STATIONS
from tests.radio.lab.routers import Router
from tests.radio.lab.station import Station
from tests.radio.lab.system import System
from tests.radio.lab.waiting import eventually
from tests.radio.lab.wired import Wired

# A country with thirteen channels at 2.4 GHz and five at 5 GHz, none of them shared with radar: a
# full scan takes a fraction of the time that it takes elsewhere.
COUNTRY = "BZ"
CHANNEL_11 = 2462


class World:
    """Everything but the device's daemon. ``build`` makes it, ``as_usual`` undoes a case."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside
        self.system = System(inside)
        names = [*NEIGHBOURHOOD, *SPARES]
        self.routers = {
            name: Router(inside, name, f"wlan{number}", number)
            for number, name in enumerate(names, start=1)
        }
        self.wired = Wired(inside)
        self.stations = {
            name: Station(inside, name, f"wlan{number}")
            for number, name in enumerate(STATIONS, start=len(names) + 1)
        }

    def __getitem__(self, name: str) -> Router:
        """The router of that name."""
        return self.routers[name]

    @property
    def phone(self) -> Station:
        """The first phone."""
        return self.stations["phone"]

    def build(self) -> None:
        """Make the radios, settle everybody in, and start the device's system last.

        NetworkManager owns every radio that it sees, so it starts when the others are out of sight.
        """
        self._make_radios()
        with ThreadPoolExecutor(4) as helpers:
            settled = [helpers.submit(self.system.prepare), helpers.submit(self.wired.settle_in)]
            settled += [helpers.submit(phone.settle_in) for phone in self.stations.values()]
            for name, router in self.routers.items():
                settled.append(helpers.submit(router.settle_in, NEIGHBOURHOOD.get(name)))
            for one in settled:
                one.result()
        self._open_up()
        self.system.start_networkmanager()

    def as_usual(self) -> None:
        """Phones off, routers back to their usual setting, NetworkManager running."""
        for phone in self.stations.values():
            phone.leave()
        for router in self.routers.values():
            router.as_usual()
        self.wired.as_usual()
        self.system.start_networkmanager()

    def sees(self, ssids: Iterable[bytes], *, within: float = 60) -> list[str]:
        """Wait until NetworkManager's list has these networks; the whole list."""
        wanted = {ssid.decode() for ssid in ssids}

        def listed() -> list[str]:
            found = self.system.nmcli("-g", "SSID", "device", "wifi", "list", "--rescan", "auto")
            return found.out.replace("\\:", ":").replace("\\\\", "\\").splitlines()

        return eventually(
            listed, lambda seen: wanted <= set(seen), what=f"the list has {wanted}", within=within
        )

    def _open_up(self) -> None:
        """Let the router of the enhanced open network agree on its first key, with a phone.

        With the cryptography still to be loaded that takes it longer than the tenth of a second
        after which a station asks again, and a second question in the middle of the agreement
        leaves the two with different keys.
        """
        owe = self["owe"].spec
        self.phone.join(owe.ssid, None, CHANNEL_11, owe=True)
        self.phone.leave()

    def _make_radios(self) -> None:
        names = [*self.routers, *self.stations, SECOND]
        self.inside.must("modprobe", "mac80211_hwsim", f"radios={len(names) + 1}", timeout=60)
        self._give_away(names)
        # udev comes once there is only the device's own radio left to announce.
        self.inside.shell(
            "/lib/systemd/systemd-udevd --daemon\n"
            "udevadm trigger -c add -s net -s ieee80211; udevadm settle -t 30\n"
            f"iw reg set {COUNTRY}; ip link set lo up\n",
            timeout=60,
        )
        eventually(
            lambda: self.inside.must("iw", "reg", "get"),
            lambda rules: f"country {COUNTRY}" in rules,
            what=f"the kernel uses the rules of {COUNTRY}",
        )

    def _give_away(self, names: Sequence[str]) -> None:
        script = "".join(
            f"ip netns add {name}\n"
            f"iw phy $(cat /sys/class/net/wlan{number}/phy80211/name) set netns name {name}\n"
            for number, name in enumerate(names, start=1)
        )
        self.inside.shell(script, timeout=90)
