"""Why a saved network could not be joined is told: once, until it can be joined again."""

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import BESIDE, ONLINE, Driven

from firstlight.core.recovery.messages import Absolve, Blame, Saw
from firstlight.core.recovery.phases import Phase
from firstlight.model.attempt import Cause

TOLD = [cause for cause in Cause if cause is not Cause.BUSY]


def blames(driven: Driven) -> list[str]:
    return [one.message for one in driven.all if isinstance(one, Blame)]


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.REHEARSING, Phase.HOMING])
@pytest.mark.parametrize("cause", TOLD)
def test_every_cause_is_told_with_the_name_of_the_network(phase: Phase, cause: Cause) -> None:
    driven = Driven().until(phase).joined(cause)
    [message] = blames(driven)
    assert message
    assert "{" not in message
    assert driven.state.blamed


def test_a_wrong_password_names_its_network() -> None:
    driven = Driven().until(Phase.HOMING).joined(Cause.WRONG_PASSWORD)
    assert "home" in blames(driven)[0]


def test_a_radio_that_was_busy_is_no_fault_of_the_network() -> None:
    driven = Driven().until(Phase.HOMING).joined(Cause.BUSY)
    assert blames(driven) == []
    assert not driven.state.blamed
    assert driven.state.failures["uuid-home"].count == 1


def test_the_same_cause_is_told_once_and_another_again() -> None:
    driven = Driven().until(Phase.SCOUTING)
    for cause in (Cause.NO_ADDRESS, Cause.NO_ADDRESS, Cause.WRONG_PASSWORD):
        driven.scan("home", after=2).joined(cause)
        while driven.phase is Phase.FALLBACK:
            driven.scout()
            if driven.now.monotonic < driven.state.failures["uuid-home"].until:
                driven.scan("home", after=2)
    assert len(blames(driven)) == 2


def test_every_network_is_blamed_for_itself() -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE).scan("home", "office")
    driven.joined(Cause.WRONG_PASSWORD).joined(Cause.WRONG_PASSWORD)
    first, second = blames(driven)
    assert ("home" in first, "office" in second) == (True, True)


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.HOMING])
def test_a_network_that_proves_itself_makes_up_for_it(phase: Phase) -> None:
    before = Phase.LOOKING if phase is Phase.REJOINING else Phase.SCOUTING
    driven = Driven().until(before).scan("home", "office").joined(Cause.WRONG_PASSWORD)
    assert driven.phase is phase
    assert Absolve() in driven.joined().effects
    assert not driven.state.blamed


def test_where_nothing_was_blamed_nothing_is_made_up_for() -> None:
    assert Absolve() not in Driven().until(Phase.HOMING).joined().effects


def test_a_link_that_comes_by_itself_has_to_prove_itself_first() -> None:
    driven = Driven().until(Phase.HOMING).joined(Cause.WRONG_PASSWORD).take(Saw(ONLINE))
    assert driven.phase is Phase.STEADY
    assert Absolve() not in driven.all
    assert driven.state.blamed
    assert Absolve() in driven.checked(full=True).effects
    assert not driven.state.blamed


def test_a_network_that_somebody_else_has_joined_meanwhile_is_not_blamed() -> None:
    driven = Driven().until(Phase.HOMING).take(Saw(replace(ONLINE, network="office")))
    driven.joined(Cause.TIMEOUT)
    assert (driven.phase, blames(driven)) == (Phase.STEADY, [])
