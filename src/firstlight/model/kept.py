"""What the device remembers: ``provisioning.json`` in the outward contract's spelling."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firstlight.model.status import Mode, RecoveryLock, RecoveryResult

_KEYS = {
    "mode": "device.mode",
    "provisioned": "device.network.provisioned",
    "last_ssid": "device.network.lastSsid",
    "hotspot_ssid": "device.network.hotspotSsid",
    "hotspot_profile": "device.network.hotspotProfile",
    "hotspot_password": "device.network.hotspotPassword",
    "interface_name": "device.network.interfaceName",
    "ap_enabled": "device.network.apEnabled",
    "last_error": "device.network.lastError",
    "restart_pending": "device.restart.pending",
    "restart_reason": "device.restart.reason",
    "recovery_enabled": "device.recovery.enabled",
    "failure_threshold": "device.recovery.failureThreshold",
    "cooldown_ms": "device.recovery.cooldownMs",
    "failure_streak": "device.recovery.failureStreak",
    "last_attempt_at": "device.recovery.lastAttemptAt",
    "last_recovered_at": "device.recovery.lastRecoveredAt",
    "last_result": "device.recovery.lastResult",
    "cooldown_until": "device.recovery.cooldownUntil",
    "active_lock": "device.recovery.activeLock",
    "last_reason": "device.recovery.lastReason",
    "auth_code": "device.auth.code",
    "device_id": "device.auth.deviceId",
    "onboarding_completed": "onboarding.completed",
}


FailureThreshold = Annotated[int, Meta(ge=1, le=100)]
CooldownMs = Annotated[int, Meta(ge=1_000, le=3_600_000)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
UnixMs = Annotated[int, Meta(ge=0, le=2**53)]


class Kept(msgspec.Struct, frozen=True, kw_only=True, rename=_KEYS):
    """A flat object with dotted keys. Times in Unix ms, 0 for never; empty text for nothing yet."""

    mode: Mode = Mode.PROVISIONING
    provisioned: bool = False
    last_ssid: str = ""
    hotspot_ssid: str = ""
    hotspot_profile: str = ""
    hotspot_password: str = ""
    interface_name: str = ""
    ap_enabled: bool = False
    last_error: str = ""
    restart_pending: bool = False
    restart_reason: str = ""
    recovery_enabled: bool = True
    failure_threshold: FailureThreshold = 3
    cooldown_ms: CooldownMs = 120_000
    failure_streak: Count = 0
    last_attempt_at: UnixMs = 0
    last_recovered_at: UnixMs = 0
    last_result: RecoveryResult = RecoveryResult.IDLE
    cooldown_until: UnixMs = 0
    active_lock: RecoveryLock = RecoveryLock.NONE
    last_reason: str = ""
    auth_code: str = ""
    device_id: str = ""
    onboarding_completed: bool = False

    def __repr__(self) -> str:
        return f"Kept(mode={self.mode}, last_ssid={self.last_ssid!r})"
