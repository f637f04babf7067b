"""What ``status`` tells of phase, health, recovery and restarts."""

import msgspec
import pytest
from tests.unit.cli import samples
from tests.unit.cli.test_views import NOW, drawn

from firstlight.cli.views import status_table
from firstlight.cli.words import duration
from firstlight.model.wire import StatusAnswer


def lines(part: str = "", /, **fields: object) -> dict[str, str]:
    """The table as label and text. ``fields`` are of one part of the status, or of its top."""
    whole = samples.status()["status"]
    changed = {part: whole[part] | fields} if part else fields
    answer = msgspec.convert({"status": whole | changed}, StatusAnswer)
    table = drawn(status_table(answer.status, now_ms=NOW), width=120)
    split = (line.partition("  ") for line in table.splitlines())
    return {label: text.strip() for label, _, text in split if label}


def test_a_device_that_is_well_says_nothing_of_recovery() -> None:
    told = lines()
    assert told["State"] == "ready"
    assert not {"Recovery", "Last recovery", "Restart", "Restart asked"} & set(told)


def test_a_degraded_device_says_how_ill_it_is() -> None:
    told = lines("runtime", phase="degraded", health="error")
    assert told["State"] == "degraded, health: error"


@pytest.mark.parametrize(
    ("recovery", "words"),
    [
        ({"degradedNetworkStreak": 2}, "begins after 3 failed checks; 2 so far"),
        ({"activeLock": "recovery", "degradedNetworkStreak": 3}, "under way"),
        (
            {"activeLock": "cooldown", "inCooldown": True, "cooldownUntil": NOW + 80_400},
            "cooling down, 80 s left",
        ),
        ({"inCooldown": True, "cooldownUntil": NOW + 119_000}, "cooling down, 2 min left"),
        # The clocks of the two machines differ.
        ({"inCooldown": True, "cooldownUntil": NOW - 5000}, "cooling down, 0 s left"),
        ({"inCooldown": True, "cooldownUntil": NOW * 2}, "cooling down, 2 min left"),
        ({"enabled": False}, "switched off"),
        ({"enabled": False, "degradedNetworkStreak": 9}, "switched off"),
    ],
)
def test_what_recovery_is_doing(recovery: dict[str, object], words: str) -> None:
    assert lines("recovery", **recovery)["Recovery"] == words


def test_how_the_last_recovery_ended() -> None:
    told = lines(
        "recovery", lastResult="rejoin_succeeded", lastAttemptAt=NOW, lastReason="Gone \x1b."
    )["Last recovery"]
    assert told.startswith("2023-11-1")
    assert told.endswith(r": back on a saved network (Gone \x1b.)")


def test_a_result_without_time_and_reason() -> None:
    assert lines("recovery", lastResult="failed")["Last recovery"] == "failed"


def test_a_restart_that_is_pending() -> None:
    told = lines(restartPending=True, lastRestartReason="A new \x07version.")
    assert told["Restart"] == "pending"
    assert told["Restart asked"] == r"A new \x07version."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0, "0 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
