"""The shape of a world file. ``parsing`` reads one."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firstlight.model.access_point import Security, channel_of, frequency_of
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Abilities
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import (
    Dhcp,
    Fault,
    OnAir,
    Seconds,
    Signal,
    Upstream,
)

_HALF_SUBNETS = 200  # third octets left for networks, the hotspot's 192.168.4.0/24 not among them
_FIRST_SUBNET = 20


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every table of a world file refuses keys that it doesn't know."""


class RadioTable(_Table, frozen=True, kw_only=True):
    """The one radio of this world.

    ``join_while_hotspot``: it can join a network on a second interface beside its hotspot, with
    ``one_channel`` only on the hotspot's own channel. ``connectivity_check``: whether its
    NetworkManager looks for the internet. ``tx_power``: what it sends with, in dBm.
    """

    interface: Annotated[str, Meta(min_length=1, max_length=15)] = "wlan0"
    mac: MacAddress = MacAddress("02:00:00:00:00:00")
    driver: str = "simulated"
    scan_while_hotspot: bool = False
    join_while_hotspot: bool = False
    one_channel: bool = True
    connectivity_check: bool = True
    tx_power: Annotated[float, Meta(ge=0, le=40)] = 20.0

    @property
    def abilities(self) -> Abilities:
        """As the port tells them."""
        return Abilities(
            scan_as_hotspot=self.scan_while_hotspot,
            join_as_hotspot=self.join_while_hotspot,
            one_channel=self.one_channel,
        )


class Durations(_Table, frozen=True, kw_only=True):
    """How long things take, in seconds. The rest of the world has no figures of its own."""

    scan: Seconds = 2.0
    scan_channel: Seconds = 0.15
    expiry: Seconds = 180.0
    prepare: Seconds = 0.1
    associate: Seconds = 0.3
    handshake: Seconds = 0.2
    dhcp: Seconds = 0.9
    dhcp_slow: Seconds = 8.0
    dhcp_silent: Seconds = 12.0
    not_found: Seconds = 4.0
    wrong_password: Seconds = 3.0
    weak_signal: Seconds = 6.0
    link_loss: Seconds = 2.0
    hotspot: Seconds = 2.0
    autoconnect: Seconds = 1.0
    autoconnect_pause: Seconds = 300.0
    rescan: Seconds = 20.0
    rescan_connected: Seconds = 120.0
    manager_restart: Seconds = 2.0
    probe: Seconds = 0.15
    probe_silent: Seconds = 3.0


class AccessPointTable(_Table, frozen=True, kw_only=True):
    """One access point. Without ``security``: WPA2 if it has a passphrase, else open."""

    ssid: Ssid
    bssid: MacAddress | None = None
    channel: Annotated[int, Meta(ge=1, le=14)] | None = None
    frequency: int | None = None
    signal: Signal = 60
    security: Security | None = None
    passphrase: Passphrase | None = None
    hidden: bool = False
    dhcp: Dhcp = Dhcp.NORMAL
    internet: Upstream = Upstream.YES

    def __post_init__(self) -> None:
        if self.channel is not None and self.frequency is not None:
            raise ValueError("has a channel and a frequency; give one of them")
        if self.frequency is not None and channel_of(self.frequency) is None:
            raise ValueError(
                f"frequency {self.frequency} MHz is no WiFi channel; 2412 is channel 1"
            )
        if self.guarded.takes_passphrase and self.passphrase is None:
            raise ValueError(f"security {self.guarded} needs a passphrase")
        if not self.guarded.takes_passphrase and self.passphrase is not None:
            raise ValueError(f"security {self.guarded} takes no passphrase")

    @property
    def guarded(self) -> Security:
        """The security, given or implied."""
        if self.security is not None:
            return self.security
        return Security.OPEN if self.passphrase is None else Security.WPA2

    def address(self, number: int) -> MacAddress:
        """The BSSID, given or made from ``number``, its place among the access points."""
        return self.bssid or MacAddress.from_bytes(b"\x02\xf1\xf1" + number.to_bytes(3, "big"))

    def on_air(self, number: int) -> OnAir:
        """As it is when nothing is wrong. ``number`` tells apart what was left to chance."""
        return OnAir(
            ssid=self.ssid,
            bssid=self.address(number),
            frequency=self.frequency or frequency_of(self.channel or (1, 6, 11)[number % 3]),
            signal=self.signal,
            security=self.guarded,
            passphrase=self.passphrase,
            hidden=self.hidden,
            dhcp=self.dhcp,
            internet=self.internet,
            subnet=_FIRST_SUBNET + number % _HALF_SUBNETS,
        )


class StationTable(_Table, frozen=True, kw_only=True):
    """A station that joins the hotspot, or with ``softap`` the SoftAP, ``after`` seconds.

    It leaves again after ``stays`` seconds. Without ``passphrase`` it knows the right one.
    """

    mac: MacAddress
    after: Seconds = 5.0
    stays: Seconds | None = None
    passphrase: Passphrase | None = None
    softap: bool = False


class SavedTable(_Table, frozen=True, kw_only=True):
    """A network that is saved from the beginning; the last one was used last.

    ``priority``: a higher one is joined first, whichever was used last.
    """

    ssid: Ssid
    passphrase: Passphrase | None = None
    hidden: bool = False
    autoconnect: bool = True
    priority: Annotated[int, Meta(ge=-999, le=999)] = 0


class Description(_Table, frozen=True, kw_only=True):
    """A whole world file."""

    radio: RadioTable = RadioTable()
    durations: Durations = Durations()
    access_points: tuple[AccessPointTable, ...] = ()
    stations: tuple[StationTable, ...] = ()
    saved: tuple[SavedTable, ...] = ()
    faults: tuple[Fault, ...] = ()
