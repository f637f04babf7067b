"""A phone: wpa_supplicant and a DHCP client on a radio in a namespace."""

import re
from dataclasses import dataclass

from tests.radio.lab.inside import Inside
from tests.radio.lab.system import log_of

# Names and numbers are those of wpa_supplicant's control interface events.
OUTCOME = (
    r"CTRL-EVENT-CONNECTED"
    r"|CTRL-EVENT-SSID-TEMP-DISABLED[^\n]*reason=\w+"
    r"|CTRL-EVENT-(?:ASSOC|AUTH)-REJECT[^\n]*status_code=\d+"
)
# The radio takes a second wish to scan once it is through with the first.
SCAN = """\
scan() { iw dev "$interface" scan "$@"; }
interface=$1
until scan trigger $2 2> /dev/null; do sleep 0.05; done
until scan trigger freq 2412 2> /dev/null; do sleep 0.05; done
scan dump
scan abort || true
"""
LEASE_SCRIPT = """\
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev $interface
ip addr add $ip/${mask:-24} dev $interface
[ -z "$router" ] || ip route replace default via ${router%% *} dev $interface
echo "lease=$ip router=$router dns=$dns captive=$opt114"
"""


@dataclass(frozen=True)
class Lease:
    """What DHCP gave. ``captive``: option 114, the Captive Portal API (RFC 8910); or empty."""

    address: str
    router: str
    dns: str
    captive: str = ""


@dataclass(frozen=True)
class Heard:
    """A BSS in `iw scan`. ``ssid`` as iw prints it."""

    bssid: str
    ssid: str
    frequency: int
    rsn: bool


class Station:
    """One phone; radio and namespace as in ``Router``."""

    def __init__(self, inside: Inside, name: str, interface: str) -> None:
        self._inside = inside
        self.name = name
        self.interface = interface
        self._daemon = f"wpa_supplicant-{name}"

    @property
    def mac(self) -> str:
        """Its MAC address."""
        path = f"/sys/class/net/{self.interface}/address"
        return self._inside.must("cat", path, netns=self.name).strip()

    def settle_in(self) -> None:
        """Get ready to be used."""
        self._inside.write("/run/lab/lease", LEASE_SCRIPT, 0o755)
        self._inside.must(
            "ip", "-batch", "-", netns=self.name,
            given=f"link set lo up\nlink set {self.interface} up\n",
        )  # fmt: skip

    def join(
        self,
        ssid: bytes,
        psk: str | None,
        frequency: int | None = None,
        timeout: float = 60,
        *,
        owe: bool = False,
    ) -> str:
        """Try to join: "connected", or the reason in wpa_supplicant's words.

        ``owe``: the network is an enhanced open one.
        """
        self.leave()
        unlocked = "key_mgmt=OWE\nieee80211w=2" if owe else "key_mgmt=NONE"
        key = f"psk={_quoted(psk)}" if psk is not None else unlocked
        where = f"scan_freq={frequency}" if frequency else ""
        path = f"/run/lab/{self.name}.conf"
        network = f"network={{\nssid={ssid.hex()}\nscan_ssid=1\n{key}\n{where}\n}}\n"
        self._inside.write(path, f"ctrl_interface=/run/lab/{self.name}\n{network}")
        log = log_of(self._daemon)
        before = len(self._inside.read(log).encode("utf-8", "surrogateescape"))
        self._inside.spawn(
            self._daemon, "wpa_supplicant", "-t", "-i", self.interface, "-c", path,
            log=log, netns=self.name,
        )  # fmt: skip
        said = self._inside.await_text(log, OUTCOME, offset=before, timeout=timeout)
        if said is None:
            return "nothing"
        return "connected" if "CONNECTED" in said else said.removeprefix("CTRL-EVENT-")

    def leave(self) -> None:
        """Turn WiFi off and forget the address."""
        if self._inside.kill(self._daemon) is not None:
            self._inside.run("ip", "addr", "flush", "dev", self.interface, netns=self.name)

    def lease(self) -> Lease | None:
        """Ask for an address."""
        client = self._inside.run(
            *("busybox", "udhcpc", "-i", self.interface, "-f", "-q", "-n"),
            *("-t", "8", "-T", "2", "-O", "114", "-s", "/run/lab/lease"),
            netns=self.name,
            timeout=40,
        )
        found = re.search(r"lease=(\S+) router=(\S*) dns=(\S*) captive=(\S*)", client.out)
        if found is None:
            return None
        address, router, dns, captive = found.groups()
        return Lease(address, router, dns, bytes.fromhex(captive).decode())

    def reaches(self, address: str, port: int) -> bool:
        """Whether a TCP connection from it is accepted."""
        return self._inside.reaches(address, port, netns=self.name)

    def pings(self, address: str) -> bool:
        """Whether that address answers it."""
        ping = ("busybox", "ping", "-c", "1", "-W", "2", address)
        tried = self._inside.run(*ping, netns=self.name)
        return tried.rc == 0

    def hears(self, frequency: int | None = None, *, passive: bool = False) -> list[Heard]:
        """Scan: what is on the air here.

        ``passive`` asks nobody, and hears only who sends a beacon while it stays on the channel.
        That is a fifth of the time between two here (``BEACON_INTERVAL``), so it has to be tried
        again and again, on one channel; but what does not answer a question, as a hidden network
        doesn't, is not heard otherwise.

        The kernel remembers for 30 s what it heard, and `iw` tells all of it; ``flush`` leaves what
        this scan heard. `iw scan` itself begins to listen for the end of a scan after it has asked
        for it, and waits for ever where the scan was quicker.
        """
        where = f"freq {frequency}" if frequency else ""
        how = f"{where} flush {'passive' if passive else ''}"
        scan = self._inside.must(
            "sh", "-euc", SCAN, "scan", self.interface, how, netns=self.name, timeout=60
        )
        heard: list[Heard] = []
        for block in re.split(r"^BSS ", scan, flags=re.MULTILINE)[1:]:
            ssid = re.search(r"^\tSSID: ?(.*)$", block, re.MULTILINE)
            frequency_line = re.search(r"freq: (\d+)", block)
            heard.append(
                Heard(
                    bssid=block[:17],
                    ssid=ssid.group(1) if ssid else "",
                    frequency=int(frequency_line.group(1)) if frequency_line else 0,
                    rsn="\tRSN:" in block,
                )
            )
        return heard


def _quoted(psk: str) -> str:
    return psk if re.fullmatch(r"[0-9a-fA-F]{64}", psk) else f'"{psk}"'
