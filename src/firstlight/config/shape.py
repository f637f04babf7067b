"""Every key there is, with its default and its bounds."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from firstlight.model.backend import Backend
from firstlight.model.claim import AfterFailure, Role
from firstlight.model.improv import Authorization
from firstlight.model.kept import CooldownMs, FailureThreshold
from firstlight.model.mqtt import PLAIN_PORT, TLS_PORT, Command
from firstlight.model.reach import ReachTarget


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the product calls itself, and how its pages look.

    ``colour``: ``#rrggbb``, the one accent; ``logo``: a file, SVG or PNG, at most 8 KiB;
    ``support_url``: where people find help. ``ssid_prefix``: what the hotspot's name begins with,
    instead of ``name``.
    """

    name: Annotated[str, Meta(min_length=1, max_length=27)] = "Firstlight"
    colour: str | None = None
    logo: str | None = None
    support_url: str | None = None
    ssid_prefix: Annotated[str, Meta(min_length=1, max_length=27)] | None = None


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new network must prove before it replaces the old one."""

    require_gateway: bool = True
    require_internet: bool = False


class Hotspot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The device's own network. Without ``ssid`` and ``password`` both are made for this device.

    ``portal_port``: where the page is served to it, too, whatever ``web`` says; 0 for nowhere.
    ``share_internet``: whether who is on it reaches other networks through the device.
    """

    ssid: str | None = None
    password: str | None = None
    profile: Annotated[str, Meta(min_length=1, max_length=64)] = "Firstlight-Hotspot"
    channel: Annotated[int, Meta(ge=1, le=13)] | None = None
    address: str = "192.168.4.1/24"
    at_start: bool = True
    portal_port: Annotated[int, Meta(ge=0, le=65535)] = 80
    share_internet: bool = False

    def __repr__(self) -> str:
        return f"Hotspot(ssid={self.ssid!r}, channel={self.channel}, address={self.address!r})"


