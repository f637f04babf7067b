"""Whether a person may start recovery now."""

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import DOWN, HOTSPOT, ONLINE, Driven

from firstlight.core.recovery import trigger
from firstlight.core.recovery.messages import Freed, Held, News, Saw, Tell, Triggered
from firstlight.core.recovery.phases import TRANSITIONS, Phase, Signal
from firstlight.errors import Busy, Code

MAY = [phase for phase in Phase if (phase, Signal.WISHED) in TRANSITIONS]
MAY_NOT = [phase for phase in Phase if phase not in MAY]
WISH = Triggered("Somebody asked for it.")


def refusal(driven: Driven) -> Busy:
    with pytest.raises(Busy) as refused:
        trigger.check(driven.state, driven.now)
    return refused.value


@pytest.mark.parametrize("phase", MAY)
def test_where_a_person_may(phase: Phase) -> None:
    driven = Driven().until(phase)
    trigger.check(driven.state, driven.now)
    driven.take(WISH)
    assert driven.phase is Phase.LOOKING
    assert driven.the(Tell) == Tell(News.STARTED, WISH.reason)
    assert driven.state.record.last_reason == WISH.reason


@pytest.mark.parametrize("phase", MAY_NOT)
def test_elsewhere_it_is_refused_and_changes_nothing(phase: Phase) -> None:
    driven = Driven().until(phase)
    refused = refusal(driven)
    assert refused.code is Code.BUSY
    assert refused.message.endswith(".")
    assert refused.hint
    before = driven.state
    driven.take(WISH)
    assert (driven.state, driven.effects) == (before, ())


@pytest.mark.parametrize("phase", [Phase.LOOKING, Phase.REJOINING])
def test_one_that_is_under_way_is_called_that(phase: Phase) -> None:
    refused = refusal(Driven().until(phase))
    assert refused.code is Code.BUSY
    assert refused.message == "Recovery is under way already."
    assert refused.retry_after == 30


def test_a_radio_that_is_held_is_called_that() -> None:
    refused = refusal(Driven().until(Phase.STEADY).take(Held()))
    assert refused.message == "The radio is needed for something else just now."


@pytest.mark.parametrize("phase", [Phase.SCOUTING, Phase.REHEARSING, Phase.HOMING])
def test_a_try_that_is_under_way_is_called_that(phase: Phase) -> None:
    refused = refusal(Driven().until(phase))
    assert refused.message == "The device is trying its saved networks just now."


def test_with_nothing_to_go_back_to() -> None:
    idle = Driven().take(Freed(replace(DOWN, saved=False)))
    refused = refusal(idle)
    assert refused.message == "There is no saved network to go back to."
    assert refused.retry_after is None


@pytest.mark.parametrize(("passed", "told"), [(0.0, 120), (60.4, 60), (119.9, 1)])
def test_while_cooling_down_the_rest_is_told(passed: float, told: int) -> None:
    driven = Driven().until(Phase.REJOINING).joined()
    assert driven.phase is Phase.STEADY
    driven.take(Saw(ONLINE), after=passed)
    refused = refusal(driven)
    assert refused.code is Code.COOLING_DOWN
    assert f"again in {told} s" in refused.message
    assert refused.retry_after == pytest.approx(120 - passed)


def test_once_it_is_over_a_person_may_again() -> None:
    driven = Driven().until(Phase.REJOINING).joined().take(Saw(ONLINE), after=120)
    trigger.check(driven.state, driven.now)


def test_a_cooldown_of_before_the_start_counts() -> None:
    driven = Driven(cooldown=30).take(Freed(HOTSPOT))
    assert refusal(driven).retry_after == 30
