"""What is in the air, and what becomes of a station that tries to join it."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import KeyManagement
from firstlight.model.radio import (
    Availability,
    Connectivity,
    Ipv4,
    LinkReason,
    LinkReport,
    LinkStage,
)
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.description import Durations
from firstlight.radio.simulated.faults import (
    Dhcp,
    Fault,
    HotspotFails,
    NoFirewall,
    OnAir,
    PowerIgnored,
    Refused,
    Upstream,
    availability,
    befallen,
)

WEAKEST_USABLE = 15
"""Below this signal an access point is still heard, but doesn't hear the station."""

_FITTING = {
    Security.OPEN: {KeyManagement.NONE},
    Security.OWE: {KeyManagement.OWE},
    Security.WPA: {KeyManagement.WPA_PSK},
    Security.WPA2: {KeyManagement.WPA_PSK},
    Security.WPA2_WPA3: {KeyManagement.WPA_PSK, KeyManagement.SAE},
    # NetworkManager offers SAE along with wpa-psk.
    Security.WPA3: {KeyManagement.WPA_PSK, KeyManagement.SAE},
}


class Air:
    """Access points and the faults that are on now."""

    def __init__(self, access_points: Iterable[OnAir]) -> None:
        self.access_points: list[OnAir] = list(access_points)
        self.faults: list[Fault] = []

    @property
    def availability(self) -> Availability:
        """What is left of the radio."""
        return availability(self.faults)

    @property
    def refused(self) -> bool:
        """Whether polkit refuses this user."""
        return any(isinstance(fault, Refused) for fault in self.faults)

    @property
    def hotspot_fails(self) -> bool:
        """Whether the driver fails to become an access point."""
        return any(isinstance(fault, HotspotFails) for fault in self.faults)

    @property
    def power_ignored(self) -> bool:
        """Whether the driver does not care for a limit of its transmit power."""
        return any(isinstance(fault, PowerIgnored) for fault in self.faults)

    @property
    def no_firewall(self) -> bool:
        """Whether the system has none."""
        return any(isinstance(fault, NoFirewall) for fault in self.faults)

    def heard(self) -> list[OnAir]:
        """Every access point in range, as it is now."""
        now = (befallen(access_point, self.faults) for access_point in self.access_points)
        return [access_point for access_point in now if access_point and access_point.signal > 0]

    def at(self, bssid: MacAddress | None) -> OnAir | None:
        """The access point of that BSSID, as it is now."""
        return next((heard for heard in self.heard() if heard.bssid == bssid), None)

    def best(self, ssid: Ssid, *, asked_by_name: bool) -> OnAir | None:
        """The strongest access point of that SSID; hidden ones only when asked by name."""
        fitting = [
            heard
            for heard in self.heard()
            if heard.ssid == ssid and (asked_by_name or not heard.hidden)
        ]
        return max(fitting, key=lambda heard: heard.signal, default=None)


class Credentials(NamedTuple):
    """What a station brings."""

    key_management: KeyManagement
    passphrase: Passphrase | None


class NextStep(NamedTuple):
    """What comes next, ``seconds`` from now."""

    seconds: float
    report: LinkReport


def next_step(
    reached: LinkStage, met: OnAir | None, brought: Credentials, takes: Durations
) -> NextStep:
    """From the stage reached, where the join goes. ``met`` is ``None`` while nobody answers.

    A wrong passphrase shows as NetworkManager shows it: after WPA's association as missing secrets,
    with SAE before the association as a failed handshake.
    """
    if met is None:
        return _failure(takes.not_found, LinkReason.SSID_NOT_FOUND)
    match reached:
        case LinkStage.PREPARING:
            return NextStep(takes.prepare, LinkReport(stage=LinkStage.ASSOCIATING))
        case LinkStage.ASSOCIATING:
            return _association(met, brought, takes)
        case LinkStage.ASSOCIATED:
            if not opens(met, brought.passphrase):
                return _failure(takes.wrong_password, LinkReason.NO_SECRETS)
            return NextStep(takes.handshake, LinkReport(stage=LinkStage.AUTHENTICATED))
        case _:
            return _lease(met, takes)


def still_joined(met: OnAir | None, brought: Credentials) -> bool:
    """Whether a station that has joined stays joined."""
    return met is not None and met.signal >= WEAKEST_USABLE and opens(met, brought.passphrase)


def connectivity(met: OnAir) -> Connectivity:
    """What NetworkManager finds behind that access point."""
    if met.dhcp is Dhcp.NO_GATEWAY:
        return Connectivity.LIMITED
    match met.internet:
        case Upstream.YES:
            return Connectivity.FULL
        case Upstream.PORTAL:
            return Connectivity.PORTAL
        case _:
            return Connectivity.LIMITED


def opens(met: OnAir, passphrase: Passphrase | None) -> bool:
    """Whether the passphrase is right; so is the raw key made from it, except for SAE."""
    if met.passphrase is None:
        return True
    if passphrase is None or not passphrase.is_raw_key or met.security is Security.WPA3:
        return passphrase == met.passphrase
    # IEEE 802.11-2020, J.4.1: PBKDF2 over the passphrase, salted with the SSID.
    key = hashlib.pbkdf2_hmac("sha1", met.passphrase.reveal().encode(), met.ssid, 4096, 32)
    return key.hex() == passphrase.reveal().lower()


def _association(met: OnAir, brought: Credentials, takes: Durations) -> NextStep:
    if met.signal < WEAKEST_USABLE:
        return _failure(takes.weak_signal, LinkReason.SUPPLICANT_TIMEOUT)
    if brought.key_management not in _FITTING.get(met.security, set()):
        return _failure(takes.associate, LinkReason.ASSOCIATION_REJECTED)
    by_sae = met.security is Security.WPA3 or brought.key_management is KeyManagement.SAE
    if by_sae and not opens(met, brought.passphrase):
        return _failure(takes.wrong_password, LinkReason.HANDSHAKE_FAILED)
    return NextStep(takes.associate, LinkReport(stage=LinkStage.ASSOCIATED))


def _lease(met: OnAir, takes: Durations) -> NextStep:
    if met.dhcp is Dhcp.SILENT:
        return _failure(takes.dhcp_silent, LinkReason.DHCP_FAILED)
    gateway = f"192.168.{met.subnet}.1"
    lease = Ipv4(
        address=f"192.168.{met.subnet}.50",
        prefix=24,
        gateway=None if met.dhcp is Dhcp.NO_GATEWAY else gateway,
        name_servers=(gateway,),
    )
    seconds = takes.dhcp_slow if met.dhcp is Dhcp.SLOW else takes.dhcp
    return NextStep(seconds, LinkReport(stage=LinkStage.CONNECTED, ipv4=lease))


def _failure(seconds: float, reason: LinkReason) -> NextStep:
    return NextStep(seconds, LinkReport(stage=LinkStage.FAILED, reason=reason))
