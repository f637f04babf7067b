"""Joining a saved network: what is asked of NetworkManager, and what is reported."""

import asyncio

import pytest
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import NAME, SECRETS_FETCHED
from tests.dbus.scene import STAGES, UP, Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import Code, NotFound, NotPermitted, RadioUnavailable
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link, LinkReason, LinkReport, LinkStage
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.codes import DeviceState, StateReason

HOTSPOT = HotspotSettings(
    profile_name="hotspot", ssid=Ssid(b"Hotspot"), passphrase=Passphrase("12345678"), channel=6
)


async def saved(scene: Scene, ssid: bytes = b"home", *, management: str = "wpa-psk") -> str:
    path = scene.nm.add_profile(ssid, psk="a secret", management=management)
    await scene.all_has_come()
    return scene.nm.uuid_of(path)


async def rejoin(scene: Scene, uuid: str) -> None:
    await scene.radio.join_saved(uuid, scene.reports.append)


async def test_it_activates_that_profile_and_changes_nothing(scene: Scene) -> None:
    uuid = await saved(scene)
    path = scene.nm.path_of(uuid)
    before = scene.nm.settings_of(path)
    await rejoin(scene, uuid)
    assert scene.nm.made("ActivateConnection")[0].body == [path, scene.device, "/"]
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    scene.supplicant.states(scene.wlan0, *UP)
    await scene.told(LinkStage.AUTHENTICATED)
    scene.nm.lease(scene.device, "10.9.1.54")
    scene.nm.walk(scene.device, DeviceState.IP_CONFIG, DeviceState.ACTIVATED)
    await scene.told(LinkStage.CONNECTED)
    assert scene.stages == STAGES
    assert scene.reports[-1].ipv4 is not None
    assert scene.reports[-1].ipv4.address == "10.9.1.54"
    assert scene.done == ["ActivateConnection"]
    assert scene.nm.settings_of(path) == before


async def test_nothing_is_reported_after_the_outcome(scene: Scene) -> None:
    uuid = await saved(scene)
    scene.nm.on_activation = scene.nm.come_up
    await rejoin(scene, uuid)
    await scene.told(LinkStage.CONNECTED)
    scene.nm.fail(scene.device, StateReason.SSID_NOT_FOUND)
    await scene.all_has_come()
    assert scene.stages[-1] is LinkStage.CONNECTED


async def test_what_is_up_already_is_joined_anew(scene: Scene) -> None:
    uuid = await scene.old()
    await rejoin(scene, uuid)
    await scene.all_has_come()
    assert scene.reports == []
    scene.nm.come_up(scene.device)
    await scene.told(LinkStage.CONNECTED)


async def test_what_networkmanager_began_by_itself_is_not_its_end(scene: Scene) -> None:
    other = scene.nm.add_profile(b"other", psk="another secret")
    uuid = await saved(scene)
    scene.nm.begin(other, scene.device)
    held = scene.nm.hold("ActivateConnection")
    joining = asyncio.create_task(rejoin(scene, uuid))
    await until(lambda: held, "it is asked for")
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    scene.supplicant.states(scene.wlan0, *UP)
    await scene.all_has_come()
    scene.nm.answer_held("ActivateConnection")
    await joining
    await scene.all_has_come()
    assert scene.reports == []
    scene.nm.come_up(scene.device)
    await scene.told(LinkStage.CONNECTED)


async def test_a_changed_password_is_told_at_once(scene: Scene) -> None:
    uuid = await saved(scene)
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    scene.supplicant.states(scene.wlan0, *UP[:4], "disconnected")
    await scene.all_has_come()
    scene.nm.state(scene.device, DeviceState.NEED_AUTH, StateReason.SUPPLICANT_DISCONNECT)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.HANDSHAKE_FAILED
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    await scene.all_has_come()
    assert scene.stages == [*STAGES[:2], LinkStage.FAILED]
    assert uuid in [profile.uuid for profile in await scene.radio.profiles()]


async def test_a_changed_sae_password_is_told_at_once(scene: Scene) -> None:
    uuid = await saved(scene, management="sae")
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    for _ in range(2):
        scene.supplicant.states(scene.wlan0, "authenticating")
        scene.supplicant.set(scene.wlan0, INTERFACE, AuthStatusCode=1)
        scene.supplicant.states(scene.wlan0, "disconnected", "scanning")
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.HANDSHAKE_FAILED


async def test_an_absent_network_is_told(scene: Scene) -> None:
    uuid = await saved(scene)
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.SSID_NOT_FOUND)
    await scene.told(LinkStage.FAILED)
    assert scene.reports == [
        LinkReport(
            stage=LinkStage.FAILED, reason=LinkReason.SSID_NOT_FOUND, detail="SSID_NOT_FOUND"
        )
    ]


