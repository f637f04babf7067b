"""A device whose recovery cools down, over kills, reboots and clocks."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, world
from tests.unit.daemon.outages import fallen_back

from firstlight.model.radio import Link
from firstlight.model.status import RecoveryResult


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncGenerator[Lamp]:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    yield lamp
    await lamp.kill()


async def test_while_cooling_down_the_hotspot_goes_up_without_a_recovery(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.online, 60)
    await lamp.clock.advance(5)
    assert lamp.status.recovery.in_cooldown
    lamp.world.begin(fault)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(2)
    assert lamp.status.recovery.last_result is RecoveryResult.COOLDOWN


async def test_a_cooldown_outlives_the_process_whatever_the_wall_clock_says(lamp: Lamp) -> None:
    await fallen_back(lamp)
    left = lamp.status.recovery.cooldown_until / 1000 - lamp.clock.wall()
    await lamp.kill()
    lamp.clock.set_wall(lamp.clock.wall() + 1e8)
    await lamp.start()
    await lamp.clock.advance(1)
    assert lamp.status.recovery.in_cooldown
    assert 0 < left <= 120
    await lamp.clock.advance(left + 1)
    assert not lamp.status.recovery.in_cooldown


async def test_a_cooldown_that_begins_anew_with_the_boot_is_told_so(
    lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fallen_back(lamp)
    await lamp.kill()
    # The power was off for an hour, and the clock is right again.
    lamp.clock.set_wall(lamp.clock.wall() + 3600)
    monkeypatch.setattr(type(lamp.clock), "boot_id", "another")
    monkeypatch.setattr(type(lamp.clock), "monotonic", lambda self: self._now - 1000)
    await lamp.start()
    await lamp.clock.advance(1)
    recovery, now = lamp.status.recovery, lamp.clock.wall()
    assert recovery.in_cooldown
    assert 0 < recovery.cooldown_until / 1000 - now <= 120
