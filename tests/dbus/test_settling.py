"""Checkpoints, and what a killed process left behind."""

import asyncio
from typing import Any

import pytest
from tests.dbus.nm_interfaces import CHECKPOINT, MANAGER, NAME
from tests.dbus.scene import VOLATILE, Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import Busy, Code, NotPermitted, RadioFailure, RadioUnavailable
from firstlight.model.radio import SWITCH_SECONDS, Link
from firstlight.radio.nm import trials as module
from firstlight.radio.nm.radio import NetworkManagerRadio


async def test_another_programs_checkpoint_is_busy(scene: Scene) -> None:
    scene.nm.create_checkpoint("", [scene.device], 600, 0)
    with pytest.raises(Busy) as caught:
        await scene.radio.protect(60)
    assert caught.value.hint
    (theirs,) = scene.checkpoints
    await scene.radio.release()
    await scene.radio.abandon()
    assert scene.checkpoints == [theirs]


async def test_protecting_twice_leaves_one_checkpoint(scene: Scene) -> None:
    await scene.radio.protect(60)
    await scene.radio.protect(60)
    assert len(scene.checkpoints) == 1
    assert scene.done == ["CheckpointCreate", "CheckpointDestroy", "CheckpointCreate"]


async def test_a_refused_checkpoint_is_told(scene: Scene) -> None:
    scene.nm.refuse("CheckpointCreate", f"{NAME}.PermissionDenied")
    with pytest.raises(NotPermitted):
        await scene.radio.protect(60)


async def test_a_checkpoint_that_is_not_answered_is_a_timeout(scene: Scene) -> None:
    scene.nm.refuse("CheckpointCreate", "org.freedesktop.DBus.Error.NoReply")
    with pytest.raises(RadioFailure) as caught:
        await scene.radio.protect(60)
    assert caught.value.code is Code.TIMEOUT


async def test_releasing_is_harmless_when_nothing_is_armed(scene: Scene) -> None:
    await scene.radio.release()
    await scene.radio.protect(60)
    await scene.radio.release()
    await scene.radio.release()
    assert scene.done == ["CheckpointCreate", "CheckpointDestroy"]


async def test_a_checkpoint_that_is_over_needs_no_release(scene: Scene) -> None:
    await scene.radio.protect(60)
    scene.nm.end_checkpoint(scene.checkpoints[0])
    await scene.all_has_come()
    await scene.radio.release()
    assert scene.done == ["CheckpointCreate"]


async def test_a_checkpoint_that_ends_at_the_same_moment_is_released(scene: Scene) -> None:
    await scene.radio.protect(60)
    held = scene.nm.hold("CheckpointDestroy")
    release = asyncio.create_task(scene.radio.release())
    await until(lambda: held, "it is asked for")
    scene.nm.end_checkpoint(scene.checkpoints[0])
    scene.nm.answer_held("CheckpointDestroy")
    await release


THEIRS = f"{MANAGER}/Checkpoint/99"


def left_behind(scene: Scene, checkpoint: str = "", before: str = "", *, flags: int) -> str:
    said = {
        "firstlight.attempt": "a0",
        "firstlight.checkpoint": checkpoint,
        "firstlight.before": before,
    }
    mark = {key: value for key, value in said.items() if value}
    path = scene.nm.add_profile(b"half", name="half", flags=flags, user=mark)
    scene.nm.begin(path, scene.device)
    scene.nm.come_up(scene.device)
    return path


async def test_an_unfinished_trial_is_undone(scene: Scene) -> None:
    old = await scene.old()
    checkpoint = scene.nm.create_checkpoint("", [scene.device], 60, 0)[1][0]
    trial = left_behind(scene, checkpoint, old, flags=VOLATILE)
    await scene.all_has_come()
    scene.nm.on_activation = scene.nm.come_up
    (sentence,) = await scene.radio.settle()
    assert sentence == "An unfinished attempt to join half was undone."
    assert scene.done == ["CheckpointRollback", "Delete"]
    assert trial not in scene.nm.profiles
    await scene.online_with(old)
    assert await scene.radio.settle() == ()


