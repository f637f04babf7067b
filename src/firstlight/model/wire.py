"""Bodies of the device API, validated, published and tested as they stand here."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from firstlight.model.attempt import Attempt
from firstlight.model.ladder import Diagnostics
from firstlight.model.records import RecordKind
from firstlight.model.session import SessionEntry
from firstlight.model.status import DeviceStatus, Health, Mode

Signal = Annotated[int, Meta(ge=0, le=100)]


class Ok(msgspec.Struct, frozen=True):
    """Accepted."""

    ok: Literal[True] = True


class StatusAnswer(msgspec.Struct, frozen=True):
    """The device's status."""

    status: DeviceStatus


class NetworkEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One network in sight. ``frequency`` in MHz; ``age`` in seconds since it was heard."""

    ssid: str
    ssid_hex: str
    signal: Signal
    security: str
    in_use: bool
    saved: bool
    bssid: str
    frequency: int
    channel: int | None
    age: int | None


class NetworksAnswer(msgspec.Struct, frozen=True):
    """Every network in sight, strongest first."""

    networks: tuple[NetworkEntry, ...]


class SavedNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """One saved WiFi network; ``name`` is what ``network/forget`` takes."""

    name: str
    uuid: str
    type: str
    autoconnect: bool
    active: bool


class SavedNetworksAnswer(msgspec.Struct, frozen=True):
    """Saved WiFi networks, without hotspots."""

    networks: tuple[SavedNetwork, ...]


class HotspotAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The device's own network, with the password to join it.

    ``channel`` is null while it is down and has none of its own: the quietest is taken then.
    ``address`` is the device's on it, without prefix length; ``stations`` are the MAC addresses of
    who has joined. Before the first start is through, name and password are empty.
    """

    ssid: str
    ssid_hex: str
    password: str
    profile: str
    address: str
    channel: int | None
    up: bool
    stations: tuple[str, ...]

    def __repr__(self) -> str:
        return f"HotspotAnswer(ssid={self.ssid!r}, up={self.up})"


class ConnectBody(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A wish to join. Exactly one of ``ssid`` and ``ssidHex``; an empty password means none."""

    ssid: str | None = None
    ssid_hex: str | None = None
    password: str | None = None
    hidden: bool = False

    def __repr__(self) -> str:
        return f"ConnectBody(ssid={self.ssid!r}, hidden={self.hidden})"


class ForgetBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of a saved network."""

    name: str


class RestartScope(StrEnum):
    """``app``: Firstlight alone; ``device``: the whole machine."""

    APP = "app"
    DEVICE = "device"


Reason = Annotated[str, Meta(max_length=200)]


class RestartBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to restart."""

    reason: Reason = ""
    scope: RestartScope = RestartScope.APP


class RollbackBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to go back to provisioning mode."""

    reason: Reason = ""


class DiagnosticsAnswer(msgspec.Struct, frozen=True):
    """What was found on the way from the radio to the internet."""

    diagnostics: Diagnostics


class TestAnswer(msgspec.Struct, frozen=True):
    """Whether the device is connected, and what was found."""

    connected: bool
    diagnostics: Diagnostics


class AttemptAnswer(msgspec.Struct, frozen=True):
    """One attempt to join."""

    attempt: Attempt


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the daemon is alive, without anything that is nobody's business."""

    ok: bool
    enabled: bool
    version: str
    mode: Mode | None = None
    health: Health | None = None


class PairBody(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """The code that the device shows; spaces and dashes in it don't count."""

    code: Annotated[str, Meta(max_length=64)]
    device_name: Annotated[str, Meta(max_length=64)] = ""


class PairAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A bearer token, told this once. ``expires_at`` in Unix ms as the device believes."""

    token: str
    expires_at: int

    def __repr__(self) -> str:
        return f"PairAnswer(expires_at={self.expires_at})"


class SessionsAnswer(msgspec.Struct, frozen=True):
    """Everybody who is paired, the newest last."""

    sessions: tuple[SessionEntry, ...]


class CertificateUse(StrEnum):
    """What a new certificate is for."""

    CONTROLLER = "controller"
    CLIENT = "client"
    BOTH = "both"


class ExchangeForm(StrEnum):
    """How a registry is written outside of Firstlight."""

    CSV = "csv"
    JSON = "json"


class RegistryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it is stored: see ``PUT /api/{kind}/{uuid}``."""

    kind: RecordKind
    uuid: str
    version: int
    record: dict[str, Any]

    def __repr__(self) -> str:
        return f"RegistryEntry(kind={self.kind.value}, uuid={self.uuid!r})"


class EntriesAnswer(msgspec.Struct, frozen=True):
    """A page of records; one with fewer than were asked for is the last."""

    entries: tuple[RegistryEntry, ...]


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every error's body. ``error`` and ``message`` are the same sentence for a person."""

    error: str
    message: str
    code: str
    hint: str | None = None
