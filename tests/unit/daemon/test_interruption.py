"""Killed at every step of an attempt: what worked before works again."""

from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.proxies import ReachInBetween, Trap, TrappedRadio

from firstlight.model.radio import Link, LinkStage
from firstlight.model.status import Mode
from firstlight.radio.simulated.reach import SimulatedReach

REQUESTS = ("protect", "scan", "activate_trial", "look", "promote", "release", "retire")
STAGES = [
    ("link", stage)
    for stage in (
        LinkStage.PREPARING,
        LinkStage.ASSOCIATING,
        LinkStage.ASSOCIATED,
        LinkStage.AUTHENTICATED,
        LinkStage.CONNECTED,
    )
]
STEPS = [(name, moment) for name in REQUESTS for moment in ("before", "after")] + STAGES
SAVED_FROM = STEPS.index(("promote", "after"))
WAY_BACK = [("abandon", "before"), ("abandon", "after")]


async def killed_at(lamp: Lamp, step: tuple[str, str], password: str = "correct-horse") -> None:
    """Start, connect to ``new``, and die at that step."""
    await lamp.open()
    trap = Trap("", "")
    probe = ReachInBetween(SimulatedReach(lamp.world, lamp.clock), trap)
    await lamp.start(TrappedRadio(lamp.radio, trap), probe)
    await lamp.wait(lambda: lamp.online or lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(5)
    trap.step = step
    await lamp.device.connect(wish(b"new", password))
    await lamp.wait(lambda: trap.sprung)
    await lamp.kill()


def saved_by(step: tuple[str, str]) -> bool:
    return STEPS.index(step) >= SAVED_FROM and step not in STAGES


@pytest.mark.parametrize("step", STEPS)
async def test_the_next_run_finds_the_device_online(tmp_path: Path, step: tuple[str, str]) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await killed_at(lamp, step)
    await lamp.start()
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(150)
    assert lamp.on == ("new" if saved_by(step) else "old")
    assert await lamp.names() == (["old", "new"] if saved_by(step) else ["old"])
    assert not any(one.trial for one in await lamp.profiles())
    assert not lamp.world.checkpoint.armed
    assert lamp.status.mode is Mode.ONBOARDING
    assert Link.HOTSPOT_STARTING not in lamp.links


@pytest.mark.parametrize("step", STEPS)
async def test_without_a_next_run_the_device_comes_online_by_itself(
    tmp_path: Path, step: tuple[str, str]
) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await killed_at(lamp, step)
    await lamp.open()
    await lamp.clock.advance(120)
    assert lamp.online
    assert not any(one.trial for one in await lamp.profiles())
    assert "old" in await lamp.names()
    if not saved_by(step):
        assert lamp.on == "old"


@pytest.mark.parametrize("step", WAY_BACK)
async def test_killed_on_the_way_back(tmp_path: Path, step: tuple[str, str]) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await killed_at(lamp, step, "wrong-horse")
    await lamp.start()
    await lamp.wait(lambda: lamp.on == "old" and lamp.online)
    assert await lamp.names() == ["old"]


@pytest.mark.parametrize("step", [("hotspot_down", "before"), ("hotspot_down", "after"), *STEPS])
async def test_the_next_run_of_a_device_that_knew_no_network(
    tmp_path: Path, step: tuple[str, str]
) -> None:
    lamp = Lamp(tmp_path, world(network(b"new")))
    await killed_at(lamp, step)
    await lamp.start()
    saved = step in STEPS and saved_by(step)
    await lamp.wait(lambda: lamp.online if saved else lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(150)
    assert lamp.online if saved else lamp.link is Link.HOTSPOT
    assert await lamp.names() == (["new"] if saved else [])
    assert lamp.status.mode is (Mode.ONBOARDING if saved else Mode.PROVISIONING)


@pytest.mark.parametrize("step", STEPS)
async def test_the_same_network_anew_is_never_lost(tmp_path: Path, step: tuple[str, str]) -> None:
    lamp = Lamp(tmp_path, world(network(b"new"), saved=[b"new"]))
    await killed_at(lamp, step)
    await lamp.start()
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(150)
    assert lamp.on == "new"
    assert set(await lamp.names()) == {"new"}


@pytest.mark.parametrize("moment", [0.05, 0.3, 0.6, 1.0, 1.8, 2.5])
async def test_stopping_during_an_attempt_leaves_a_network_that_works(
    tmp_path: Path, moment: float
) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    device = await lamp.started()
    begun = await device.connect(wish(b"new"))
    await lamp.clock.advance(moment)
    await lamp.do(device.stop(), 15)
    assert lamp.online
    ended = device.attempt(begun.id)
    assert lamp.on == ("old" if ended.state == "failed" else "new")
    assert not any(one.trial for one in await lamp.profiles())
    assert not lamp.world.checkpoint.armed
    kept = lamp.memory.kept
    assert kept.mode is Mode.ONBOARDING
    before = lamp.radio.state
    await lamp.clock.advance(200)
    assert lamp.radio.state == before


async def test_stopping_an_attempt_from_the_hotspot_brings_it_back(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"new")))
    device = await lamp.started()
    await device.connect(wish(b"new"))
    await lamp.clock.advance(0.5)
    await lamp.do(device.stop(), 15)
    assert lamp.link is Link.HOTSPOT


async def test_stopping_at_rest_leaves_the_radio_as_it_is(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), saved=[b"old"]))
    device = await lamp.started()
    before = lamp.radio.state
    await lamp.do(device.stop(), 1)
    await lamp.clock.advance(60)
    assert lamp.radio.state == before


async def test_stopping_while_it_starts(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(saved=[b"old"]))
    device = await lamp.start()
    await lamp.clock.advance(1)
    await lamp.do(device.stop(), 1)
    assert lamp.link is Link.DOWN
