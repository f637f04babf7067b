"""What a scan finds."""

from enum import StrEnum

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid

_LAST_OF_2_4_GHZ = 14
_CHANNEL_14 = 2484


class Security(StrEnum):
    """How a network protects itself, in the words of the ``networks`` answer."""

    OPEN = "open"
    OWE = "owe"
    WEP = "wep"
    WPA = "wpa"
    WPA2 = "wpa2"
    WPA2_WPA3 = "wpa2-wpa3"
    WPA3 = "wpa3"
    WPA_ENTERPRISE = "wpa-enterprise"
    WPA2_ENTERPRISE = "wpa2-enterprise"
    WPA3_ENTERPRISE = "wpa3-enterprise"
    UNKNOWN = "unknown"

    @property
    def takes_passphrase(self) -> bool:
        """Whether one shared passphrase opens it."""
        return self in _PERSONAL

    @property
    def is_open(self) -> bool:
        """Whether nothing has to be typed."""
        return self in {Security.OPEN, Security.OWE}

    @property
    def is_enterprise(self) -> bool:
        """Whether every user has an account (802.1X)."""
        return self.endswith("-enterprise")


_PERSONAL = frozenset({Security.WPA, Security.WPA2, Security.WPA2_WPA3, Security.WPA3})


class AccessPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One BSS as last seen. ``frequency`` in MHz, ``signal`` 0 to 100.

    ``last_seen`` is on the clock of ``Clock.monotonic``; ``None`` when the radio doesn't tell.
    """

    ssid: Ssid
    bssid: MacAddress
    frequency: int
    signal: int
    security: Security
    last_seen: float | None = None

    @property
    def channel(self) -> int | None:
        """The channel number, or ``None`` outside the known bands (IEEE 802.11-2020, 17 and 19)."""
        return channel_of(self.frequency)


def channel_of(frequency: int) -> int | None:
    """The channel number of a centre frequency in MHz, in the 2.4, 5 and 6 GHz bands."""
    if frequency == _CHANNEL_14:
        return 14
    for first, last, base in ((2412, 2472, 2407), (5160, 5885, 5000), (5955, 7115, 5950)):
        if first <= frequency <= last and (frequency - base) % 5 == 0:
            return (frequency - base) // 5
    return None


def frequency_of(channel: int) -> int:
    """The centre frequency in MHz of a 2.4 GHz channel, 1 to 14."""
    return _CHANNEL_14 if channel == _LAST_OF_2_4_GHZ else 2407 + 5 * channel
