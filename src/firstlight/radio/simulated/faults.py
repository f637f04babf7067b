"""What goes wrong in a world: values, and what they make of an access point."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Availability
from firstlight.model.ssid import Ssid

Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Signal = Annotated[int, Meta(ge=0, le=100)]


class Dhcp(StrEnum):
    """What a station hears when it asks for an address."""

    NORMAL = "normal"
    SLOW = "slow"
    SILENT = "silent"
    NO_GATEWAY = "no_gateway"


class Upstream(StrEnum):
    """What lies behind an access point. ``dead``: not even its gateway answers."""

    YES = "yes"
    NO = "no"
    NO_NAMES = "no_names"
    PORTAL = "portal"
    DEAD = "dead"


class OnAir(msgspec.Struct, frozen=True, kw_only=True):
    """An access point at one moment. ``frequency`` in MHz; ``signal`` 0 is out of range."""

    ssid: Ssid
    bssid: MacAddress
    frequency: int
    signal: int
    security: Security
    passphrase: Passphrase | None
    hidden: bool
    dhcp: Dhcp
    internet: Upstream
    subnet: int


class _Fault(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """From ``at`` to ``until``, in seconds since the world began; without ``until``, for good."""

    at: Seconds = 0.0
    until: Seconds | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.at:
            raise ValueError(f"ends at {self.until:g} s, but has to end after it begins")


class _NetworkFault(_Fault, frozen=True, kw_only=True):
    """Befalls every access point of one SSID."""

    ssid: Ssid


class Outage(_NetworkFault, frozen=True, kw_only=True, tag="outage"):
    """The access point is off."""


class PskChanged(_NetworkFault, frozen=True, kw_only=True, tag="psk_changed"):
    """The passphrase is another one."""

    passphrase: Passphrase


class DhcpSilent(_NetworkFault, frozen=True, kw_only=True, tag="dhcp_silent"):
    """Nobody answers who asks for an address. Leases given before stay."""


class SignalDrop(_NetworkFault, frozen=True, kw_only=True, tag="signal"):
    """The signal is as weak as ``signal``."""

    signal: Signal


class UpstreamChanged(_NetworkFault, frozen=True, kw_only=True, tag="internet"):
    """Behind the access point lies something else."""

    internet: Upstream = Upstream.NO


class Unplugged(_Fault, frozen=True, kw_only=True, tag="unplugged"):
    """The radio is out of its socket."""


class Blocked(_Fault, frozen=True, kw_only=True, tag="blocked"):
    """The radio is switched off (rfkill)."""


class Unmanaged(_Fault, frozen=True, kw_only=True, tag="unmanaged"):
    """NetworkManager is told to leave the radio alone."""


class SupplicantGone(_Fault, frozen=True, kw_only=True, tag="supplicant_gone"):
    """wpa_supplicant doesn't run."""


class ManagerRestart(_Fault, frozen=True, kw_only=True, tag="manager_restart"):
    """NetworkManager doesn't run; what it held in memory is gone."""


class Refused(_Fault, frozen=True, kw_only=True, tag="refused"):
    """polkit refuses this user everything that changes something."""


class HotspotFails(_Fault, frozen=True, kw_only=True, tag="hotspot_fails"):
    """The driver fails to become an access point."""


class PowerIgnored(_Fault, frozen=True, kw_only=True, tag="power_ignored"):
    """The driver accepts a limit of its transmit power, and does as before."""


class NoFirewall(_Fault, frozen=True, kw_only=True, tag="no_firewall"):
    """The system has no firewall that could make a SoftAP a dead end."""


NetworkFault = Outage | PskChanged | DhcpSilent | SignalDrop | UpstreamChanged
MachineFault = (
    Unplugged
    | Blocked
    | Unmanaged
    | SupplicantGone
    | ManagerRestart
    | Refused
    | HotspotFails
    | PowerIgnored
    | NoFirewall
)
Fault = NetworkFault | MachineFault

# In the order in which they hide one another.
_OBSTACLES: tuple[tuple[type[Fault], Availability], ...] = (
    (ManagerRestart, Availability.NO_NETWORK_MANAGER),
    (Unplugged, Availability.NO_WIFI_DEVICE),
    (Unmanaged, Availability.UNMANAGED),
    (Blocked, Availability.BLOCKED),
    (SupplicantGone, Availability.SUPPLICANT_GONE),
)


def availability(faults: Iterable[Fault]) -> Availability:
    """What these faults leave of the radio."""
    kinds = {type(fault) for fault in faults}
    if not kinds:
        return Availability.READY
    return next((met for kind, met in _OBSTACLES if kind in kinds), Availability.READY)


def befallen(access_point: OnAir, faults: Iterable[Fault]) -> OnAir | None:
    """The access point under these faults, later ones winning; ``None`` when it is off."""
    changed = access_point
    for fault in faults:
        if not isinstance(fault, NetworkFault) or fault.ssid != access_point.ssid:
            continue
        match fault:
            case Outage():
                return None
            case PskChanged(passphrase=passphrase):
                changed = replace(changed, passphrase=passphrase)
            case DhcpSilent():
                changed = replace(changed, dhcp=Dhcp.SILENT)
            case SignalDrop(signal=signal):
                changed = replace(changed, signal=signal)
            case UpstreamChanged(internet=internet):
                changed = replace(changed, internet=internet)
    return changed
