"""MQTT: where the broker is, what goes to it, and what it may ask for (MQTT 5.0)."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from firstlight.errors import Code
from firstlight.model.ladder import Diagnostics

PLAIN_PORT, TLS_PORT = 1883, 8883
QUEUE_SIZE = 500


class Command(StrEnum):
    """What may be asked for over MQTT, where the configuration lets it; a topic's last part."""

    RECOVER = "recover"
    RESTART = "restart"
    PROVISIONING = "provisioning"
    DIAGNOSE = "diagnose"


class MqttSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A broker, and what is told to it.

    ``ca_pem``: certificates as PEM text, which alone are trusted; ``None``: the system's. ``tls``:
    ``None`` for TLS where there is a ``ca_pem``. ``port``: ``None`` for the usual one.
    ``topic_prefix``: the first part of every topic, ``None`` for ``firstlight/<device ID>``.
    ``client_id``: ``None`` for the device ID. ``queue_size``: so many events wait while there is no
    broker.
    """

    host: str
    port: int | None = None
    username: str | None = None
    password: str | None = None
    tls: bool | None = None
    ca_pem: str | None = None
    client_id: str | None = None
    topic_prefix: str | None = None
    home_assistant: bool = False
    commands: tuple[Command, ...] = ()
    queue_size: int = QUEUE_SIZE

    @property
    def secure(self) -> bool:
        """Whether it speaks TLS."""
        return self.ca_pem is not None if self.tls is None else self.tls

    @property
    def dialled_port(self) -> int:
        """The port that was given, or the usual one with TLS or without."""
        return self.port or (TLS_PORT if self.secure else PLAIN_PORT)

    def __repr__(self) -> str:
        return f"MqttSettings(host={self.host!r}, port={self.dialled_port}, tls={self.secure})"


class BrokerCause(StrEnum):
    """Why there is no connection to the broker."""

    NAME_NOT_RESOLVED = "name_not_resolved"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BAD_CA = "bad_ca"
    CA_MISMATCH = "ca_mismatch"
    HOST_NAME_MISMATCH = "host_name_mismatch"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    TLS_FAILED = "tls_failed"
    NOT_AUTHORIZED = "not_authorized"
    TAKEN_OVER = "taken_over"
    UNSUPPORTED = "unsupported"
    GONE = "gone"
    FAILED = "failed"


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the broker, with QoS 1. ``correlation``: what a request asked to be sent back.

    ``expires_seconds``: the broker drops it undelivered after that long.
    """

    topic: str
    payload: bytes
    retain: bool = False
    correlation: bytes | None = None
    expires_seconds: int | None = None


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A message from the broker. ``response_topic`` and ``correlation`` as MQTT 5.0, 4.10 has them.

    ``retained``: the broker had kept it, so it may be of any age.
    """

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None


class RecoverOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin recovery now."""


class DiagnoseOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Climb the diagnostic ladder, and publish what it finds."""


class ProvisioningOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switch Provisioning Mode. ``force``: even if that ends the WiFi link in use."""

    on: bool
    force: bool = False


Sentence = Annotated[str, Meta(min_length=1)]


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a command. ``command`` is empty for a topic that is none.

    ``error``, ``code`` and ``hint`` say why it was not done.
    """

    command: Command | None
    ok: bool
    error: Sentence | None = None
    code: Code | None = None
    hint: str | None = None
    diagnostics: Diagnostics | None = None


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """So many events were dropped, the oldest first, since this was last told."""

    count: Annotated[int, Meta(ge=1)]


class Availability(StrEnum):
    """Whether the device is there; the broker says ``offline`` for a device that vanished."""

    ONLINE = "online"
    OFFLINE = "offline"


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """Home Assistant's discovery of a whole device (its MQTT documentation, "Device discovery")."""

    device: dict[str, Any]
    origin: dict[str, str]
    availability_topic: str
    components: dict[str, dict[str, Any]]
