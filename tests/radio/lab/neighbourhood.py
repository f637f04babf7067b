"""The routers that every case finds around it, by the name that the cases use for them."""

from collections.abc import Mapping

from tests.radio.lab.routers import Dhcp, RouterSpec, Security, Upstream

KEY = "correct-horse"

NEIGHBOURHOOD: Mapping[str, RouterSpec] = {
    "home": RouterSpec(b"HomeNet", psk=KEY, channel=6),
    "office": RouterSpec(b"Office", psk="battery-staple", channel=11),
    "wpa3": RouterSpec(b"Modern", Security.WPA3, KEY, channel=1),
    "mixed": RouterSpec(b"Transition", Security.MIXED, KEY, channel=1),
    "owe": RouterSpec(b"Cafe Encrypted", Security.OWE, channel=11),
    "open": RouterSpec(b"Cafe", Security.OPEN, channel=11),
    "hidden": RouterSpec(b"Cellar", psk=KEY, channel=6, hidden=True),
    "binary": RouterSpec(b"\xff\xfe caf\xe9 \x00\x7f", psk=KEY, channel=6),
    "dashes": RouterSpec(b"--help: a:b\\c 'd' $(reboot)!!!!!", psk=KEY, channel=149),
    "silent": RouterSpec(b"NoLease", psk=KEY, channel=1, dhcp=Dhcp.SILENT),
    "flat": RouterSpec(b"NoGateway", psk=KEY, channel=1, dhcp=Dhcp.NO_GATEWAY),
    "dead": RouterSpec(b"NoInternet", psk=KEY, channel=11, upstream=Upstream.DEAD),
    "hotel": RouterSpec(b"Hotel", Security.OPEN, channel=11, upstream=Upstream.PORTAL),
}
STATIONS = ("phone", "tablet")
SPARES = ("spare", "spare2")
SECOND = "second"
"""Where the radio of the second box is; see ``second.py``."""
