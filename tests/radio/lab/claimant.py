"""A third party's device that claims its configuration: wpa_supplicant, udhcpc and curl."""

import json
from dataclasses import dataclass
from typing import Any

from tests.radio.lab.inside import Inside
from tests.radio.lab.station import Station

SSID = b"FireFly-Provisioning"
CHANNEL_1 = 2412
CONTROLLER = "192.168.4.1"
API = "/api/provisioning"


@dataclass(frozen=True)
class Told:
    """What curl got. ``status`` 0: no answer."""

    status: int
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Claimant:
    """Knows the protocol, and nothing of Firstlight's code."""

    def __init__(self, inside: Inside, station: Station) -> None:
        self._inside = inside
        self.station = station

    @property
    def mac(self) -> str:
        """Its MAC address."""
        return self.station.mac

    def finds(self) -> str | None:
        """The BSSID of the SoftAP, if it is on the air on channel 1."""
        heard = [one for one in self.station.hears(CHANNEL_1) if one.ssid == SSID.decode()]
        return heard[0].bssid if heard else None

    def joins(self, bssid: str) -> str:
        """Join with the password that the BSSID gives: "connected", or why not."""
        return self.station.join(SSID, password_of(bssid), CHANNEL_1)

    def arrives(self, bssid: str) -> None:
        """Join, and get an address."""
        assert self.joins(bssid) == "connected"
        lease = self.station.lease()
        assert lease is not None, "no address"

    def asks(self, path: str, *, port: int = 80, **options: Any) -> Told:
        """One request to the controller; ``options`` as ``curl``."""
        url = f"http://{CONTROLLER}:{port}{path}"
        return curl(self._inside, self.station.name, url, **options)

    def nonce(self) -> str:
        """A nonce of its own."""
        told = self.asks(f"{API}/nonce")
        assert told.status == 200, told
        return str(told.json["nonce"])

    def claims(self, what: str, nonce: str | None = None, mac: str | None = None) -> Told:
        """Ask for ``client`` or ``controller``."""
        return self.asks(
            f"{API}/{what}", x_nonce=nonce or self.nonce(), mac_address=mac or self.mac
        )


def curl(
    inside: Inside, netns: str, url: str, *, method: str = "GET", seconds: int = 10, **headers: str
) -> Told:
    """One request from that namespace; ``x_nonce`` is the header ``x-nonce``, and so on."""
    sent = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    done = inside.run(
        *("curl", "--silent", "--max-time", str(seconds), "--request", method),
        *(part for header in sent for part in ("--header", header)),
        *("--write-out", "\\n%{http_code}", url),
        netns=netns,
        timeout=seconds + 20,
    )
    body, _, status = done.out.rpartition("\n")
    return Told(int(status or 0), body)


def password_of(bssid: str) -> str:
    """As the reference has it, written anew: upper nibbles forwards, lower ones backwards."""
    pairs = bssid.upper().split(":")
    return "".join(up[0] + low[1] for up, low in zip(pairs, pairs[::-1], strict=True))
