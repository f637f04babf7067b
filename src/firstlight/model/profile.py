"""Profiles: what NetworkManager calls connections."""

from enum import StrEnum

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid


class ProfileKind(StrEnum):
    """What a WiFi profile does with the radio."""

    STATION = "station"
    HOTSPOT = "hotspot"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A saved WiFi network, or a hotspot. ``trial``: not proven yet, gone when it ends.

    ``priority``: NetworkManager's ``connection.autoconnect-priority``, -999 to 999; higher first.
    """

    uuid: str
    name: str
    kind: ProfileKind
    ssid: Ssid | None
    autoconnect: bool
    active: bool
    trial: bool = False
    priority: int = 0
    hidden: bool = False


class KeyManagement(StrEnum):
    """How a station proves itself, in the words of NetworkManager's ``key-mgmt``."""

    NONE = "none"
    OWE = "owe"
    WPA_PSK = "wpa-psk"
    SAE = "sae"


class JoinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to join. ``hidden``: the network doesn't announce its name."""

    ssid: Ssid
    passphrase: Passphrase | None = None
    hidden: bool = False


class TrialPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A new profile to be tried beside the old ones.

    ``frequency``: where the network was last seen, in MHz, so that the radio looks there first.
    ``bssid``: the one access point of that name to join. ``present_as``: the MAC address to show on
    the air instead of the radio's own, for a trial that is abandoned in any case: a promoted
    profile would go on showing it. ``brief``: such a trial needs an address and no more, so it is
    connected before the system's own scripts for a new connection have run.
    """

    attempt: str
    request: JoinRequest
    key_management: KeyManagement
    frequency: int | None = None
    bssid: MacAddress | None = None
    present_as: MacAddress | None = None
    brief: bool = False


class HotspotSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that makes the device's own network. WPA2-PSK/CCMP on 2.4 GHz, always.

    ``address`` is the device's IPv4 address with prefix length. ``management_frame_protection`` is
    off where the driver is known to fail with it. ``country`` is ISO 3166-1 alpha-2, or ``None`` to
    leave the system's setting. ``share_internet``: whether its stations reach other networks
    through the device; otherwise it is a dead end, where the system has a firewall.
    """

    profile_name: str
    ssid: Ssid
    passphrase: Passphrase
    channel: int
    address: str = "192.168.4.1/24"
    management_frame_protection: bool = True
    share_internet: bool = False
    country: str | None = None
