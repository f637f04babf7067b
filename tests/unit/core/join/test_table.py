"""The table itself: every way leads on, and none leads where it must not."""

import pytest
from tests.unit.core.join.driving import ORDER, Driven

from firstlight.core.join import messages
from firstlight.core.join.phases import (
    BEFORE_PROOF,
    DEADLINES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)
from firstlight.model.radio import SWITCH_SECONDS

UNDER_WAY = [phase for phase in Phase if not phase.is_final]


def ways(phase: Phase) -> dict[Signal, Phase]:
    return {signal: after for (before, signal), after in TRANSITIONS.items() if before is phase}


@pytest.mark.parametrize("phase", UNDER_WAY)
def test_every_phase_under_way_has_a_deadline_and_a_way_out(phase: Phase) -> None:
    assert DEADLINES[phase] > 0
    assert ways(phase)[Signal.BROKEN] is not phase


@pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED])
def test_nothing_follows_the_end(phase: Phase) -> None:
    assert ways(phase) == {}
    assert phase not in DEADLINES


def test_every_phase_can_be_reached() -> None:
    reached = {Phase.PROTECTING}
    for _ in Phase:
        reached |= {after for before in reached for after in ways(before).values()}
    assert reached == set(Phase)


@pytest.mark.parametrize("phase", sorted(BEFORE_PROOF | {Phase.PROMOTING}))
def test_a_failure_before_the_profile_is_saved_leads_back(phase: Phase) -> None:
    assert ways(phase)[Signal.BROKEN] is Phase.RETURNING


def test_a_profile_is_saved_only_after_its_proof() -> None:
    before = [pair for pair, after in TRANSITIONS.items() if after is Phase.PROMOTING]
    assert before == [(Phase.PROVING, Signal.PROVEN)]


def test_failure_comes_only_after_the_way_back() -> None:
    before = {phase for (phase, _), after in TRANSITIONS.items() if after is Phase.FAILED}
    assert before == {Phase.RETURNING}


def test_what_is_saved_does_not_fail_any_more() -> None:
    reached = {TRANSITIONS[Phase.PROMOTING, Signal.PROMOTED]}
    for _ in Phase:
        reached |= {after for before in reached for after in ways(before).values()}
    assert reached == {Phase.RELEASING, Phase.RETIRING, Phase.SUCCEEDED}


def test_the_switch_outlasts_every_trial_that_is_saved() -> None:
    saving = DEADLINES[Phase.PROMOTING] + DEADLINES[Phase.RELEASING]
    assert TRIAL_SECONDS + saving < SWITCH_SECONDS < 120


@pytest.mark.parametrize("phase", UNDER_WAY)
def test_entering_a_phase_sets_its_deadline_and_begins_its_work(phase: Phase) -> None:
    driven = Driven().until(phase)
    assert driven.phase is phase
    assert driven.effects[0] == messages.Arm(phase, DEADLINES[phase])
    begun = [type(effect) for effect in driven.effects[1:]]
    assert (
        begun
        == {
            Phase.PROTECTING: [messages.Protect],
            Phase.SEARCHING: [messages.Search],
            Phase.LINKING: [messages.Activate],
            Phase.ADDRESSING: [],
            Phase.PROVING: [messages.Look],
            Phase.PROMOTING: [messages.Promote],
            Phase.RELEASING: [messages.Release],
            Phase.RETIRING: [messages.Retire],
            Phase.RETURNING: [messages.Abandon],
        }[phase]
    )


def test_the_good_course_is_the_order_of_the_phases() -> None:
    assert tuple(Driven().until(Phase.SUCCEEDED).phases) == ORDER
