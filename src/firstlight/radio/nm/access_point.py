"""``org.freedesktop.NetworkManager.AccessPoint``."""

from typing import Any

from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.codes import ApFlags, ApSecurity

INTERFACE = "org.freedesktop.NetworkManager.AccessPoint"


def access_point(properties: dict[str, Any]) -> AccessPoint | None:
    """One BSS, or ``None`` for one that has no name (hidden, not yet asked for) or is half known.

    ``LastSeen`` is in seconds of CLOCK_BOOTTIME, -1 for never: the clock of ``Clock.monotonic``.
    """
    try:
        ssid = Ssid(bytes(properties["Ssid"]))
        bssid = MacAddress(str(properties["HwAddress"]))
        frequency = int(properties["Frequency"])
    except (KeyError, InvalidInput):
        return None
    last_seen = properties.get("LastSeen", -1)
    return AccessPoint(
        ssid=ssid,
        bssid=bssid,
        frequency=frequency,
        signal=min(100, max(0, int(properties.get("Strength", 0)))),
        security=security(
            int(properties.get("Flags", 0)),
            int(properties.get("WpaFlags", 0)),
            int(properties.get("RsnFlags", 0)),
        ),
        last_seen=float(last_seen) if last_seen >= 0 else None,
    )


def security(flags: int, wpa: int, rsn: int) -> Security:
    """What the beacon's flags amount to (NM80211ApFlags, NM80211ApSecurityFlags)."""
    if not wpa | rsn:
        return Security.WEP if flags & ApFlags.PRIVACY else Security.OPEN
    for bits, given, meaning in (
        (ApSecurity.EAP_SUITE_B_192, rsn, Security.WPA3_ENTERPRISE),
        (ApSecurity.EAP, rsn, Security.WPA2_ENTERPRISE),
        (ApSecurity.EAP, wpa, Security.WPA_ENTERPRISE),
        (ApSecurity.SAE | ApSecurity.PSK, rsn, Security.WPA2_WPA3),
        (ApSecurity.SAE, rsn, Security.WPA3),
        (ApSecurity.PSK, rsn, Security.WPA2),
        (ApSecurity.OWE, rsn, Security.OWE),
        (ApSecurity.OWE_TRANSITION, rsn | wpa, Security.OPEN),
        (ApSecurity.PSK, wpa, Security.WPA),
    ):
        if given & bits == bits:
            return meaning
    return Security.UNKNOWN
