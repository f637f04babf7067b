"""What is asked of NetworkManager for a trial, and in which order."""

import asyncio
from typing import Any

import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import Answer, Refused
from tests.dbus.nm_interfaces import CONNECTION, NAME, SECRETS_FETCHED, SECURITY, WIFI
from tests.dbus.scene import VOLATILE, Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import Code, NotFound, RadioFailure
from firstlight.model.radio import Link, LinkStage
from firstlight.radio.nm import trials as module
from firstlight.radio.nm.codes import StateReason
from firstlight.radio.nm.radio import NetworkManagerRadio


async def test_the_trial_is_volatile_and_carries_its_mark(scene: Scene) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    (checkpoint,) = scene.checkpoints
    uuid = await scene.activate(plan(b"caf\xe9", hidden=True))
    settings, device, specific, options = scene.nm.made("AddAndActivateConnection2")[0].body
    assert (device, specific, options) == (scene.device, "/", {"persist": "volatile"})
    assert settings["connection"]["uuid"] == uuid
    assert "interface-name" not in settings["connection"]
    assert settings[WIFI] == {"ssid": b"caf\xe9", "mode": "infrastructure", "hidden": True}
    assert settings[SECURITY] == {"key-mgmt": "wpa-psk", "psk": "a new secret"}
    assert settings["user"]["data"] == {
        "firstlight.attempt": "attempt-1",
        "firstlight.checkpoint": checkpoint,
        "firstlight.before": old,
    }


async def test_a_checkpoint_covers_our_radio_alone_and_never_zero_seconds(scene: Scene) -> None:
    await scene.radio.protect(0.2)
    assert scene.nm.made("CheckpointCreate")[0].body == [[scene.device], 1, 0]


