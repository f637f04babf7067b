"""Factory reset: everything a user has put in goes, whatever happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import PROMISED, Lamp, network, wish, world

from firstlight.errors import Busy, StoreFailure
from firstlight.model.event import Action, ActionPhase
from firstlight.model.radio import Link
from firstlight.model.status import Mode, RecoveryResult
from firstlight.radio.simulated.faults import Refused
from firstlight.store.provisioning import ProvisioningStore


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncGenerator[Lamp]:
    lamp = Lamp(tmp_path, world(network(b"home"), network(b"other"), saved=[b"other", b"home"]))
    await lamp.started()
    await lamp.device.complete_onboarding()
    yield lamp
    await lamp.kill()


async def as_new(lamp: Lamp, label: tuple[str, str]) -> None:
    """The device has forgotten everything, and can be reached."""
    await lamp.wait(
        lambda: lamp.link is Link.HOTSPOT and not lamp.device.status().network.provisioned
    )
    await lamp.clock.advance(5)
    assert await lamp.names() == []
    assert lamp.status.mode is Mode.PROVISIONING
    assert not (lamp.folder / "factory-reset.json").exists()
    kept = json.loads((lamp.folder / "provisioning.json").read_bytes())
    assert kept["device.network.provisioned"] is False
    assert kept["device.network.lastSsid"] == ""
    assert kept["onboarding.completed"] is False
    assert kept["device.recovery.lastResult"] == RecoveryResult.IDLE
    assert (kept["device.network.hotspotSsid"], kept["device.network.hotspotPassword"]) == label


def label(lamp: Lamp) -> tuple[str, str]:
    return lamp.memory.kept.hotspot_ssid, lamp.memory.kept.hotspot_password


async def test_it_forgets_everything_but_what_the_label_says(lamp: Lamp) -> None:
    before = label(lamp)
    await lamp.device.trigger_recovery()
    await lamp.wait(lambda: lamp.status.recovery.in_cooldown and lamp.online)
    await lamp.device.factory_reset()
    with pytest.raises(Busy):
        await lamp.device.factory_reset()
    with pytest.raises(Busy):
        await lamp.device.connect(wish(b"home"))
    await as_new(lamp, before)
    told = [(e.phase, e.message) for e in lamp.hub.recent(256) if e.action is Action.FACTORY_RESET]
    assert [phase for phase, _ in told] == [ActionPhase.STARTED, ActionPhase.COMPLETED]
    assert {"Forgot home.", "Forgot other."} <= set(lamp.said())
    assert not lamp.status.recovery.in_cooldown
    assert lamp.status.recovery.last_attempt_at == 0
    attempt = await lamp.joined(wish(b"home"))
    assert attempt.cause is None


@pytest.mark.parametrize("turns", [1, 3, 5, 8, 12, 17, 23, 30, 40, 60, 100])
async def test_killed_in_the_middle_the_next_start_goes_on(lamp: Lamp, turns: int) -> None:
    before = label(lamp)
    await lamp.device.factory_reset()
    for _ in range(turns):
        await asyncio.sleep(0)
    await lamp.kill()
    await lamp.start()
    await as_new(lamp, before)


@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.0, 1.5, 2.0, 3.0])
async def test_killed_while_the_hotspot_rises(lamp: Lamp, seconds: float) -> None:
    before = label(lamp)
    await lamp.device.factory_reset()
    await lamp.clock.advance(seconds)
    await lamp.kill()
    await lamp.start()
    await as_new(lamp, before)


async def test_an_attempt_that_is_under_way_ends_first(lamp: Lamp) -> None:
    before = label(lamp)
    await lamp.device.connect(wish(b"other"))
    await lamp.clock.advance(1)
    await lamp.device.factory_reset()
    await as_new(lamp, before)


async def test_without_networkmanager_it_waits_and_says_so(lamp: Lamp) -> None:
    before = label(lamp)
    lamp.world.restart_manager()
    await lamp.device.factory_reset()
    await as_new(lamp, before)
    assert any("goes on when it can" in said for said in lamp.said())


async def test_what_may_not_be_forgotten_stays_and_is_named(lamp: Lamp) -> None:
    lamp.world.begin(Refused())
    await lamp.device.factory_reset()
    await lamp.clock.advance(20)
    assert any(said.startswith("home stays:") for said in lamp.said())
    assert not (lamp.folder / "factory-reset.json").exists()


async def test_a_full_disk_delays_it_but_the_hotspot_goes_up(
    lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = label(lamp)

    def full(*_: object) -> None:
        raise StoreFailure("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(ProvisioningStore, "reset", full)
        await lamp.device.factory_reset()
        await lamp.wait(lambda: lamp.link is Link.HOTSPOT, PROMISED)
        await lamp.clock.advance(30)
        assert (lamp.folder / "factory-reset.json").exists()
    await as_new(lamp, before)


async def test_if_it_can_t_be_noted_nothing_is_begun(
    lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFailure("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("firstlight.store.notes.NoteFile.write", full)
        with pytest.raises(StoreFailure):
            await lamp.device.factory_reset()
    await lamp.clock.advance(10)
    assert lamp.online
    assert len(await lamp.names()) == 2
