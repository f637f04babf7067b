"""What is written down, and what holds the next recovery back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.core.recovery.driving import (
    ALL_WELL,
    NO_GATEWAY,
    NO_INTERNET,
    SETTINGS,
    START,
    Driven,
    later,
)

from firstlight.core.recovery import Record, State, begin
from firstlight.core.recovery.phases import Phase
from firstlight.core.recovery.state import ailment, cooldown_until_ms
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.model.reach import Internet, Reach
from firstlight.model.status import RecoveryLock, RecoveryResult


@pytest.mark.parametrize("result", RecoveryResult)
def test_after_a_restart_nothing_is_pending(result: RecoveryResult) -> None:
    kept = Kept(
        last_attempt_at=1, last_recovered_at=2, last_result=result, last_reason="The link was lost."
    )
    record = Record.of(kept)
    state = begin(SETTINGS, record, cooldown=0.0, now=START)
    assert state.record.last_result is not RecoveryResult.PENDING
    if result is not RecoveryResult.PENDING:
        assert record.last_result is result
    else:
        assert record.last_result is RecoveryResult.FAILED
    assert (record.last_attempt_at, record.last_recovered_at) == (1, 2)
    assert record.last_reason == "The link was lost."


def test_at_the_start_the_radio_is_left_alone() -> None:
    state = begin(SETTINGS, Record(), cooldown=30.0, now=START)
    assert (state.phase, state.held) == (Phase.RESTING, True)
    assert state.cooldown_left(START) == 30.0


def test_a_cooldown_that_was_longer_before_is_no_longer_than_it_is_set_to_now() -> None:
    settings = replace(SETTINGS, cooldown_seconds=10.0)
    assert begin(settings, Record(), cooldown=120.0, now=START).cooldown_left(START) == 10.0


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("cooling", [True, False])
def test_what_holds_the_next_one_back(phase: Phase, *, cooling: bool) -> None:
    state = State(settings=SETTINGS, phase=phase, cooldown_until=1001.0 if cooling else 0.0)
    under_way = phase in {Phase.LOOKING, Phase.REJOINING}
    otherwise = RecoveryLock.COOLDOWN if cooling else RecoveryLock.NONE
    assert state.lock(START) is (RecoveryLock.RECOVERY if under_way else otherwise)
    assert state.recovering is under_way


@pytest.mark.parametrize(("passed", "left"), [(0.0, 5.0), (4.0, 1.0), (5.0, 0.0), (50.0, 0.0)])
def test_a_cooldown_runs_out_by_the_clock_that_never_jumps(passed: float, left: float) -> None:
    state = State(settings=SETTINGS, phase=Phase.STEADY, cooldown_until=1005.0)
    for jump in (-(10.0**9), 0.0, 10.0**9):
        now = Moment(START.monotonic + passed, START.wall + jump)
        assert state.cooldown_left(now) == left


@given(st.floats(0, 1e9), st.floats(0, 3e9), st.integers(0, 2**53))
def test_the_end_of_a_cooldown_is_told_by_the_wall_clock_of_now(
    monotonic: float, wall: float, kept_until: int
) -> None:
    now, kept = Moment(monotonic, wall), Kept(cooldown_until=kept_until)
    cooling = State(settings=SETTINGS, phase=Phase.STEADY, cooldown_until=monotonic + 60)
    assert cooldown_until_ms(cooling, kept, now) == pytest.approx(now.unix_ms + 60_000, abs=1)
    over = replace(cooling, cooldown_until=monotonic)
    assert cooldown_until_ms(over, kept, now) == min(kept_until, now.unix_ms)


@pytest.mark.parametrize(
    ("reach", "gateway", "internet", "full", "ails"),
    [
        (ALL_WELL, True, True, True, False),
        (NO_GATEWAY, True, False, False, True),
        (NO_GATEWAY, True, False, True, True),
        (NO_GATEWAY, False, False, True, False),
        (NO_INTERNET, True, True, True, True),
        (NO_INTERNET, True, True, False, False),
        (NO_INTERNET, True, False, True, False),
        (Reach(gateway=True, internet=Internet.PORTAL), True, True, True, True),
        (Reach(gateway=False, internet=Internet.REACHABLE), False, True, True, False),
    ],
)
def test_what_a_link_must_give(
    reach: Reach, *, gateway: bool, internet: bool, full: bool, ails: bool
) -> None:
    settings = replace(SETTINGS, require_gateway=gateway, require_internet=internet)
    found = ailment(reach, settings, full=full)
    assert (found is not None) is ails


def test_every_other_look_for_home_is_at_the_known_frequencies() -> None:
    known = State(settings=SETTINGS, phase=Phase.SCOUTING, frequencies=(2437,))
    assert [replace(known, scouts=number).narrow for number in range(4)] == [
        False,
        True,
        False,
        True,
    ]
    assert not replace(known, frequencies=(), scouts=1).narrow


def test_nobody_is_there_at_first() -> None:
    for now in (Moment(0.0, 0.0), Moment(5.0, 0.0), START, later(START, 1e6)):
        assert Driven(now=now).state.left_in_peace(now) == 0.0
