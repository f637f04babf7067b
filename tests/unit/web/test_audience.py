"""Who may follow the events, and what of them they see."""

import pytest
from tests.api.fake_service import FakeService

from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.status import DeviceStatus
from firstlight.web.access import Standing
from firstlight.web.audience import Onlooker, Owner

RESET = Action.FACTORY_RESET


def event(
    action: Action | None = None,
    phase: ActionPhase | None = None,
    status: DeviceStatus | None = None,
) -> DeviceEvent:
    return DeviceEvent(
        id="7-1",
        type=EventType.ACTION if action else EventType.SYSTEM,
        ts=1,
        level=Level.INFO,
        message="Something.",
        action=action,
        phase=phase,
        status=status,
    )


class Door:
    """Who it is can be changed."""

    def __init__(self) -> None:
        self.standing = Standing.OWNER
        self.owner = Owner(lambda: self.standing)

    def shown(self, one: DeviceEvent) -> bool | None:
        """Whether it is seen; ``None``: the stream is over."""
        return self.owner.sees(one) if self.owner.may_stay(one) else None


def test_whoever_is_signed_in_sees_everything_until_they_are_not() -> None:
    door = Door()
    assert door.shown(event()) is True
    assert door.owner.may_stay(None)
    door.standing = Standing.STRANGER
    assert not door.owner.may_stay(None)
    assert door.shown(event()) is None


@pytest.mark.parametrize("phase", [ActionPhase.COMPLETED, ActionPhase.FAILED])
def test_whoever_was_there_when_a_reset_began_hears_its_end_and_nothing_else(
    phase: ActionPhase,
) -> None:
    door = Door()
    assert door.shown(event(RESET, ActionPhase.STARTED)) is True
    door.standing = Standing.STRANGER
    assert door.shown(event()) is False
    assert door.owner.may_stay(None)
    assert door.shown(event(RESET)) is True
    assert door.shown(event(RESET, phase)) is True
    assert door.shown(event()) is None
    assert not door.owner.may_stay(None)


@pytest.mark.parametrize("standing", Standing)
def test_meanwhile_they_see_what_others_in_their_place_see(standing: Standing) -> None:
    door = Door()
    assert door.shown(event(RESET, ActionPhase.STARTED)) is True
    door.standing = standing
    looks = standing is not Standing.STRANGER
    assert door.shown(event(status=FakeService().now)) is looks
    assert door.shown(event(Action.NETWORK_CONNECT)) is looks
    assert door.shown(event()) is (standing is Standing.OWNER)


def test_whoever_was_signed_out_before_is_cut_off_by_its_beginning() -> None:
    door = Door()
    door.standing = Standing.STRANGER
    assert door.shown(event(RESET, ActionPhase.STARTED)) is None
    assert door.shown(event(RESET, ActionPhase.COMPLETED)) is None


def test_the_end_of_a_reset_is_the_end_of_that_for_those_who_stay_too() -> None:
    door = Door()
    assert door.shown(event(RESET, ActionPhase.STARTED)) is True
    assert door.shown(event(RESET, ActionPhase.COMPLETED)) is True
    door.standing = Standing.STRANGER
    assert door.shown(event()) is None


def test_an_onlooker_sees_no_log() -> None:
    onlooker = Onlooker()
    assert onlooker.may_stay(None)
    assert onlooker.sees(event(Action.NETWORK_CONNECT))
    assert not onlooker.sees(event())
    assert not onlooker.sees(event(RESET, ActionPhase.COMPLETED))
