"""``DeviceStatus`` from what is remembered and what is seen."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.unit.core.facts import CUT_OFF, DOWN, HOTSPOT, ONLINE, READY, STEADY, facts

from firstlight.core import recovery
from firstlight.core.recovery.phases import Phase
from firstlight.core.status import device_status
from firstlight.model.kept import Kept
from firstlight.model.radio import Availability, Ipv4, RadioState
from firstlight.model.status import Health, Mode, RecoveryLock, RecoveryResult, RuntimePhase


def test_a_device_that_is_online() -> None:
    status = device_status(facts())
    assert (status.mode, status.hostname) == (Mode.READY, "lamp")
    assert status.runtime.health is Health.OK
    assert status.runtime.phase is RuntimePhase.READY
    assert status.runtime.summary == "Connected to home as 192.168.7.50."
    assert status.runtime.warnings == ()
    network = status.network
    assert (network.connected, network.internet_reachable, network.ap_enabled) == (
        True,
        True,
        False,
    )
    assert (network.ipv4_address, network.gateway) == ("192.168.7.50", "192.168.7.1")
    assert (network.active_connection, network.interface_name) == ("home", "wlan0")


def test_names_and_spelling_of_the_contract() -> None:
    told = msgspec.to_builtins(device_status(facts()))
    assert list(told) == [
        "mode",
        "hostname",
        "network",
        "runtime",
        "recovery",
        "restartPending",
        "lastRestartReason",
        "services",
    ]
    assert list(told["network"]) == [
        "provisioned",
        "connected",
        "lastSsid",
        "hotspotSsid",
        "hotspotProfile",
        "interfaceName",
        "apEnabled",
        "activeConnection",
        "ipv4Address",
        "gateway",
        "internetReachable",
        "lastError",
    ]
    assert list(told["runtime"]) == ["phase", "health", "summary", "warnings"]
    assert list(told["recovery"]) == [
        "enabled",
        "failureThreshold",
        "cooldownMs",
        "degradedNetworkStreak",
        "lastAttemptAt",
        "lastRecoveredAt",
        "lastResult",
        "cooldownUntil",
        "activeLock",
        "lastReason",
        "inCooldown",
    ]
    assert list(told["services"]) == ["nmcliAvailable", "networkManagerAvailable"]


def test_what_is_remembered_is_told() -> None:
    kept = Kept(
        hotspot_ssid="Firstlight-07B3",
        hotspot_profile="Firstlight-Hotspot",
        hotspot_password="correct-horse",
        interface_name="wlan7",
        last_error="The password for home was not accepted.",
        restart_pending=True,
        restart_reason="update",
        auth_code="123456",
    )
    gone = RadioState(availability=Availability.NO_WIFI_DEVICE)
    status = device_status(facts(kept=kept, radio=gone, reach=None, nmcli=False))
    assert status.network.hotspot_ssid == "Firstlight-07B3"
    assert status.network.hotspot_profile == "Firstlight-Hotspot"
    assert status.network.interface_name == "wlan7"
    assert status.network.last_error == "The password for home was not accepted."
    assert (status.restart_pending, status.last_restart_reason) == (True, "update")
    assert not status.services.nmcli_available
    assert status.services.network_manager_available
    told = msgspec.json.encode(status).decode()
    assert "correct-horse" not in told
    assert "123456" not in told


@pytest.mark.parametrize(
    ("changed", "health", "phase"),
    [
        ({}, Health.OK, RuntimePhase.READY),
        ({"reach": None}, Health.OK, RuntimePhase.READY),
        ({"reach": CUT_OFF}, Health.WARNING, RuntimePhase.DEGRADED),
        ({"notes": ("The disk is full.",)}, Health.WARNING, RuntimePhase.DEGRADED),
        ({"radio": DOWN}, Health.ERROR, RuntimePhase.DEGRADED),
        ({"recovery": replace(STEADY, streak=1)}, Health.ERROR, RuntimePhase.DEGRADED),
        (
            {"kept": Kept(mode=Mode.ONBOARDING), "recovery": replace(STEADY, streak=1)},
            Health.ERROR,
            RuntimePhase.DEGRADED,
        ),
        (
            {"kept": Kept(), "radio": HOTSPOT, "recovery": replace(STEADY, streak=3)},
            Health.OK,
            RuntimePhase.PROVISIONING,
        ),
        ({"kept": replace(READY, restart_pending=True)}, Health.OK, RuntimePhase.RESTARTING),
        (
            {"kept": replace(READY, restart_pending=True), "radio": DOWN},
            Health.ERROR,
            RuntimePhase.RESTARTING,
        ),
        ({"kept": Kept(mode=Mode.ONBOARDING)}, Health.OK, RuntimePhase.ONBOARDING),
        (
            {"kept": Kept(mode=Mode.ONBOARDING), "reach": CUT_OFF},
            Health.WARNING,
            RuntimePhase.DEGRADED,
        ),
        ({"kept": Kept(), "radio": HOTSPOT}, Health.OK, RuntimePhase.PROVISIONING),
        ({"kept": Kept(), "radio": DOWN}, Health.OK, RuntimePhase.PROVISIONING),
        (
            {"kept": Kept(), "radio": HOTSPOT, "notes": ("The disk is full.",)},
            Health.WARNING,
            RuntimePhase.PROVISIONING,
        ),
        ({"kept": Kept(mode=Mode.CONNECTING)}, Health.OK, RuntimePhase.CONNECTING),
        ({"kept": Kept(mode=Mode.MAINTENANCE)}, Health.OK, RuntimePhase.MAINTENANCE),
        ({"kept": Kept(mode=Mode.ERROR)}, Health.ERROR, RuntimePhase.ERROR),
    ],
)
def test_health_and_phase(changed: dict[str, Any], health: Health, phase: RuntimePhase) -> None:
    runtime = device_status(facts(**changed)).runtime
    assert (runtime.health, runtime.phase) == (health, phase)


@pytest.mark.parametrize("availability", [one for one in Availability if one != "ready"])
@pytest.mark.parametrize("mode", [Mode.PROVISIONING, Mode.READY])
def test_whatever_stands_in_the_way_is_told(availability: Availability, mode: Mode) -> None:
    status = device_status(facts(kept=Kept(mode=mode), radio=RadioState(availability=availability)))
    runtime = status.runtime
    assert runtime.health is Health.ERROR
    assert runtime.summary.endswith(".")
    assert runtime.warnings == (runtime.summary,)
    available = availability is not Availability.NO_NETWORK_MANAGER
    assert status.services.network_manager_available is available


def test_warnings() -> None:
    notes = ("The disk is full.",)
    blocked = RadioState(availability=Availability.BLOCKED)
    assert device_status(facts(notes=notes, radio=blocked)).runtime.warnings == (
        "The disk is full.",
        "The WiFi radio is switched off.",
    )
    assert device_status(facts(notes=notes, reach=CUT_OFF)).runtime.warnings == (
        "The disk is full.",
        "The internet was not reachable when last looked.",
    )


@pytest.mark.parametrize("radio", [DOWN, HOTSPOT])
def test_what_was_found_once_says_nothing_of_a_radio_that_is_not_online(radio: RadioState) -> None:
    network = device_status(facts(radio=radio)).network
    assert (network.connected, network.internet_reachable) == (False, False)
    assert (network.ipv4_address, network.gateway) == ("", "")
    assert device_status(facts(radio=radio, reach=CUT_OFF, kept=Kept())).runtime.warnings == ()


def test_a_lease_without_a_gateway() -> None:
    flat = replace(ONLINE, ipv4=Ipv4(address="10.0.0.2", prefix=8))
    assert device_status(facts(radio=flat)).network.gateway == ""


def test_what_recovery_has_written_down() -> None:
    kept = Kept(
        last_attempt_at=1,
        last_recovered_at=2,
        last_result=RecoveryResult.HOTSPOT_RESTORED,
        last_reason="The link to home was lost.",
        cooldown_until=3,
    )
    told = device_status(facts(kept=kept)).recovery
    assert (told.last_attempt_at, told.last_recovered_at, told.cooldown_until) == (1, 2, 3)
    assert told.last_result is RecoveryResult.HOTSPOT_RESTORED
    assert told.last_reason == "The link to home was lost."


def test_settings_are_those_in_force_and_not_those_that_were_kept() -> None:
    settings = recovery.Settings(enabled=False, threshold=7, cooldown_seconds=0.5)
    kept = Kept(failure_threshold=9, cooldown_ms=9000, failure_streak=5)
    told = device_status(
        facts(kept=kept, recovery=replace(STEADY, settings=settings, streak=2))
    ).recovery
    assert (told.enabled, told.failure_threshold, told.cooldown_ms) == (False, 7, 500)
    assert told.degraded_network_streak == 2


@pytest.mark.parametrize(
    ("phase", "until", "lock", "cooling"),
    [
        (Phase.STEADY, 50.0, RecoveryLock.NONE, False),
        (Phase.STEADY, 50.5, RecoveryLock.COOLDOWN, True),
        (Phase.LOOKING, 50.5, RecoveryLock.RECOVERY, True),
        (Phase.REJOINING, 0.0, RecoveryLock.RECOVERY, False),
        (Phase.HOMING, 0.0, RecoveryLock.NONE, False),
    ],
)
def test_cooldown_and_lock_are_those_of_now_whatever_the_wall_clock_says(
    phase: Phase, until: float, lock: RecoveryLock, *, cooling: bool
) -> None:
    state = replace(STEADY, phase=phase, cooldown_until=until)
    kept = Kept(cooldown_until=2**53 - 1, active_lock=RecoveryLock.COOLDOWN)
    told = device_status(facts(kept=kept, recovery=state)).recovery
    assert (told.active_lock, told.in_cooldown) == (lock, cooling)


def test_a_broker_that_is_away_is_a_warning_while_online() -> None:
    away = "The MQTT broker broker.example is not connected: it does not answer."
    told = device_status(facts(broker=away)).runtime
    assert (told.health, told.warnings) == (Health.WARNING, (away,))
    assert device_status(facts(radio=HOTSPOT, broker=away)).runtime.warnings == ()
    assert device_status(facts()).runtime.health is Health.OK
