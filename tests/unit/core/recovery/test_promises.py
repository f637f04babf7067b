"""Outages of every kind, whatever chance does: within two minutes the device can be reached."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.recovery.driving import BESIDE, DEAF, HEARING, SETTINGS
from tests.unit.core.recovery.world import World

from firstlight.core import recovery
from firstlight.core.recovery.messages import News
from firstlight.core.recovery.phases import ATTENDED_SECONDS, HOME_SECONDS, Phase
from firstlight.model.radio import Abilities

PROMISED = 120.0
HOUR = 3600.0

chances = st.integers(0, 2**32).map(Random)
radios = st.sampled_from([DEAF, HEARING, BESIDE])
patience = st.builds(
    recovery.Settings,
    threshold=st.sampled_from([1, 2, 3, 5, 100]),
    cooldown_seconds=st.sampled_from([1.0, 120.0, 3600.0]),
    check_seconds=st.sampled_from([1.0, 5.0, 20.0]),
)


def steady(chance: Random, abilities: Abilities, settings: recovery.Settings = SETTINGS) -> World:
    world = World(chance, settings, abilities).start(online=True)
    world.run(chance.uniform(0, 100))
    assert world.state.phase is Phase.STEADY
    return world


@given(chances, radios, patience)
def test_a_router_that_is_gone(
    chance: Random, abilities: Abilities, settings: recovery.Settings
) -> None:
    world = steady(chance, abilities, settings)
    world.change(router=False)
    world.run(600)
    assert world.state.phase in {Phase.FALLBACK, Phase.SCOUTING}
    assert max(world.worst_cut, world.worst_search) <= PROMISED


@given(chances, radios, patience)
def test_a_gateway_that_is_silent(
    chance: Random, abilities: Abilities, settings: recovery.Settings
) -> None:
    world = steady(chance, abilities, settings)
    world.change(gateway=False)
    world.run(PROMISED + 600)
    assert News.COMPLETED in world.told
    assert max(world.worst_cut, world.worst_search) <= PROMISED


@given(chances, radios)
def test_a_password_that_was_changed(chance: Random, abilities: Abilities) -> None:
    world = steady(chance, abilities)
    world.change(router=False, password=False)
    world.run(chance.uniform(1, 60))
    world.change(router=True)
    world.run(HOUR)
    assert max(world.worst_cut, world.worst_search) <= PROMISED
    world.misfortune = False
    world.change(password=True)
    world.run(HOUR)
    assert world.state.phase is Phase.STEADY


@given(chances, radios, st.floats(1, HOUR))
def test_home_again_soon_after_the_router(chance: Random, abilities: Abilities, off: float) -> None:
    world = steady(chance, abilities)
    world.change(router=False)
    world.run(off)
    world.misfortune = False
    world.change(router=True)
    world.run(180)
    assert world.state.phase is Phase.STEADY
    assert max(world.worst_cut, world.worst_search) <= PROMISED


@given(chances, radios, st.lists(st.floats(0, 200), min_size=5, max_size=30))
def test_whatever_comes_and_goes(chance: Random, abilities: Abilities, times: list[float]) -> None:
    world = steady(chance, abilities)
    for passed in times:
        world.run(passed)
        what = chance.choice(["router", "gateway", "password", "radio"])
        world.change(**{what: not getattr(world, what)})
    world.misfortune = False
    world.change(router=True, gateway=True, password=True, radio=True)
    assert max(world.worst_cut, world.worst_search) <= PROMISED
    world.run(HOUR)
    assert world.state.phase is Phase.STEADY


@given(chances, radios, st.sampled_from([1.0, 120.0]))
def test_tries_an_hour_are_bounded(chance: Random, abilities: Abilities, cooldown: float) -> None:
    world = steady(chance, abilities, recovery.Settings(threshold=1, cooldown_seconds=cooldown))
    world.change(router=False)
    for _ in range(int(HOUR / 20)):
        world.run(20)
        world.change(router=chance.random() < 0.7, gateway=chance.random() < 0.5)
    assert len(world.joins) <= HOUR / 5


@given(chances, radios)
def test_a_network_that_refuses_is_tried_less_and_less(
    chance: Random, abilities: Abilities
) -> None:
    world = steady(chance, abilities)
    world.change(router=False, password=False)
    world.run(1)
    world.change(router=True)
    world.run(HOUR)
    first = len(world.joins)
    world.run(HOUR)
    assert first <= 12
    assert len(world.joins) - first <= 5


@given(chances, radios, st.floats(1, 59))
def test_somebody_on_the_portal_does_not_keep_it_from_home_for_ever(
    chance: Random, abilities: Abilities, gap: float
) -> None:
    world = steady(chance, abilities)
    world.change(router=False)
    world.run(300)
    world.misfortune = False
    world.change(router=True)
    began, joins = world.now.monotonic, len(world.joins)
    while len(world.joins) == joins:
        world.attend()
        world.run(gap)
        assert world.now.monotonic - began <= ATTENDED_SECONDS + HOME_SECONDS + 60 + gap


@pytest.mark.parametrize("abilities", [DEAF, HEARING, BESIDE])
def test_the_same_chance_is_the_same_world(abilities: Abilities) -> None:
    ends = []
    for _ in range(2):
        world = steady(Random(7), abilities)
        world.change(router=False)
        world.run(HOUR)
        ends.append((world.state, world.told, world.joins))
    assert ends[0] == ends[1]
