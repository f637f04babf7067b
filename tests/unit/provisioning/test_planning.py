"""How a radio can be the SoftAP, with what it is doing already."""

import pytest
from msgspec.structs import replace

from firstlight.errors import Busy, Code
from firstlight.model.radio import Abilities, Availability, Link, RadioState
from firstlight.provisioning.messages import Plan
from firstlight.provisioning.planning import plan

IDLE = RadioState(availability=Availability.READY, interface="wlan0")
JOINED = replace(IDLE, link=Link.CONNECTED, frequency=2437)
BOTH = Abilities(join_as_hotspot=True, one_channel=False)
ONE_CHANNEL = Abilities(join_as_hotspot=True, one_channel=True)
ALONE = Plan(beside=False, channel=1)


@pytest.mark.parametrize("link", [Link.DOWN, Link.HOTSPOT, Link.HOTSPOT_STARTING])
def test_a_radio_without_a_network_is_free(link: Link) -> None:
    assert plan(replace(IDLE, link=link), 1, force=False) == ALONE


def test_a_radio_that_can_do_both_does_both() -> None:
    assert plan(replace(JOINED, abilities=BOTH), 1, force=False) == Plan(beside=True, channel=1)


def test_with_one_channel_it_is_the_network_s() -> None:
    state = replace(JOINED, abilities=ONE_CHANNEL)
    assert plan(state, 1, force=False) == Plan(beside=True, channel=6)


@pytest.mark.parametrize(
    "state",
    [
        JOINED,
        replace(JOINED, abilities=ONE_CHANNEL, frequency=5180),
        replace(JOINED, abilities=ONE_CHANNEL, frequency=None),
        replace(JOINED, abilities=ONE_CHANNEL, frequency=5955),
        replace(JOINED, link=Link.JOINING, abilities=BOTH),
    ],
)
def test_otherwise_it_is_refused_unless_forced(state: RadioState) -> None:
    with pytest.raises(Busy) as refused:
        plan(state, 1, force=False)
    assert refused.value.code is Code.RADIO_IN_USE
    assert "force" in str(refused.value.hint)
    assert plan(state, 1, force=True) == ALONE
