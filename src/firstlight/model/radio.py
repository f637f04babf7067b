"""The radio as Firstlight sees it: its state, and the reports of a trial."""

from enum import StrEnum

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.profile import Profile

SWITCH_SECONDS = 109.0
"""What a trial's dead-man's switch is armed with: longer than any trial, within the promised 120 s.

An odd figure, because the switch of a killed predecessor is known by it.
"""


class Availability(StrEnum):
    """Whether there is a radio to work with, and if not, what stands in the way."""

    READY = "ready"
    NO_NETWORK_MANAGER = "no_network_manager"
    NOT_PERMITTED = "not_permitted"
    NO_WIFI_DEVICE = "no_wifi_device"
    UNKNOWN_INTERFACE = "unknown_interface"
    UNMANAGED = "unmanaged"
    BLOCKED = "blocked"
    SUPPLICANT_GONE = "supplicant_gone"


class Link(StrEnum):
    """What the radio is doing. ``SOFTAP``: it is the provisioning SoftAP, on its own interface."""

    DOWN = "down"
    JOINING = "joining"
    CONNECTED = "connected"
    HOTSPOT_STARTING = "hotspot_starting"
    HOTSPOT = "hotspot"
    SOFTAP = "softap"


class Connectivity(StrEnum):
    """What NetworkManager's own check of the internet says; ``UNKNOWN`` where it does not check."""

    UNKNOWN = "unknown"
    NONE = "none"
    PORTAL = "portal"
    LIMITED = "limited"
    FULL = "full"


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the radio can do while it is a hotspot, as its driver says.

    ``scan_as_hotspot``: it hears others meanwhile. ``join_as_hotspot``: it can join a network on a
    second interface meanwhile, with ``one_channel`` only on the hotspot's own channel.
    """

    scan_as_hotspot: bool = False
    join_as_hotspot: bool = False
    one_channel: bool = True


class Ipv4(msgspec.Struct, frozen=True, kw_only=True):
    """A lease. ``address`` without prefix length."""

    address: str
    prefix: int
    gateway: str | None = None
    name_servers: tuple[str, ...] = ()


class RadioState(msgspec.Struct, frozen=True, kw_only=True):
    """One consistent view. ``interface`` is empty while there is no radio.

    ``mac`` is what it shows now, at times one made up for a scan; ``permanent_mac`` is the
    hardware's, where that is known.

    ``bssid`` and ``frequency`` (MHz) are those of the BSS that it joined, or that it is itself.
    ``lost``: that BSS is gone, though NetworkManager still waits for it to return.
    """

    availability: Availability
    interface: str = ""
    mac: MacAddress | None = None
    permanent_mac: MacAddress | None = None
    driver: str = ""
    link: Link = Link.DOWN
    profile: Profile | None = None
    bssid: MacAddress | None = None
    frequency: int | None = None
    ipv4: Ipv4 | None = None
    connectivity: Connectivity = Connectivity.UNKNOWN
    abilities: Abilities = Abilities()
    lost: bool = False

    @property
    def online(self) -> bool:
        """Joined a network as a station and has an address."""
        return self.link is Link.CONNECTED and self.ipv4 is not None and not self.lost


class LinkStage(StrEnum):
    """How far a station has come, in order; ``FAILED`` ends it."""

    PREPARING = "preparing"
    ASSOCIATING = "associating"
    ASSOCIATED = "associated"
    AUTHENTICATED = "authenticated"
    CONNECTED = "connected"
    FAILED = "failed"


class LinkReason(StrEnum):
    """Why a link failed, as far as the radio knows."""

    NONE = "none"
    NO_SECRETS = "no_secrets"
    HANDSHAKE_FAILED = "handshake_failed"
    ASSOCIATION_REJECTED = "association_rejected"
    SSID_NOT_FOUND = "ssid_not_found"
    SUPPLICANT_FAILED = "supplicant_failed"
    SUPPLICANT_TIMEOUT = "supplicant_timeout"
    DHCP_FAILED = "dhcp_failed"
    RADIO_BLOCKED = "radio_blocked"
    RADIO_GONE = "radio_gone"
    MANAGER_GONE = "manager_gone"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a trial. ``ipv4`` comes with ``CONNECTED``, ``reason`` with ``FAILED``."""

    stage: LinkStage
    reason: LinkReason = LinkReason.NONE
    detail: str = ""
    ipv4: Ipv4 | None = None


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on our hotspot."""

    mac: MacAddress


class RadioChanged(msgspec.Struct, frozen=True):
    """The radio's state is another one now."""

    state: RadioState


class AccessPointsChanged(msgspec.Struct, frozen=True):
    """A scan has finished, or the list changed by itself."""


class StationJoined(msgspec.Struct, frozen=True):
    """A station passed the handshake on our hotspot."""

    station: Station


class StationLeft(msgspec.Struct, frozen=True):
    """A station left our hotspot."""

    station: Station


RadioEvent = RadioChanged | AccessPointsChanged | StationJoined | StationLeft
