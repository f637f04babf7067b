"""Each rule, broken on purpose: a simulation that never fails shows nothing."""

import pytest
from tests.simulation.broken import (
    FaultyAdapter,
    ForgetsBeforeTrying,
    HotspotNeverUp,
    NeverScans,
    WritesHalf,
)

from firstlight.core.recovery import candidates, cooldown, entering, machine
from firstlight.simulation.judge import Rule, Violation
from firstlight.simulation.machine import Machine
from firstlight.simulation.year import BUSY, QUIET, Pace, live

pytestmark = pytest.mark.timeout(60)

SEEDS = range(1, 9)


def first_violation(machine: type[Machine] = Machine, pace: Pace = QUIET) -> Violation | None:
    for seed in SEEDS:
        found = live(seed, 60.0 if pace is QUIET else 3.0, pace, machine=machine).violation
        if found is not None:
            return found
    return None


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (HotspotNeverUp, Rule.REACHABLE),
        (NeverScans, Rule.HOME),
        (ForgetsBeforeTrying, Rule.PROFILES),
        (WritesHalf, Rule.FILES),
        (FaultyAdapter, Rule.ALIVE),
    ],
)
def test_a_broken_part_is_found(broken: type[Machine], rule: Rule) -> None:
    found = first_violation(broken, BUSY)
    assert found is not None
    assert found.rule is rule
    assert found.trace[-1].endswith(found.what)


def test_recovery_without_patience_is_a_storm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_PAUSES", (0.0,))
    monkeypatch.setattr(candidates, "_REFUSED_PAUSES", (0.0,))
    for module in (entering, machine):
        monkeypatch.setattr(module, "HOME_SECONDS", 1.0)
    found = first_violation(pace=BUSY)
    assert found is not None
    assert found.rule is Rule.STORM


def test_a_cooldown_that_a_crash_forgets_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cooldown, "left", lambda *_: 0.0)
    found = first_violation(pace=BUSY)
    assert found is not None
    assert found.rule is Rule.COOLDOWN


def test_a_cooldown_that_begins_anew_with_every_process_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cooldown, "left", lambda *_: 120.0)
    found = first_violation(pace=BUSY)
    assert found is not None
    assert found.rule is Rule.COOLDOWN
