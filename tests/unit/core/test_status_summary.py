"""The one sentence of a status: what weighs more is said first."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.unit.core.facts import DOWN, HOME, HOTSPOT, NOW, ONLINE, READY, RUNNING, STEADY, facts

from firstlight.core.recovery.phases import Phase
from firstlight.core.status import device_status
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.kept import Kept
from firstlight.model.radio import Availability, Link, RadioState


@pytest.mark.parametrize(
    ("radio", "attempt", "summary"),
    [
        (DOWN, None, "Not connected."),
        (DOWN, RUNNING, "Joining pier."),
        (ONLINE, RUNNING, "Joining pier."),
        (ONLINE, replace(RUNNING, state=AttemptState.FAILED), "Connected to home as 192.168.7.50."),
        (HOTSPOT, None, "Waiting for WiFi; the hotspot own is up."),
        (replace(DOWN, link=Link.HOTSPOT_STARTING), None, "The hotspot is starting."),
        (
            replace(HOTSPOT, link=Link.SOFTAP),
            None,
            "Handing out configuration to other devices.",
        ),
        (replace(DOWN, link=Link.JOINING, profile=HOME), None, "Joining home."),
        (replace(DOWN, link=Link.JOINING), None, "Joining a network."),
        (replace(DOWN, link=Link.CONNECTED), None, "Not connected."),
    ],
)
def test_the_summary(radio: RadioState, attempt: Attempt | None, summary: str) -> None:
    kept = Kept(hotspot_ssid="own")
    assert device_status(facts(kept=kept, radio=radio, attempt=attempt)).runtime.summary == summary


@pytest.mark.parametrize(
    ("phase", "summary"),
    [
        (Phase.LOOKING, "Looking for a saved network."),
        (Phase.REJOINING, "Joining a saved network again."),
        (Phase.SCOUTING, "Looking whether home is back."),
        (Phase.REHEARSING, "Trying a saved network beside the hotspot."),
        (Phase.HOMING, "Joining a saved network again."),
        (Phase.RESTING, "The hotspot is starting."),
        (Phase.STEADY, "The hotspot is starting."),
        (Phase.DEGRADED, "The hotspot is starting."),
        (Phase.FALLBACK, "The hotspot is starting."),
    ],
)
def test_the_summary_while_recovery_does_something(phase: Phase, summary: str) -> None:
    state, radio = replace(STEADY, phase=phase), replace(DOWN, link=Link.HOTSPOT_STARTING)
    assert device_status(facts(recovery=state, radio=radio)).runtime.summary == summary


def test_a_look_for_home_without_a_name() -> None:
    scouting = replace(STEADY, phase=Phase.SCOUTING)
    status = device_status(facts(kept=Kept(), radio=DOWN, recovery=scouting))
    assert status.runtime.summary == "Looking whether a network is back."


def test_whatever_weighs_more_is_said_first() -> None:
    everything: dict[str, Any] = {
        "radio": RadioState(availability=Availability.BLOCKED),
        "kept": replace(READY, restart_pending=True),
        "resetting": True,
        "attempt": RUNNING,
        "recovery": replace(STEADY, phase=Phase.LOOKING),
    }
    said = []
    for name in [*everything, None]:
        said.append(device_status(facts(**everything)).runtime.summary)
        everything.pop(name or "", None)
    assert said == [
        "The WiFi radio is switched off.",
        "Restarting.",
        "Resetting to factory state.",
        "Joining pier.",
        "Looking for a saved network.",
        "Connected to home as 192.168.7.50.",
    ]


@pytest.mark.parametrize(
    ("kept", "summary"),
    [
        (Kept(hotspot_ssid="own"), "Waiting for WiFi; the hotspot own is up."),
        (Kept(hotspot_ssid="own", provisioned=True), "Waiting for WiFi; the hotspot own is up."),
        (
            Kept(hotspot_ssid="own", last_ssid="home"),
            "Waiting for WiFi; the hotspot own is up.",
        ),
        (
            Kept(hotspot_ssid="own", provisioned=True, last_ssid="home"),
            "home is not reachable; the hotspot own is up.",
        ),
    ],
)
def test_the_hotspot_and_why_it_is_up(kept: Kept, summary: str) -> None:
    fallback = replace(STEADY, phase=Phase.FALLBACK)
    status = device_status(facts(kept=kept, radio=HOTSPOT, recovery=fallback))
    assert status.runtime.summary == summary


def test_a_hotspot_that_a_person_has_raised_is_no_sign_of_trouble() -> None:
    kept = Kept(hotspot_ssid="own", provisioned=True, last_ssid="home")
    by_hand = replace(STEADY, phase=Phase.FALLBACK, pause_until=NOW.monotonic + 1)
    status = device_status(facts(kept=kept, radio=HOTSPOT, recovery=by_hand))
    assert status.runtime.summary == "Waiting for WiFi; the hotspot own is up."
    over = replace(by_hand, pause_until=NOW.monotonic)
    status = device_status(facts(kept=kept, radio=HOTSPOT, recovery=over))
    assert status.runtime.summary == "home is not reachable; the hotspot own is up."


def test_a_network_that_refuses_is_blamed_where_a_person_looks() -> None:
    message = "The password for home was not accepted."
    kept = Kept(hotspot_ssid="own", provisioned=True, last_ssid="home", last_error=message)
    blamed = replace(STEADY, phase=Phase.FALLBACK, blamed=True)
    status = device_status(facts(kept=kept, radio=HOTSPOT, recovery=blamed))
    assert status.runtime.summary == f"{message} The hotspot own is up."
    forgotten = replace(kept, last_error="")
    status = device_status(facts(kept=forgotten, radio=HOTSPOT, recovery=blamed))
    assert status.runtime.summary == "home is not reachable; the hotspot own is up."
