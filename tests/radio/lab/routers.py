"""Home routers: hostapd on a radio in a namespace, DHCP and DNS by dnsmasq, and what lies behind.

The internet is one address, on every router's far side: whoever asks it over HTTP gets 204. Names
lead there. With a captive portal, names lead to the router, which answers 302.
"""

import time
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from tests.radio.lab.channel import LabError
from tests.radio.lab.inside import Inside
from tests.radio.lab.system import log_of

INTERNET = "198.51.100.1"
# In units of 1.024 ms, and five times the usual: the emulated processor delivers every beacon to
# every radio. A scan is answered without them, but a loss is noticed some seconds later.
BEACON_INTERVAL = 500
PORTAL_PAGE = "<html><title>Hotel</title>Please sign in.</html>"


class Security(StrEnum):
    """What hostapd is told about keys."""

    OPEN = ""
    WPA2 = "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nieee80211w=0\n"
    MIXED = "wpa=2\nwpa_key_mgmt=WPA-PSK SAE\nrsn_pairwise=CCMP\nieee80211w=1\nsae_require_mfp=1\n"
    WPA3 = "wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nieee80211w=2\n"
    OWE = "wpa=2\nwpa_key_mgmt=OWE\nrsn_pairwise=CCMP\nieee80211w=2\n"

    @property
    def keyed(self) -> bool:
        """Whether there is a password."""
        return self in (Security.WPA2, Security.MIXED, Security.WPA3)


class Dhcp(Enum):
    """What a client is given."""

    NORMAL = "an address, a gateway and a name server"
    SILENT = "no answer"
    NO_GATEWAY = "an address only"


class Upstream(Enum):
    """What lies behind the router."""

    INTERNET = "names resolve, the internet answers 204"
    NO_NAMES = "the internet answers, but names don't resolve"
    DEAD = "names resolve, but no packet comes back"
    PORTAL = "every name leads to the router, which answers 302 to its own page"


@dataclass(frozen=True)
class RouterSpec:
    """How a router is set up. ``ssid`` is bytes, as on the air."""

    ssid: bytes
    security: Security = Security.WPA2
    psk: str = ""
    channel: int = 6
    hidden: bool = False
    dhcp: Dhcp = Dhcp.NORMAL
    upstream: Upstream = Upstream.INTERNET
    beacon_interval: int = BEACON_INTERVAL

    def hostapd(self, interface: str) -> str:
        """The configuration file."""
        lines = [
            f"interface={interface}",
            "driver=nl80211",
            f"ssid2={self.ssid.hex()}",
            f"hw_mode={'a' if self.channel > 14 else 'g'}",
            f"channel={self.channel}",
            f"beacon_int={self.beacon_interval}",
            f"ignore_broadcast_ssid={int(self.hidden)}",
            self.security.value,
        ]
        if self.security.keyed:
            lines.append(f"wpa_passphrase={self.psk}")
        return "\n".join(lines) + "\n"

    def dnsmasq(self, interface: str, network: str, name: str) -> list[str]:
        """The command line."""
        names = {
            Upstream.INTERNET: f"--address=/#/{INTERNET}",
            Upstream.DEAD: f"--address=/#/{INTERNET}",
            Upstream.PORTAL: f"--address=/#/{network}.1",
            Upstream.NO_NAMES: "--local=/#/",
        }
        return [
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--log-facility=-",
            "--log-dhcp",
            "--no-hosts",
            "--no-resolv",
            "--no-ping",
            "--user=root",
            "--bind-interfaces",
            f"--interface={interface}",
            f"--dhcp-range={network}.10,{network}.60,10m",
            f"--dhcp-leasefile=/run/lab/{name}.leases",
            f"--pid-file=/run/lab/{name}.dnsmasq.pid",
            names[self.upstream],
            *(["--dhcp-option=3"] if self.dhcp is Dhcp.NO_GATEWAY else []),
        ]


