"""What turns the device's mode."""

import pytest

from firstlight.core.mode import Turn, settled, turned
from firstlight.model.status import Mode

ORDINARY = [Mode.PROVISIONING, Mode.CONNECTING, Mode.ONBOARDING, Mode.READY]


@pytest.mark.parametrize("mode", ORDINARY)
@pytest.mark.parametrize("onboarded", [False, True])
def test_ordinary_modes_follow_what_happens(mode: Mode, *, onboarded: bool) -> None:
    assert turned(mode, Turn.JOINING, onboarded=onboarded) is Mode.CONNECTING
    assert turned(mode, Turn.ALONE, onboarded=onboarded) is Mode.PROVISIONING
    online = turned(mode, Turn.ONLINE, onboarded=onboarded)
    assert online is (Mode.READY if onboarded else Mode.ONBOARDING)
    assert online is settled(onboarded=onboarded)


@pytest.mark.parametrize("mode", [Mode.MAINTENANCE, Mode.ERROR])
@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("onboarded", [False, True])
def test_maintenance_and_error_stay(mode: Mode, turn: Turn, *, onboarded: bool) -> None:
    assert turned(mode, turn, onboarded=onboarded) is mode
