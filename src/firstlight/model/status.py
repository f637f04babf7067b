"""``DeviceStatus``: the one answer to "how are you?", in the outward contract's spelling."""

from enum import StrEnum

import msgspec


class Mode(StrEnum):
    """What the device is doing, as it is stored and told."""

    PROVISIONING = "provisioning"
    CONNECTING = "connecting"
    ONBOARDING = "onboarding"
    READY = "ready"
    MAINTENANCE = "maintenance"
    ERROR = "error"


class RuntimePhase(StrEnum):
    """The mode as it really is at this moment."""

    PROVISIONING = "provisioning"
    CONNECTING = "connecting"
    ONBOARDING = "onboarding"
    READY = "ready"
    MAINTENANCE = "maintenance"
    ERROR = "error"
    DEGRADED = "degraded"
    RESTARTING = "restarting"


class Health(StrEnum):
    """One word for all of it."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class RecoveryResult(StrEnum):
    """How the last recovery ended."""

    IDLE = "idle"
    PENDING = "pending"
    COOLDOWN = "cooldown"
    HOTSPOT_RESTORED = "hotspot_restored"
    REJOIN_SUCCEEDED = "rejoin_succeeded"
    REJOIN_FAILED = "rejoin_failed"
    FAILED = "failed"


class RecoveryLock(StrEnum):
    """What holds recovery back."""

    NONE = "none"
    COOLDOWN = "cooldown"
    RECOVERY = "recovery"


class NetworkStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The network, as it is and as it is remembered."""

    provisioned: bool
    connected: bool
    last_ssid: str
    hotspot_ssid: str
    hotspot_profile: str
    interface_name: str
    ap_enabled: bool
    active_connection: str
    ipv4_address: str
    gateway: str
    internet_reachable: bool
    last_error: str


class RuntimeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What it comes to. ``summary`` and ``warnings`` are sentences for a person."""

    phase: RuntimePhase
    health: Health
    summary: str
    warnings: tuple[str, ...] = ()


class RecoveryStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Automatic recovery. Times in Unix ms, 0 for never; ``cooldown_ms`` in ms."""

    enabled: bool
    failure_threshold: int
    cooldown_ms: int
    degraded_network_streak: int
    last_attempt_at: int
    last_recovered_at: int
    last_result: RecoveryResult
    cooldown_until: int
    active_lock: RecoveryLock
    last_reason: str
    in_cooldown: bool


class ServicesStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What Firstlight stands on. ``nmcli_available`` is told for the contract; it is never used."""

    nmcli_available: bool
    network_manager_available: bool


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything about the device at one moment."""

    mode: Mode
    hostname: str
    network: NetworkStatus
    runtime: RuntimeStatus
    recovery: RecoveryStatus
    restart_pending: bool
    last_restart_reason: str
    services: ServicesStatus