class Router:
    """One router. Its radio sits in a namespace of its own, both named ``name``."""

    def __init__(self, inside: Inside, name: str, interface: str, number: int) -> None:
        self._inside = inside
        self.name = name
        self.interface = interface
        self.network = f"10.9.{number}"
        self.usual: RouterSpec | None = None
        self._running: RouterSpec | None = None
        self._frozen = False
        self._hostapd = f"hostapd-{name}"
        self._dnsmasq = f"dnsmasq-{name}"

    @property
    def spec(self) -> RouterSpec:
        """How it is set up now, or usually."""
        spec = self._running or self.usual
        if spec is None:
            raise LabError(f"the router {self.name} was never set up")
        return spec

    @property
    def bssid(self) -> str:
        """Its BSSID, in lower case."""
        path = f"/sys/class/net/{self.interface}/address"
        return self._inside.must("cat", path, netns=self.name).strip()

    def settle_in(self, usual: RouterSpec | None) -> None:
        """Take note of how it is set up between the cases, and start it so. None: it is off."""
        self.usual = usual
        self._inside.shell(
            "ip link set lo up\n"
            # Linux would answer ARP for the internet's address, too, as if it were next door.
            "echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore\n",
            netns=self.name,
        )
        self.as_usual()

    def start(self, spec: RouterSpec | None = None) -> None:
        """Switch it on, set up as ``spec`` or as usual; returns once it sends beacons."""
        spec = spec or self.spec
        self.stop()
        path = f"/run/lab/{self.name}.hostapd.conf"
        self._inside.write(path, spec.hostapd(self.interface))
        log = log_of(self._hostapd)
        before = len(self._inside.read(log).encode("utf-8", "surrogateescape"))
        # A real router has a processor of its own: its answers may not wait for others here,
        # since a station asks anew after a tenth of a second.
        command = ("nice", "-n", "-10", "hostapd", "-t", path)
        self._inside.spawn(self._hostapd, *command, log=log, netns=self.name)
        said = self._inside.await_text(
            log, r"AP-ENABLED|AP-DISABLED|[Ff]ailed", offset=before, timeout=90
        )
        if said != "AP-ENABLED":
            raise LabError(f"the router {self.name} did not start: see {self._hostapd}.log")
        self._serve(spec)
        self._running = spec

    def change(self, **changes: object) -> None:
        """Set it up differently, as a person would in its menu: it restarts."""
        self.start(replace(self.spec, **changes))  # type: ignore[arg-type]

    def stop(self) -> None:
        """Pull its plug."""
        for daemon in (self._hostapd, self._dnsmasq):
            self._inside.kill(daemon, "SIGKILL")
        self._inside.unserve(self.name)
        self._running = None

    def outage(self, seconds: float) -> None:
        """Pull its plug for that long."""
        spec = self.spec
        self.stop()
        time.sleep(seconds)
        self.start(spec)

    def rewire(self, upstream: Upstream) -> None:
        """Change what lies behind it; as an access point it goes on all the time."""
        self._running = replace(self.spec, upstream=upstream)
        self._connect(self._running)

    def freeze(self) -> None:
        """Let it hang: its radio goes on, and nobody behind that answers any more."""
        self._inside.kill(self._dnsmasq, "SIGKILL")
        self._inside.must("ip", "addr", "flush", "dev", self.interface, netns=self.name)
        self._frozen = True

    def as_usual(self) -> None:
        """Undo what a case did to it."""
        if self._running == self.usual and not self._frozen:
            return
        if self.usual is None:
            self.stop()
        else:
            self.start(self.usual)

    def stations(self) -> list[str]:
        """The MAC addresses of its authorised stations."""
        shown = self._inside.must("iw", "dev", self.interface, "station", "dump", netns=self.name)
        blocks = [block for block in shown.split("Station ") if "authorized:\tyes" in block]
        return [block.split()[0] for block in blocks]

    def _serve(self, spec: RouterSpec) -> None:
        own = ("addr", "replace", f"{self.network}.1/24", "dev", self.interface)
        self._inside.must("ip", *own, netns=self.name)
        self._frozen = False
        if spec.dhcp is not Dhcp.SILENT:
            self._inside.spawn(
                self._dnsmasq,
                *spec.dnsmasq(self.interface, self.network, self.name),
                log=log_of(self._dnsmasq),
                netns=self.name,
            )
        self._connect(spec)

    def _connect(self, spec: RouterSpec) -> None:
        change = "del" if spec.upstream is Upstream.DEAD else "replace"
        self._inside.run("ip", "addr", change, f"{INTERNET}/32", "dev", "lo", netns=self.name)
        if spec.upstream is Upstream.PORTAL:
            headers = {"Location": f"http://{self.network}.1/welcome"}
            self._inside.serve(
                self.name, self.name, "0.0.0.0", status=302, headers=headers, body=PORTAL_PAGE
            )
        elif spec.upstream is Upstream.DEAD:
            self._inside.unserve(self.name)
        else:
            self._inside.serve(self.name, self.name, INTERNET, status=204)
