"""``provisioning.json`` as tests write it: by this version, and by one to come."""

import msgspec

from firstlight.model.kept import Kept
from firstlight.model.status import Mode, RecoveryResult
from firstlight.store.provisioning import ProvisioningStore

# The outward contract, in its own order.
KEYS = [
    "device.mode",
    "device.network.provisioned",
    "device.network.lastSsid",
    "device.network.hotspotSsid",
    "device.network.hotspotProfile",
    "device.network.hotspotPassword",
    "device.network.interfaceName",
    "device.network.apEnabled",
    "device.network.lastError",
    "device.restart.pending",
    "device.restart.reason",
    "device.recovery.enabled",
    "device.recovery.failureThreshold",
    "device.recovery.cooldownMs",
    "device.recovery.failureStreak",
    "device.recovery.lastAttemptAt",
    "device.recovery.lastRecoveredAt",
    "device.recovery.lastResult",
    "device.recovery.cooldownUntil",
    "device.recovery.activeLock",
    "device.recovery.lastReason",
    "device.auth.code",
    "device.auth.deviceId",
    "onboarding.completed",
]

FULL = Kept(
    mode=Mode.READY,
    provisioned=True,
    last_ssid=r"caf\xe9 ☕",
    hotspot_ssid="Firstlight-07B3",
    hotspot_profile="Firstlight-Hotspot",
    hotspot_password="correct-horse",
    interface_name="wlan0",
    ap_enabled=True,
    last_error="The password for home was not accepted.",
    restart_pending=True,
    restart_reason="update",
    recovery_enabled=False,
    failure_threshold=5,
    cooldown_ms=60_000,
    failure_streak=2,
    last_attempt_at=1_700_000_000_000,
    last_recovered_at=1_700_000_000_001,
    last_result=RecoveryResult.REJOIN_SUCCEEDED,
    cooldown_until=1_700_000_060_000,
    last_reason="no address",
    auth_code="123456",
    device_id="LAMP-2026-ABC",
    onboarding_completed=True,
)


def put(store: ProvisioningStore, content: bytes) -> None:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_bytes(content)


def names(store: ProvisioningStore) -> list[str]:
    return sorted(one.name for one in store.path.parent.iterdir())


# Values that no reading and writing again would leave as they are.
FOREIGN = {
    "device.mode.next": b"1.10",
    "onboarding.steps": b'[1, {"two":   "\\u00e9"}]',
    "of.another": b"123456789012345678901234567890",
    "device": b'{"mode": "ready", "network": {}}',
}


def newer(**known: str) -> bytes:
    mine = [f'"{key}": {value}'.encode() for key, value in known.items()]
    others = [b'"%b": %b' % (key.encode(), value) for key, value in FOREIGN.items()]
    return b"{" + b", ".join([*mine, *others]) + b"}"


def foreign(store: ProvisioningStore) -> dict[str, bytes]:
    found = msgspec.json.decode(store.path.read_bytes(), type=dict[str, msgspec.Raw])
    return {key: bytes(value) for key, value in found.items() if key not in KEYS}