async def test_a_trial_is_bound_to_the_radio_that_was_asked_for(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device("wlan0")
    other = nm.add_device("wlan1")
    radio = NetworkManagerRadio("wlan1", bus_address=address)
    await radio.open()
    await radio.activate_trial(plan(), lambda _: None)
    settings, device, *_ = nm.made("AddAndActivateConnection2")[0].body
    assert device == other
    assert settings["connection"]["interface-name"] == "wlan1"
    await radio.close()


async def test_kept(scene: Scene) -> None:
    older = scene.nm.add_profile(b"new", name="new of last year")
    other = scene.nm.add_profile(b"other")
    bound = scene.nm.add_profile(b"new", name="another radio's", interface="wlan9")
    hotspot = scene.nm.add_profile(b"new", name="hotspot", mode="ap")
    await scene.old()
    await scene.radio.protect(60)
    uuid = await scene.joined()
    trial = scene.nm.path_of(uuid)
    assert scene.nm.get(trial, CONNECTION, "Flags") == VOLATILE
    (listed,) = [one for one in await scene.radio.profiles() if one.uuid == uuid]
    assert (listed.trial, listed.active) == (True, True)
    before = scene.nm.settings_of(trial)
    await scene.radio.promote(uuid)
    await scene.radio.release()
    assert await scene.radio.retire(uuid) == ("new of last year",)
    assert scene.done == [
        "CheckpointCreate",
        "AddAndActivateConnection2",
        "Update2",
        "CheckpointDestroy",
        "Delete",
    ]
    settings, flags, _ = scene.nm.made("Update2")[0].body
    assert (settings, flags) == ({}, 0x41)  # to disk, no reapply, as it is
    assert scene.nm.settings_of(trial) == before
    assert older not in scene.nm.profiles
    assert {other, bound, hotspot, trial} <= set(scene.nm.profiles)
    (listed,) = [one for one in await scene.radio.profiles() if one.uuid == uuid]
    assert (listed.trial, listed.autoconnect, listed.active) == (False, True, True)
    assert scene.checkpoints == []
    assert scene.radio.state.online


async def test_nothing_is_reported_once_it_is_kept(scene: Scene) -> None:
    uuid = await scene.joined()
    await scene.radio.promote(uuid)
    count = len(scene.reports)
    scene.nm.fail(scene.device, StateReason.SSID_NOT_FOUND)
    await scene.all_has_come()
    assert len(scene.reports) == count


@pytest.mark.parametrize("unknown", ["", "00000000-0000-4000-8000-00000000dead"])
async def test_an_unknown_profile_is_neither_promoted_nor_retired(
    scene: Scene, unknown: str
) -> None:
    await scene.joined()
    for work in (scene.radio.promote(unknown), scene.radio.retire(unknown)):
        with pytest.raises(NotFound) as caught:
            await work
        assert caught.value.code is Code.UNKNOWN_PROFILE
    assert "Update2" not in scene.done


async def test_a_failed_save_can_still_be_abandoned(scene: Scene) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    uuid = await scene.joined()
    scene.nm.refuse("Update2", f"{NAME}.Settings.Failed", "disk full")
    with pytest.raises(RadioFailure, match="disk full"):
        await scene.radio.promote(uuid)
    await scene.radio.abandon()
    await scene.online_with(old)
    assert uuid not in [scene.nm.uuid_of(path) for path in scene.nm.profiles]


async def test_abandoned_with_an_old_network(scene: Scene) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    uuid = await scene.joined()
    await scene.radio.abandon()
    # The rollback ends the activation and with it the volatile profile; Delete finds it gone.
    assert scene.done == [
        "CheckpointCreate",
        "AddAndActivateConnection2",
        "CheckpointRollback",
        "Delete",
    ]
    state = scene.radio.state
    assert state.online
    assert state.profile is not None
    assert state.profile.uuid == old
    assert all(profile.uuid != uuid for profile in await scene.radio.profiles())
    assert scene.checkpoints == []


async def test_abandoned_with_nothing_before(scene: Scene) -> None:
    await scene.radio.protect(60)
    uuid = await scene.joined()
    await scene.radio.abandon()
    assert scene.done[2:] == ["CheckpointDestroy", "Delete"]
    assert scene.radio.state.link is Link.DOWN
    assert await scene.radio.profiles() == ()
    assert uuid not in [scene.nm.uuid_of(path) for path in scene.nm.profiles]


async def test_abandoning_returns_once_the_trial_is_left(scene: Scene) -> None:
    await scene.radio.protect(60)
    trial = scene.nm.path_of(await scene.joined())
    scene.nm.method("Delete", lambda *_: ("", []))
    abandoning = asyncio.create_task(scene.radio.abandon())
    await until(lambda: scene.nm.made("Delete"), "it is asked for")
    await scene.all_has_come()
    assert not abandoning.done()
    scene.nm.delete(trial)
    await abandoning
    assert scene.radio.state.link is Link.DOWN


async def test_what_was_kept_cannot_be_abandoned(scene: Scene) -> None:
    await scene.radio.protect(60)
    kept = await scene.joined()
    await scene.radio.promote(kept)
    await scene.radio.release()
    await scene.radio.abandon()
    assert "Delete" not in scene.done
    await scene.online_with(kept)


async def test_abandoned_after_a_failure(scene: Scene) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    await scene.told(LinkStage.FAILED)
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.abandon()
    await scene.online_with(old)


async def test_abandoning_before_anything_was_tried_touches_nothing(scene: Scene) -> None:
    await scene.old()
    await scene.radio.protect(60)
    before = scene.radio.state
    await scene.radio.abandon()
    assert scene.done == ["CheckpointCreate", "CheckpointDestroy"]
    assert scene.radio.state == before


async def test_abandoning_without_protection_is_harmless(scene: Scene) -> None:
    await scene.radio.abandon()
    assert scene.done == []


async def test_a_hotspot_that_was_lowered_comes_back(scene: Scene) -> None:
    hotspot = scene.nm.add_profile(b"ours", mode="ap")
    scene.nm.begin(hotspot, scene.device)
    scene.nm.come_up(scene.device)
    scene.nm.on_activation = scene.nm.come_up
    await until(lambda: scene.radio.state.link is Link.HOTSPOT, "the hotspot is up")
    await scene.radio.protect(60)
    await scene.radio.hotspot_down()
    await scene.radio.abandon()
    assert scene.radio.state.link is Link.HOTSPOT
    assert scene.done == ["CheckpointCreate", "DeactivateConnection", "CheckpointRollback"]


async def test_a_kept_network_survives_the_next_attempt_that_finds_nothing(scene: Scene) -> None:
    await scene.radio.protect(60)
    kept = await scene.joined()
    await scene.radio.promote(kept)
    await scene.radio.release()
    await scene.radio.protect(60)
    await scene.radio.abandon()
    assert "Delete" not in scene.done
    await scene.online_with(kept)


async def test_a_kept_network_survives_the_next_attempt_that_fails(scene: Scene) -> None:
    await scene.radio.protect(60)
    kept = await scene.joined()
    await scene.radio.promote(kept)
    await scene.radio.release()
    await scene.radio.protect(60)
    scene.nm.on_activation = None
    await scene.activate(plan(b"wrong"))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.abandon()
    await scene.online_with(kept)


async def test_a_refused_trial_leaves_the_old_network_alone(scene: Scene) -> None:
    await scene.old()
    await scene.radio.protect(60)
    before = scene.radio.state
    scene.nm.refuse("AddAndActivateConnection2", f"{NAME}.InvalidConnection", "psk: bad")
    with pytest.raises(RadioFailure):
        await scene.activate()
    await scene.radio.abandon()
    assert scene.done == ["CheckpointCreate", "AddAndActivateConnection2", "CheckpointDestroy"]
    assert scene.radio.state == before


async def test_whoever_is_cancelled_while_the_trial_is_added_can_still_abandon_it(
    scene: Scene,
) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    scene.nm.on_activation = scene.nm.come_up
    held = scene.nm.hold("AddAndActivateConnection2")
    waiting = asyncio.create_task(scene.activate())
    await until(lambda: held, "it is asked for")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    abandoning = asyncio.create_task(scene.radio.abandon())
    await scene.all_has_come()
    scene.nm.answer_held("AddAndActivateConnection2")
    await abandoning
    await scene.online_with(old)
    assert [scene.nm.uuid_of(path) for path in scene.nm.profiles] == [old]


@pytest.mark.parametrize("before", [True, False], ids=["joined before", "nothing before"])
async def test_a_trial_whose_answer_got_lost_is_removed_all_the_same(
    scene: Scene, before: bool
) -> None:
    old = [await scene.old()] if before else []
    await scene.radio.protect(60)
    scene.nm.on_activation = scene.nm.come_up
    add = scene.nm.add_and_activate

    def lose(*arguments: Any) -> Answer:
        add(*arguments)
        raise Refused("org.freedesktop.DBus.Error.NoReply")

    scene.nm.method("AddAndActivateConnection2", lose)
    with pytest.raises(RadioFailure) as caught:
        await scene.activate()
    assert caught.value.code is Code.TIMEOUT
    await scene.all_has_come()
    await scene.radio.abandon()
    assert scene.radio.state.online is before
    assert [scene.nm.uuid_of(path) for path in scene.nm.profiles] == old


async def test_a_rollback_that_fails_is_made_up_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_SECONDS", 0.2)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    scene.nm.refuse("CheckpointRollback", f"{NAME}.Failed", "out of luck")
    await scene.radio.abandon()
    assert scene.done[2:] == ["CheckpointRollback", "Delete", "ActivateConnection"]
    await scene.online_with(old)


async def test_an_old_network_that_does_not_come_back_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_SECONDS", 0.04)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    scene.nm.on_activation = None
    with pytest.raises(RadioFailure) as caught:
        await scene.radio.abandon()
    assert caught.value.code is Code.TIMEOUT


async def test_an_old_network_that_was_deleted_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_SECONDS", 0.04)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    scene.nm.delete(scene.nm.path_of(old))
    await scene.all_has_come()
    scene.nm.refuse("CheckpointRollback", f"{NAME}.Failed", "no such connection")
    with pytest.raises(RadioFailure, match="deleted"):
        await scene.radio.abandon()


async def test_a_checkpoint_that_ran_out_is_made_up_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_SECONDS", 0.2)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    scene.nm.end_checkpoint(scene.checkpoints[0])
    await scene.all_has_come()
    await scene.radio.abandon()
    assert scene.done[2:] == ["Delete", "ActivateConnection"]
    await scene.online_with(old)


async def test_a_checkpoint_that_runs_out_at_the_same_moment_is_made_up_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_SECONDS", 0.2)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    held = scene.nm.hold("CheckpointRollback")
    abandoning = asyncio.create_task(scene.radio.abandon())
    await until(lambda: held, "it is asked for")
    scene.nm.end_checkpoint(scene.checkpoints[0])
    scene.nm.answer_held("CheckpointRollback")
    await abandoning
    await scene.online_with(old)


async def test_a_trial_that_cannot_be_removed_does_not_stop_the_return(scene: Scene) -> None:
    old = await scene.old()
    await scene.radio.protect(60)
    await scene.joined()
    scene.nm.refuse("Delete", f"{NAME}.Settings.Failed", "stuck")
    await scene.radio.abandon()
    await scene.online_with(old)


async def test_promotion_waits_until_the_profile_counts_as_saved(scene: Scene) -> None:
    uuid = await scene.joined()
    path = scene.nm.path_of(uuid)
    scene.nm.method("Update2", lambda *_: ("a{sv}", [{}]))
    promoting = asyncio.create_task(scene.radio.promote(uuid))
    await until(lambda: scene.nm.made("Update2"), "it is asked for")
    await scene.all_has_come()
    assert not promoting.done()
    scene.nm.set(path, CONNECTION, Flags=0)
    await promoting