@pytest.mark.parametrize("checkpoint", ["", THEIRS])
async def test_an_unfinished_trial_without_its_checkpoint_is_undone_too(
    scene: Scene, checkpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    old = await scene.old()
    left_behind(scene, checkpoint, old, flags=VOLATILE)
    await scene.all_has_come()
    scene.nm.on_activation = scene.nm.come_up
    assert len(await scene.radio.settle()) == 1
    assert scene.done == ["Delete", "ActivateConnection"]
    await scene.online_with(old)


async def test_an_unfinished_trial_that_nothing_came_before_is_undone(scene: Scene) -> None:
    checkpoint = scene.nm.create_checkpoint("", [scene.device], 60, 0)[1][0]
    left_behind(scene, checkpoint, flags=VOLATILE)
    await scene.all_has_come()
    assert len(await scene.radio.settle()) == 1
    assert scene.done == ["CheckpointDestroy", "Delete"]
    assert scene.nm.profiles == {}
    assert scene.radio.state.link is Link.DOWN


async def test_a_checkpoint_that_is_long_over_is_never_mistaken_for_anothers(
    scene: Scene,
) -> None:
    left_behind(scene, THEIRS, flags=0)
    await scene.all_has_come()
    assert await scene.radio.settle() == ()
    scene.nm.add(THEIRS, {CHECKPOINT: {"Devices": [scene.device], "RollbackTimeout": 600}})
    await scene.all_has_come()
    with pytest.raises(Busy):
        await scene.radio.protect(60)
    assert scene.checkpoints == [THEIRS]


async def test_a_kept_trial_only_loses_its_safety_net(scene: Scene) -> None:
    checkpoint = scene.nm.create_checkpoint("", [scene.device], int(SWITCH_SECONDS), 0)[1][0]
    trial = left_behind(scene, checkpoint, flags=0)
    await scene.all_has_come()
    (sentence,) = await scene.radio.settle()
    assert sentence == "half had been saved; its safety net was taken away."
    assert scene.done == ["CheckpointDestroy"]
    assert trial in scene.nm.profiles
    assert scene.radio.state.online


async def test_a_saved_networks_old_mark_does_not_disarm_a_trials_switch(scene: Scene) -> None:
    """NetworkManager numbers its checkpoints from one after every start."""
    old = await scene.old()
    checkpoint = scene.nm.create_checkpoint("", [scene.device], int(SWITCH_SECONDS), 0)[1][0]
    mark = {"firstlight.attempt": "a", "firstlight.checkpoint": checkpoint}
    scene.nm.add_profile(b"long saved", user=mark)
    left_behind(scene, checkpoint, old, flags=VOLATILE)
    await scene.all_has_come()
    scene.nm.on_activation = scene.nm.come_up
    (sentence,) = await scene.radio.settle()
    assert sentence == "An unfinished attempt to join half was undone."
    assert scene.done == ["CheckpointRollback", "Delete"]
    await scene.online_with(old)


async def test_a_saved_networks_old_mark_does_not_disarm_anothers_switch(scene: Scene) -> None:
    theirs = scene.nm.create_checkpoint("", [scene.device], 600, 0)[1][0]
    mark = {"firstlight.attempt": "a", "firstlight.checkpoint": theirs}
    scene.nm.add_profile(b"long saved", user=mark)
    await scene.all_has_come()
    assert await scene.radio.settle() == ()
    assert scene.checkpoints == [theirs]


@pytest.mark.parametrize("then", ["abandon", "protect"])
async def test_a_switch_that_nobody_waits_for_any_more_is_disarmed(scene: Scene, then: str) -> None:
    """NetworkManager arms it when polkit has answered, whoever has given up meanwhile."""
    old = await scene.old()
    held = scene.nm.hold("CheckpointCreate")
    protecting = asyncio.create_task(scene.radio.protect(60))
    await until(lambda: held, "it is asked for")
    protecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await protecting
    going_on = asyncio.create_task(
        scene.radio.abandon() if then == "abandon" else scene.radio.protect(60)
    )
    await scene.all_has_come()
    scene.nm.answer_held("CheckpointCreate")
    scene.nm.on_activation = scene.nm.come_up
    await going_on
    assert len(scene.checkpoints) == (then == "protect")
    await scene.online_with(old)


async def test_a_switch_that_is_armed_after_all_is_disarmed(scene: Scene) -> None:
    """It comes later than anybody waits, and would throw off whatever is joined by then."""
    scene.nm.refuse("CheckpointCreate", "org.freedesktop.DBus.Error.NoReply")
    with pytest.raises(RadioFailure):
        await scene.radio.protect(SWITCH_SECONDS)
    await scene.radio.abandon()
    late = scene.nm.create_checkpoint("", [scene.device], int(SWITCH_SECONDS), 0)[1][0]
    await until(lambda: late not in scene.checkpoints, "it is disarmed")
    theirs = scene.nm.create_checkpoint("", [scene.device], int(SWITCH_SECONDS), 0)[1][0]
    await scene.all_has_come()
    assert scene.checkpoints == [theirs]


async def test_the_next_switch_is_not_taken_for_the_one_that_came_too_late(scene: Scene) -> None:
    """NetworkManager tells of a checkpoint before it answers who asked for it."""
    scene.nm.refuse("CheckpointCreate", "org.freedesktop.DBus.Error.NoReply")
    with pytest.raises(RadioFailure):
        await scene.radio.protect(SWITCH_SECONDS)
    scene.nm.refusals.clear()
    await scene.radio.protect(SWITCH_SECONDS)
    await scene.all_has_come()
    assert len(scene.checkpoints) == 1
    assert "CheckpointDestroy" not in scene.done


async def test_a_switch_that_was_armed_for_nothing_is_disarmed(scene: Scene) -> None:
    """Killed between arming it and adding the trial: the next attempt must not wait for it."""
    scene.nm.create_checkpoint("", [scene.device], int(SWITCH_SECONDS), 0)
    await scene.all_has_come()
    (sentence,) = await scene.radio.settle()
    assert sentence == "The safety net of an attempt that had hardly begun was taken away."
    assert scene.done == ["CheckpointDestroy"]
    await scene.radio.protect(60)


async def test_others_profiles_and_checkpoints_are_not_settled(scene: Scene) -> None:
    elsewhere = scene.nm.add_device("wlan1")
    theirs = scene.nm.create_checkpoint("", [elsewhere], 60, 0)[1][0]
    scene.nm.add_profile(b"kept", user={"firstlight.attempt": "a", "firstlight.checkpoint": theirs})
    scene.nm.add_profile(b"volatile", flags=VOLATILE)
    scene.nm.add_profile(b"plain", user={"other.key": "x"})
    await scene.all_has_come()
    assert await scene.radio.settle() == ()
    assert scene.done == []
    assert len(scene.nm.profiles) == 3


async def test_without_networkmanager_there_is_nothing_to_settle(address: str) -> None:
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    assert await radio.settle() == ()
    calls: list[Any] = [
        radio.protect(60),
        radio.activate_trial(plan(), lambda _: None),
        radio.abandon(),
        radio.profiles(),
        radio.forget("x"),
        radio.scan(),
    ]
    for work in calls:
        with pytest.raises(RadioUnavailable) as caught:
            await work
        assert caught.value.code is Code.NO_NETWORK_MANAGER
    await radio.close()