class Reachability(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pages whose answers are known; the first that answers as expected proves the internet."""

    targets: tuple[ReachTarget, ...] = (
        ReachTarget(url="http://connectivitycheck.gstatic.com/generate_204"),
        ReachTarget(
            url="http://nmcheck.gnome.org/check_network_status.txt",
            status=200,
            body="NetworkManager is online",
        ),
    )
    seconds: Annotated[float, Meta(gt=0, le=10)] = 6.0
    interval_seconds: Annotated[float, Meta(ge=5, le=86_400)] = 30.0
    internet_interval_seconds: Annotated[float, Meta(ge=5, le=86_400)] = 300.0


class Recovery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens when a working network stops working. ``None``: what is kept, or the default.

    The network counts as lost after ``failure_threshold`` checks, ``check_seconds`` apart.
    """

    enabled: bool | None = None
    failure_threshold: FailureThreshold | None = None
    cooldown_ms: CooldownMs | None = None
    check_seconds: Annotated[float, Meta(ge=1, le=20)] = 5.0


class Hooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Executables that are told of every event; see docs/hooks.md."""

    folder: str = "/etc/firstlight/hooks"
    seconds: Annotated[float, Meta(gt=0, le=300)] = 10.0
    concurrency: Annotated[int, Meta(ge=1, le=16)] = 2


class Tls(StrEnum):
    """Whether the broker is dialled over TLS; ``AUTO``: where there is a ``ca``."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Mqtt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The MQTT broker that the device needs, if any: the diagnostic ladder looks for it.

    With ``publish`` the device tells it how it is; see docs/telemetry.md. ``port``: without it, the
    usual one with TLS or without. ``ca``: a PEM file, trusted alone; without it, the system's.
    ``commands``: what may be asked of the device over MQTT. ``queue_size``: so many events wait
    while the broker is away.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    username: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    password: str | None = None
    password_file: str | None = None
    tls: Tls = Tls.AUTO
    ca: str | None = None
    publish: bool = True
    client_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    topic_prefix: str | None = None
    home_assistant: bool = False
    commands: tuple[Command, ...] = ()
    queue_size: Annotated[int, Meta(ge=10, le=10_000)] = 500

    @property
    def dialled_port(self) -> int:
        """The port that was given, or the usual one with TLS or without."""
        secure = self.tls is Tls.ON or (self.tls is Tls.AUTO and self.ca is not None)
        return self.port or (TLS_PORT if secure else PLAIN_PORT)

    def __repr__(self) -> str:
        return f"Mqtt(host={self.host!r}, port={self.port}, tls={self.tls.value})"


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``id_prefix``: what device IDs begin with. Without it: the brand's first three letters."""

    id_prefix: Annotated[str, Meta(min_length=2, max_length=8)] | None = None


class Pairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people show that they stand in front of the device.

    ``required_on_hotspot``: whether the hotspot's password alone is not enough there.
    """

    required_on_hotspot: bool = False
    code_seconds: Annotated[float, Meta(ge=60, le=3600)] = 300.0


class Registry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where controllers, clients and certificates are kept.

    ``url``: ``postgresql://…``; without it, ``registry.db`` in the state folder. ``key_file``: the
    key that everything in it is encrypted with; without it, a systemd credential of the name
    ``firstlight-key``, else ``key`` in the state folder.
    """

    url: str | None = None
    key_file: str | None = None

    def __repr__(self) -> str:
        return f"Registry(url={'set' if self.url else None}, key_file={self.key_file!r})"


class Provisioning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Provisioning Mode: how long it lasts, and how its SoftAP is sent.

    ``port``: where configuration is handed out inside the SoftAP; existing devices ask on 80.
    """

    ttl_seconds: Annotated[int, Meta(ge=10, le=86_400)] = 1800
    channel: Annotated[int, Meta(ge=1, le=13)] = 1
    tx_power_dbm: Annotated[float, Meta(ge=0, le=30)] = 2.0
    port: Annotated[int, Meta(ge=1, le=65535)] = 80


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Claiming configuration from a controller nearby, at boot and by command.

    ``wired_mac``: a network interface whose MAC address is shown on the air instead of the radio's
    own, as controllers are registered by it. ``after_failure``: whether a configuration that does
    not work is kept and tried again, or dropped so that the device can be claimed anew.
    """

    at_boot: bool = False
    role: Role = Role.CLIENT
    wired_mac: Annotated[str, Meta(max_length=15)] = ""
    after_failure: AfterFailure = AfterFailure.KEEP


class Mdns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the device tells its name on the networks that it serves (RFC 6762, RFC 6763)."""

    enabled: bool = True


class Improv(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Improv Wi-Fi over Bluetooth LE, a second way in; see docs/improv.md.

    ``adapter``: such as ``hci0``; without it, the first that can advertise. ``authorization``:
    whether somebody at the device has to say yes first, which then holds for
    ``authorization_seconds``.
    """

    enabled: bool = False
    adapter: Annotated[str, Meta(max_length=15)] = ""
    authorization: Authorization = Authorization.REQUIRED
    authorization_seconds: Annotated[int, Meta(ge=10, le=3600)] = 60


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the daemon listens, and who may ask.

    ``host_names``: further names under which browsers may reach it. ``trust_local``: whether this
    machine's own TCP peers need no sign-in while there is no token; switch it off behind a proxy.
    With ``tls_certificate`` and ``tls_key`` (PEM files) pages and API are served over TLS on
    ``tls_port``, and ``port`` only leads there.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    public: bool = False
    token: str | None = None
    allowed_cidrs: tuple[str, ...] = ()
    host_names: tuple[str, ...] = ()
    trust_local: bool = True
    tls_certificate: str | None = None
    tls_key: str | None = None
    tls_port: Annotated[int, Meta(ge=0, le=65535)] = 8443

    def __repr__(self) -> str:
        return f"Web(host={self.host!r}, port={self.port}, public={self.public})"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it. ``interface`` empty: the first WiFi device; ``world``: a simulated one's file.

    ``demo``: on a simulated radio, register example devices where nobody is registered.
    """

    enabled: bool = False
    allow_system_control: bool = False
    backend: Backend = Backend.AUTO
    interface: Annotated[str, Meta(max_length=15)] = ""
    country: str | None = None
    state_dir: str = ""
    world: str | None = None
    demo: bool = False
    brand: Brand = Brand()
    device: Device = Device()
    join: Join = Join()
    hotspot: Hotspot = Hotspot()
    reach: Reachability = Reachability()
    recovery: Recovery = Recovery()
    hooks: Hooks = Hooks()
    mqtt: Mqtt = Mqtt()
    pairing: Pairing = Pairing()
    mdns: Mdns = Mdns()
    registry: Registry = Registry()
    provisioning: Provisioning = Provisioning()
    claim: Claim = Claim()
    improv: Improv = Improv()
    web: Web = Web()

    @property
    def state_path(self) -> Path:
        """The folder for everything that is kept."""
        return Path(self.state_dir)

    @property
    def socket_path(self) -> Path:
        """Where programs on this machine reach the daemon."""
        return self.state_path / "control.sock"
