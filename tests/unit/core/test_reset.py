"""What a factory reset leaves."""

import msgspec

from firstlight.core.reset import as_new
from firstlight.model.kept import Kept
from firstlight.model.status import Mode, RecoveryLock, RecoveryResult

LABEL = {
    "hotspot_ssid": "Aurora-LAMP",
    "hotspot_profile": "Aurora-Hotspot",
    "hotspot_password": "correct-horse",
    "device_id": "AUR-2026-0001",
}
USED = Kept(
    **LABEL,
    mode=Mode.MAINTENANCE,
    provisioned=True,
    last_ssid="home",
    interface_name="wlan0",
    ap_enabled=True,
    last_error="The password for home was not accepted.",
    restart_pending=True,
    restart_reason="update",
    recovery_enabled=False,
    failure_threshold=9,
    cooldown_ms=5000,
    failure_streak=2,
    last_attempt_at=1,
    last_recovered_at=2,
    last_result=RecoveryResult.FAILED,
    cooldown_until=3,
    active_lock=RecoveryLock.COOLDOWN,
    last_reason="The link was lost.",
    auth_code="123456",
    onboarding_completed=True,
)


def test_only_what_stands_on_the_label_is_left() -> None:
    assert as_new(USED) == Kept(**LABEL)


def test_every_field_was_looked_at() -> None:
    fresh = Kept()
    same = {name for name in Kept.__struct_fields__ if getattr(USED, name) == getattr(fresh, name)}
    assert same == set()


def test_a_second_reset_changes_nothing() -> None:
    assert as_new(as_new(USED)) == as_new(USED)
    assert as_new(Kept()) == Kept()


def test_nothing_of_before_is_told_any_more() -> None:
    told = msgspec.json.encode(as_new(USED)).decode()
    assert "home" not in told
    assert "123456" not in told
