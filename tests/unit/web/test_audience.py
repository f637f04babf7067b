"""Who may follow the events, and what of them they see."""

import pytest

from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.web.audience import Onlooker, Owner

RESET = Action.FACTORY_RESET


def event(action: Action | None = None, phase: ActionPhase | None = None) -> DeviceEvent:
    return DeviceEvent(
        id="7-1",
        type=EventType.ACTION if action else EventType.SYSTEM,
        ts=1,
        level=Level.INFO,
        message="Something.",
        action=action,
        phase=phase,
    )


class Door:
    """Whether somebody is signed in can be changed."""

    def __init__(self) -> None:
        self.signed_in = True
        self.owner = Owner(lambda: self.signed_in)

    def shown(self, one: DeviceEvent) -> bool | None:
        """Whether it is seen; ``None``: the stream is over."""
        return self.owner.sees(one) if self.owner.may_stay(one) else None


def test_whoever_is_signed_in_sees_everything_until_they_are_not() -> None:
    door = Door()
    assert door.shown(event()) is True
    assert door.owner.may_stay(None)
    door.signed_in = False
    assert not door.owner.may_stay(None)
    assert door.shown(event()) is None


@pytest.mark.parametrize("phase", [ActionPhase.COMPLETED, ActionPhase.FAILED])
def test_whoever_was_there_when_a_reset_began_hears_its_end_and_nothing_else(
    phase: ActionPhase,
) -> None:
    door = Door()
    assert door.shown(event(RESET, ActionPhase.STARTED)) is True
    door.signed_in = False
    assert door.shown(event()) is False
    assert door.owner.may_stay(None)
    assert door.shown(event(RESET)) is True
    assert door.shown(event(RESET, phase)) is True
    assert door.shown(event()) is None
    assert not door.owner.may_stay(None)


def test_whoever_was_signed_out_before_is_cut_off_by_its_beginning() -> None:
    door = Door()
    door.signed_in = False
    assert door.shown(event(RESET, ActionPhase.STARTED)) is None
    assert door.shown(event(RESET, ActionPhase.COMPLETED)) is None


def test_the_end_of_a_reset_is_the_end_of_that_for_those_who_stay_too() -> None:
    door = Door()
    assert door.shown(event(RESET, ActionPhase.STARTED)) is True
    assert door.shown(event(RESET, ActionPhase.COMPLETED)) is True
    door.signed_in = False
    assert door.shown(event()) is None


def test_an_onlooker_sees_no_log() -> None:
    onlooker = Onlooker()
    assert onlooker.may_stay(None)
    assert onlooker.sees(event(Action.NETWORK_CONNECT))
    assert not onlooker.sees(event())
    assert not onlooker.sees(event(RESET, ActionPhase.COMPLETED))
