"""Each rule, broken on purpose: a simulation that never fails shows nothing."""

import asyncio

import pytest
from tests.simulation.broken import (
    FaultyAdapter,
    ForgetsBeforeTrying,
    HotspotNeverUp,
    WritesHalf,
)

from firstlight.core.recovery import candidates, cooldown, entering, machine, searching
from firstlight.daemon.memory import Memory
from firstlight.simulation.judge import Rule, Violation
from firstlight.simulation.machine import Machine
from firstlight.simulation.year import BUSY, Pace, live

SEEDS = range(1, 9)
FULL_NOW_AND_THEN = Pace(tempo=200.0, only=("disk full", "network off"))
KILLED_AT_A_BAD_NETWORK = Pace(tempo=10_000.0, only=("network flapping", "process killed"))


def first_violation(
    machine: type[Machine] = Machine, pace: Pace = BUSY, days: float = 1.0
) -> Violation | None:
    lives = (live(seed, days, pace, machine=machine) for seed in SEEDS)
    return next((lived.violation for lived in lives if lived.violation is not None), None)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (HotspotNeverUp, Rule.REACHABLE),
        (ForgetsBeforeTrying, Rule.PROFILES),
        (WritesHalf, Rule.FILES),
        (FaultyAdapter, Rule.ALIVE),
    ],
)
def test_a_broken_part_is_found(broken: type[Machine], rule: Rule) -> None:
    found = first_violation(broken)
    assert found is not None
    assert found.rule is rule
    assert found.trace[-1].endswith(found.what)


def test_a_device_that_never_looks_for_home_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "in_order", lambda *_, **__: ())
    found = first_violation()
    assert found is not None
    assert found.rule is Rule.HOME


def test_recovery_without_patience_is_a_storm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_PAUSES", (0.0,))
    monkeypatch.setattr(candidates, "_REFUSED_PAUSES", (0.0,))
    for module in (entering, machine):
        monkeypatch.setattr(module, "HOME_SECONDS", 1.0)
    found = first_violation()
    assert found is not None
    assert found.rule is Rule.STORM


def test_a_device_that_never_writes_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Memory, "keep_trying", never)
    found = first_violation(pace=FULL_NOW_AND_THEN, days=3.0)
    assert found is not None
    assert found.rule is Rule.WRITTEN


@pytest.mark.parametrize(
    ("remembered", "what"), [(0.0, "after the one before"), (120.0, "longer than it may")]
)
def test_a_cooldown_that_a_crash_changes_is_found(
    monkeypatch: pytest.MonkeyPatch, remembered: float, what: str
) -> None:
    monkeypatch.setattr(cooldown, "left", lambda *_: remembered)
    found = first_violation(pace=KILLED_AT_A_BAD_NETWORK, days=0.5)
    assert found is not None
    assert found.rule is Rule.COOLDOWN
    assert what in found.what