@pytest.mark.parametrize("kind", ["unknown", "hotspot"])
async def test_only_a_saved_network_is_joined(scene: Scene, kind: str) -> None:
    path = scene.nm.add_profile(b"net", mode="ap")
    uuid = scene.nm.uuid_of(path) if kind == "hotspot" else "00000000-0000-4000-8000-00000000dead"
    with pytest.raises(NotFound) as caught:
        await rejoin(scene, uuid)
    assert caught.value.code is Code.UNKNOWN_PROFILE
    assert scene.done == []


async def test_a_refused_activation_reports_nothing(scene: Scene) -> None:
    uuid = await saved(scene)
    scene.nm.refuse("ActivateConnection", ACCESS_DENIED)
    with pytest.raises(NotPermitted):
        await rejoin(scene, uuid)
    scene.nm.joined(scene.device, b"another")
    await scene.all_has_come()
    assert scene.reports == []


async def test_another_activation_replaces_it(scene: Scene) -> None:
    uuid = await saved(scene)
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.joined(scene.device, b"another")
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.REPLACED


async def test_a_trial_replaces_it(scene: Scene) -> None:
    uuid = await saved(scene)
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    tried: list[LinkReport] = []
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.activate_trial(plan(), tried.append)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.REPLACED
    await until(lambda: tried and tried[-1].stage is LinkStage.CONNECTED, "the trial is joined")


async def test_the_next_one_replaces_it(scene: Scene) -> None:
    first, second = await saved(scene), await saved(scene, b"second")
    await rejoin(scene, first)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.on_activation = scene.nm.come_up
    later: list[LinkReport] = []
    await scene.radio.join_saved(second, later.append)
    assert scene.reports[-1].reason is LinkReason.REPLACED
    await until(lambda: later and later[-1].stage is LinkStage.CONNECTED, "it is joined")


async def test_the_radio_is_unplugged(scene: Scene) -> None:
    await rejoin(scene, await saved(scene))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.remove(scene.device)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.RADIO_GONE


async def test_networkmanager_vanishes(scene: Scene) -> None:
    await rejoin(scene, await saved(scene))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.nm.close()
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.MANAGER_GONE
    with pytest.raises(RadioUnavailable):
        await scene.radio.leave()


async def test_leaving_ends_it(scene: Scene) -> None:
    uuid = await saved(scene)
    await rejoin(scene, uuid)
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.radio.leave()
    assert scene.done == ["ActivateConnection", "DeactivateConnection"]
    assert scene.radio.state.link is Link.DOWN
    assert [report.reason for report in scene.reports] == [LinkReason.REPLACED]
    await scene.radio.leave()
    assert len(scene.done) == 2


async def test_leaving_at_once_ends_it_too(scene: Scene) -> None:
    await rejoin(scene, await saved(scene))
    await scene.radio.leave()
    assert [report.reason for report in scene.reports] == [LinkReason.REPLACED]


async def test_leaving_touches_nothing_that_is_over_or_up(scene: Scene) -> None:
    await scene.radio.leave()
    uuid = await saved(scene)
    scene.nm.on_activation = scene.nm.come_up
    await rejoin(scene, uuid)
    await scene.told(LinkStage.CONNECTED)
    await scene.radio.leave()
    assert "DeactivateConnection" not in scene.done
    assert scene.radio.state.online


async def test_leaving_what_has_failed_touches_nothing(scene: Scene) -> None:
    await rejoin(scene, await saved(scene))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.SSID_NOT_FOUND)
    await scene.told(LinkStage.FAILED)
    await scene.radio.leave()
    assert "DeactivateConnection" not in scene.done
    assert len(scene.reports) == 1


async def test_whoever_is_cancelled_while_it_is_asked_for_can_still_leave(scene: Scene) -> None:
    uuid = await saved(scene)
    held = scene.nm.hold("ActivateConnection")
    joining = asyncio.create_task(rejoin(scene, uuid))
    await until(lambda: held, "it is asked for")
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    leaving = asyncio.create_task(scene.radio.leave())
    await scene.all_has_come()
    scene.nm.answer_held("ActivateConnection")
    await leaving
    assert scene.done == ["ActivateConnection", "DeactivateConnection"]
    assert scene.radio.state.link is Link.DOWN


async def test_a_profile_that_failed_for_its_secret_is_not_lost_to_networkmanager(
    scene: Scene,
) -> None:
    await rejoin(scene, await saved(scene))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    await scene.told(LinkStage.FAILED)
    assert scene.nm.made("Register") == []
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.hotspot_up(HOTSPOT)
    offered = scene.nm.made("Register", "Unregister")
    assert [call.member for call in offered] == ["Register", "Unregister"]
    assert offered[0].body == ["firstlight"]
    await scene.radio.hotspot_down()
    await scene.radio.hotspot_up(HOTSPOT)
    assert len(scene.nm.made("Register")) == 1


async def test_a_hotspot_is_up_also_when_nobody_may_offer_secrets(scene: Scene) -> None:
    scene.nm.refuse("Register", f"{NAME}.AgentManager.PermissionDenied")
    await rejoin(scene, await saved(scene))
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.hotspot_up(HOTSPOT)
    assert scene.radio.state.link is Link.HOTSPOT
