"""Provisioning Mode on the wire."""

from enum import StrEnum

import msgspec

from firstlight.model.records import Client, Controller


class ModeState(StrEnum):
    """Where Provisioning Mode stands."""

    OFF = "off"
    STARTING = "starting"
    ACTIVE = "active"
    STOPPING = "stopping"


class ModeEnd(StrEnum):
    """Why Provisioning Mode ended, or did not begin."""

    ASKED = "asked"
    EXPIRED = "expired"
    ROGUE_STATION = "rogue_station"
    BAD_NONCES = "bad_nonces"
    ANOTHER_CONTROLLER = "another_controller"
    RADIO_IN_USE = "radio_in_use"
    RADIO_FAILED = "radio_failed"
    REGISTRY_FAILED = "registry_failed"
    RESTARTED = "restarted"


class Progress(StrEnum):
    """How far a device has come."""

    EXPECTED = "expected"
    JOINED = "joined"
    CONFIGURED = "configured"
    REFUSED = "refused"


class DeviceProgress(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One device of the session. ``kind``: ``clients`` or ``controllers``; ``at`` in Unix ms.

    ``reason`` says why it was refused. A station that nobody knows has neither name nor UUID.
    """

    mac: str
    state: Progress
    name: str = ""
    kind: str = ""
    uuid: str = ""
    at: int | None = None
    reason: str = ""


class ModeEnded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the last session ended. ``at`` in Unix ms; ``mac``: the station that was to blame."""

    reason: ModeEnd
    message: str
    at: int
    hint: str = ""
    mac: str = ""


class ModeAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``GET /api/provisioning``: while it is off or starting, ``enabled`` alone.

    ``expires_at`` in Unix ms. ``password`` opens the SoftAP.
    """

    enabled: bool
    ssid: str | None = None
    password: str | None = None
    expires_at: int | None = None
    sessions: tuple[DeviceProgress, ...] | None = None

    def __repr__(self) -> str:
        return f"ModeAnswer(enabled={self.enabled})"


class ModeSession(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``GET /api/provisioning/session``: all that a page or a terminal shows.

    ``devices`` are those that did something, then as many of the expected ones as there is room
    for; ``expected``, ``joined``, ``configured`` and ``refused`` count them all. Powers in dBm:
    what was asked for, and what the driver reads back.
    """

    state: ModeState
    ssid: str = ""
    password: str = ""
    bssid: str = ""
    interface: str = ""
    channel: int | None = None
    expires_at: int | None = None
    tx_power_requested: float | None = None
    tx_power_actual: float | None = None
    expected: int = 0
    joined: int = 0
    configured: int = 0
    refused: int = 0
    devices: tuple[DeviceProgress, ...] = ()
    warnings: tuple[str, ...] = ()
    ended: ModeEnded | None = None

    def __repr__(self) -> str:
        return f"ModeSession(state={self.state.value})"


class ModeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to switch it on. ``force``: even if that ends the WiFi link in use."""

    force: bool = False


class NonceAnswer(msgspec.Struct, frozen=True):
    """Good once, for the caller alone, for a minute."""

    nonce: int

    def __repr__(self) -> str:
        return "NonceAnswer(…)"


class ControllerWithUuid(Controller, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A controller of the bundle."""

    uuid: str


class ClientWithUuid(Client, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client of the bundle."""

    uuid: str


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /api/provisioning/controller``: everything that a controller needs."""

    controllers: tuple[ControllerWithUuid, ...]
    clients: tuple[ClientWithUuid, ...]
