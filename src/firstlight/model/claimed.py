"""What was claimed from a controller, as it is kept and used.

A controller of another make may tell more than is known here, so what a device uses of its record
is read leniently, and all of the record is kept as it came.
"""

import msgspec
from msgspec import UNSET, UnsetType

from firstlight.model.claim import Role
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest
from firstlight.model.records import Mqtt, Name, ShortId, Wifi
from firstlight.model.registry import ClientCa
from firstlight.model.ssid import Ssid


class GivenWifi(Wifi, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The network that was given."""

    def __repr__(self) -> str:
        return f"GivenWifi(ssid={self.ssid!r})"


class GivenMqtt(Mqtt, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The broker that was given."""

    def __repr__(self) -> str:
        return f"GivenMqtt(host={self.host!r}, port={self.port!r})"


class GivenClient(msgspec.Struct, frozen=True, kw_only=True):
    """What a client uses of its record."""

    name: Name
    id: ShortId | UnsetType | None = UNSET
    uuid: str | UnsetType | None = UNSET
    wifi: GivenWifi | UnsetType | None = UNSET
    mqtt: GivenMqtt | UnsetType | None = UNSET


class ClaimedBroker(msgspec.Struct, frozen=True, kw_only=True):
    """The broker to connect to. ``port``: ``None`` for the usual one.

    ``ca_pem``: what alone its certificate may be signed by; TLS where there is one.
    """

    host: str
    port: int | None = None
    username: str | None = None
    password: str | None = None
    ca_pem: str | None = None

    def __repr__(self) -> str:
        return f"ClaimedBroker(host={self.host!r}, port={self.port}, tls={self.ca_pem is not None})"


class Claimed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claimed configuration. ``at`` in Unix ms; ``controller``: the BSSID that it came from.

    ``record``: a client's own, as it came. A controller's records are in its registry; here they
    are counted.
    """

    role: Role
    at: int
    controller: str
    record: msgspec.Raw = msgspec.Raw(b"null")
    ca: ClientCa | None = None
    controllers: int = 0
    clients: int = 0

    def __repr__(self) -> str:
        return f"Claimed(role={self.role.value}, at={self.at}, controller={self.controller!r})"

    @property
    def client(self) -> GivenClient | None:
        """A client's record. Raises ``msgspec.ValidationError`` for one that is none."""
        return msgspec.json.decode(self.record, type=GivenClient | None)

    def wifi(self) -> JoinRequest | None:
        """The network to join, if one was given."""
        given = self.client.wifi if self.client is not None else None
        if not given or given.ssid is UNSET:
            return None
        secret = None if given.password is UNSET else Passphrase.parse(given.password)
        return JoinRequest(ssid=Ssid.from_text(given.ssid), passphrase=secret)

    def mqtt(self) -> ClaimedBroker | None:
        """The broker to connect to, if one was given: over TLS where there is a CA."""
        given = self.client.mqtt if self.client is not None else None
        if not given or given.host is UNSET:
            return None
        return ClaimedBroker(
            host=given.host,
            port=None if given.port is UNSET else given.port,
            username=None if given.username is UNSET else given.username,
            password=None if given.password is UNSET else given.password,
            ca_pem=self.ca.pem if self.ca is not None else None,
        )
