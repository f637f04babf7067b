"""Which saved networks to try, in which order, and how."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.recovery.driving import CHANNEL_1, CHANNEL_6, CHANNEL_36, heard, saved

from firstlight.core.recovery.candidates import (
    Approach,
    Failures,
    approach,
    failed,
    hidden,
    in_order,
    networks,
)
from firstlight.model.access_point import AccessPoint
from firstlight.model.attempt import Cause
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Abilities
from firstlight.model.ssid import Ssid

NAMES = ["home", "office", "pier", "cabin"]
IN_SIGHT = [heard(name) for name in NAMES]


def names(*profiles: Profile, last: str = "") -> list[str]:
    return [one.name for one in in_order(profiles, IN_SIGHT, last=last)]


@pytest.mark.parametrize(
    "unfit",
    [
        saved("home", autoconnect=False),
        saved("home", trial=True),
        saved("home", kind=ProfileKind.HOTSPOT),
        saved("home", ssid=None),
        saved("home", ssid=Ssid(b"elsewhere")),
    ],
    ids=["by hand only", "trial", "hotspot", "no name", "out of sight"],
)
def test_what_is_not_to_be_tried_is_left_out(unfit: Profile) -> None:
    assert names(unfit, saved("office")) == ["office"]


def test_only_those_that_join_by_themselves_are_saved_networks() -> None:
    fit, by_hand = saved("home"), saved("office", autoconnect=False)
    assert networks([by_hand, fit]) == (fit,)


def test_hidden_ones_are_asked_for_by_name() -> None:
    concealed = saved("cabin", hidden=True)
    by_hand = saved("pier", hidden=True, autoconnect=False)
    assert hidden([saved("home"), concealed, by_hand]) == (concealed,)


def test_a_hidden_network_that_answered_is_a_candidate_like_another() -> None:
    assert names(saved("cabin", hidden=True)) == ["cabin"]


def test_the_last_one_goes_first_then_priority_then_signal_then_name() -> None:
    profiles = [
        saved("alpha"),
        saved("beta"),
        saved("loud"),
        saved("liked", priority=5),
        saved("least", priority=-5),
        saved("last", priority=-9),
    ]
    around = [heard(one.name, signal=90 if one.name == "loud" else 50) for one in profiles]
    order = [one.name for one in in_order(profiles, around, last="last")]
    assert order == ["last", "liked", "loud", "alpha", "beta", "least"]


def test_the_last_one_is_known_by_its_profile_or_by_what_it_is_called_on_the_air() -> None:
    profile = saved("office", ssid=Ssid(b"home"))
    assert names(saved("cabin"), profile, last="home") == ["office", "cabin"]
    assert names(saved("cabin"), profile, last="office") == ["office", "cabin"]
    assert names(saved("cabin"), profile, last="nowhere") == ["cabin", "office"]


def test_two_profiles_of_one_network_are_two_candidates_in_a_fixed_order() -> None:
    one, two = saved("home", uuid="b"), saved("home", uuid="a")
    found = in_order([one, two], IN_SIGHT, last="home")
    assert [candidate.uuid for candidate in found] == ["a", "b"]
    better = saved("home", uuid="c", priority=1)
    found = in_order([one, two, better], IN_SIGHT, last="home")
    assert [candidate.uuid for candidate in found] == ["c", "a", "b"]


def test_a_network_is_where_its_strongest_access_point_is() -> None:
    around = [
        heard("home", frequency=CHANNEL_1, signal=20),
        heard("home", frequency=CHANNEL_36, signal=70),
    ]
    [found] = in_order([saved("home")], around, last="")
    assert found.frequency == CHANNEL_36


profiles = st.lists(
    st.builds(
        lambda name, number, fields: saved(name, uuid=f"u{number}", **fields),
        st.sampled_from(NAMES),
        st.integers(0, 1000),
        st.fixed_dictionaries(
            {"priority": st.integers(-999, 999), "hidden": st.booleans(), "trial": st.booleans()}
        ),
    ),
    max_size=8,
    unique_by=lambda one: one.uuid,
)
sightings = st.lists(
    st.builds(heard, st.sampled_from(NAMES), signal=st.integers(0, 100)), max_size=8
)


@given(profiles, sightings, st.sampled_from(["", *NAMES]), st.randoms())
def test_the_order_does_not_depend_on_that_of_the_lists(
    kept: list[Profile], around: list[AccessPoint], last: str, chance: Random
) -> None:
    found = in_order(kept, around, last=last)
    shuffled = list(kept)
    chance.shuffle(shuffled)
    assert in_order(shuffled, around, last=last) == found
    assert len({one.uuid for one in found}) == len(found)
    assert {one.uuid for one in found} <= {one.uuid for one in networks(kept)}


def test_pauses_grow_to_a_quarter_of_an_hour_and_no_further() -> None:
    pauses = []
    kept: Failures | None = None
    for number in range(1, 10):
        kept = failed(kept, Cause.TIMEOUT, 1000.0)
        assert kept.count == number
        pauses.append(kept.until - 1000.0)
    assert pauses == [20, 60, 120, 240, 480, 900, 900, 900, 900]


def test_a_wrong_password_waits_longer() -> None:
    pauses = []
    kept: Failures | None = None
    for _ in range(6):
        kept = failed(kept, Cause.WRONG_PASSWORD, 0.0)
        pauses.append(kept.until)
    assert pauses == [20, 120, 300, 900, 1800, 1800]


def test_the_pause_goes_by_the_latest_cause_and_by_all_failures() -> None:
    before = Failures(count=4, until=0.0, cause=Cause.TIMEOUT)
    assert failed(before, Cause.WRONG_PASSWORD, 0.0).until == 1800
    assert failed(before, Cause.NO_ADDRESS, 0.0).until == 480


@given(st.integers(0, 10**9), st.sampled_from(Cause), st.floats(0, 1e9))
def test_no_network_is_given_up_or_tried_at_once_again(
    count: int, cause: Cause, now: float
) -> None:
    kept = failed(Failures(count=count, until=0.0, cause=Cause.TIMEOUT), cause, now)
    assert 20 <= round(kept.until - now, 3) <= 1800


@pytest.mark.parametrize("cause", Cause)
def test_a_rehearsal_is_doubted_when_it_fails_again_for_no_reason_of_the_network(
    cause: Cause,
) -> None:
    once = failed(None, cause, 0.0)
    twice = failed(once, cause, 0.0)
    assert not once.doubtful
    assert twice.doubtful is (cause in {Cause.UNAVAILABLE, Cause.TIMEOUT, Cause.BUSY})


STAYS = Abilities(scan_as_hotspot=True, join_as_hotspot=True, one_channel=False)
ONE_CHANNEL = Abilities(scan_as_hotspot=True, join_as_hotspot=True, one_channel=True)
ALONE = Abilities(scan_as_hotspot=True, join_as_hotspot=False, one_channel=False)


@pytest.mark.parametrize(
    ("abilities", "hotspot", "target", "how"),
    [
        (ALONE, CHANNEL_6, CHANNEL_6, Approach.DIRECT),
        (STAYS, None, CHANNEL_6, Approach.DIRECT),
        (ONE_CHANNEL, None, CHANNEL_6, Approach.DIRECT),
        (STAYS, CHANNEL_6, CHANNEL_1, Approach.BESIDE),
        (STAYS, CHANNEL_6, CHANNEL_36, Approach.BESIDE),
        (ONE_CHANNEL, CHANNEL_6, CHANNEL_6, Approach.BESIDE),
        (ONE_CHANNEL, CHANNEL_6, CHANNEL_1, Approach.RETUNED),
        (ONE_CHANNEL, CHANNEL_6, 2472, Approach.RETUNED),
        (ONE_CHANNEL, CHANNEL_6, 2484, Approach.DIRECT),
        (ONE_CHANNEL, CHANNEL_6, CHANNEL_36, Approach.DIRECT),
        (ONE_CHANNEL, CHANNEL_6, 0, Approach.DIRECT),
        (ONE_CHANNEL, 0, CHANNEL_6, Approach.RETUNED),
        (Abilities(), CHANNEL_6, CHANNEL_6, Approach.DIRECT),
    ],
)
def test_how_to_try_a_network_from_the_hotspot(
    abilities: Abilities, hotspot: int | None, target: int, how: Approach
) -> None:
    assert approach(abilities, hotspot, target) is how
