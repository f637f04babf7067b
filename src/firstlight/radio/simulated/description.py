"""The world file: its shape, its checks, and what is said about a bad one."""

import re
import tomllib
from collections.abc import Sequence
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from firstlight.errors import ConfigError, InvalidInput
from firstlight.model.access_point import Security, channel_of, frequency_of
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import (
    Dhcp,
    Fault,
    NetworkFault,
    OnAir,
    PskChanged,
    Seconds,
    Signal,
    Upstream,
)

_HALF_SUBNETS = 200  # third octets left for networks, the hotspot's 192.168.4.0/24 not among them
_FIRST_SUBNET = 20


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every table of a world file refuses keys that it doesn't know."""


class RadioTable(_Table, frozen=True, kw_only=True):
    """The one radio of this world."""

    interface: Annotated[str, Meta(min_length=1, max_length=15)] = "wlan0"
    mac: MacAddress = MacAddress("02:00:00:00:00:00")
    driver: str = "simulated"
    scan_while_hotspot: bool = False
    ap_sta: bool = False

    def __post_init__(self) -> None:
        if self.ap_sta:
            raise ValueError("ap_sta: a radio that is hotspot and station at once is not simulated")


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

    def on_air(self, number: int) -> OnAir:
        """As it is when nothing is wrong. ``number`` tells apart what was left to chance."""
        return OnAir(
            ssid=self.ssid,
            bssid=self.bssid or MacAddress.from_bytes(b"\x02\xf1" + number.to_bytes(4, "big")),
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
    """A station that joins the hotspot ``after`` seconds, and leaves again after ``stays`` seconds.

    Without ``passphrase`` it knows the right one.
    """

    mac: MacAddress
    after: Seconds = 5.0
    stays: Seconds | None = None
    passphrase: Passphrase | None = None


class SavedTable(_Table, frozen=True, kw_only=True):
    """A network that is saved from the beginning; the last one was used last."""

    ssid: Ssid
    passphrase: Passphrase | None = None
    hidden: bool = False
    autoconnect: bool = True


class Description(_Table, frozen=True, kw_only=True):
    """A whole world file."""

    radio: RadioTable = RadioTable()
    durations: Durations = Durations()
    access_points: tuple[AccessPointTable, ...] = ()
    stations: tuple[StationTable, ...] = ()
    saved: tuple[SavedTable, ...] = ()
    faults: tuple[Fault, ...] = ()


def parse(text: str) -> Description:
    """Read a world file. Raises ``ConfigError`` naming the key by its path: ``faults[2].until``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("world", f"is not TOML: {error}") from error
    try:
        described = msgspec.convert(data, Description, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explained(str(error), data) from error
    _check_addresses("access_points", "bssid", [ap.bssid for ap in described.access_points])
    _check_addresses("stations", "mac", [station.mac for station in described.stations])
    _check_faults(described)
    return described


def _decode(kind: type, value: Any) -> Any:
    """The types that TOML doesn't have. Raises ``ValueError``, which gets the key's path."""
    try:
        match value:
            case str() if kind is Ssid:
                return Ssid.from_text(value)
            case {"hex": str(digits), **others} if kind is Ssid and not others:
                return Ssid.from_hex(digits)
            case str() if kind is Passphrase:
                return Passphrase.parse(value, field="")
            case str() if kind is MacAddress:
                return MacAddress(value)
            case _ if kind is Ssid:
                raise ValueError('is text, or bytes written as { hex = "636166e9" }')
            case _:
                raise ValueError("is text in quotes")
    except InvalidInput as error:
        raise ValueError(error.message.removeprefix(f"{error.field}: ")) from error


_PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]*)`")


def _explained(message: str, data: dict[str, Any]) -> ConfigError:
    place = _PLACE.search(message)
    path = place["path"] if place else ""
    sentence = _PLACE.sub("", message)
    if unknown := _UNKNOWN.search(sentence):
        known = ", ".join(_known_keys(path, data))
        return ConfigError(_joined(path, unknown["field"]), f"is not known; known are {known}")
    if missing := _MISSING.search(sentence):
        return ConfigError(_joined(path, missing["field"]), "is missing")
    return ConfigError(path or "world", sentence[:1].lower() + sentence[1:])


def _joined(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


_ARRAYS: dict[str, type[msgspec.Struct]] = {
    "access_points": AccessPointTable,
    "durations": Durations,
    "radio": RadioTable,
    "saved": SavedTable,
    "stations": StationTable,
}
_FAULT_KINDS = {kind.__struct_config__.tag: kind for kind in get_args(Fault)}


def _known_keys(path: str, data: dict[str, Any]) -> Sequence[str]:
    section, _, rest = path.partition("[")
    if not section:
        return Description.__struct_fields__
    if section == "faults":
        kind = data["faults"][int(rest.partition("]")[0])]["kind"]
        return ("kind", *_FAULT_KINDS[kind].__struct_fields__)
    return _ARRAYS[section].__struct_fields__


def _check_addresses(section: str, key: str, addresses: Sequence[MacAddress | None]) -> None:
    for number, address in enumerate(addresses):
        if address is not None and address in addresses[:number]:
            raise ConfigError(f"{section}[{number}].{key}", f"{address} is taken by an earlier one")


def _check_faults(described: Description) -> None:
    networks = {ap.ssid: ap for ap in described.access_points}
    for number, fault in enumerate(described.faults):
        if not isinstance(fault, NetworkFault):
            continue
        met = networks.get(fault.ssid)
        if met is None:
            raise ConfigError(
                f"faults[{number}].ssid", f"no access point is named {fault.ssid.text}"
            )
        if isinstance(fault, PskChanged) and not met.guarded.takes_passphrase:
            raise ConfigError(f"faults[{number}].ssid", f"{fault.ssid.text} has no passphrase")
