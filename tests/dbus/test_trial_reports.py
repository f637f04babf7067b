"""What is reported while a trial goes on, over the bus."""

import pytest
from msgspec.structs import replace
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import SECRETS_FETCHED, SECURITY
from tests.dbus.scene import STAGES, UP, Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import NotPermitted, RadioUnavailable
from firstlight.model.profile import KeyManagement
from firstlight.model.radio import LinkReason, LinkReport, LinkStage
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.radio import NetworkManagerRadio


@pytest.mark.parametrize("management", [KeyManagement.WPA_PSK, KeyManagement.SAE])
async def test_a_secured_network_goes_well(scene: Scene, management: KeyManagement) -> None:
    await scene.old()
    await scene.activate(plan(management=management))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.supplicant.states(scene.wlan0, "authenticating")
    await scene.told(LinkStage.ASSOCIATING)
    scene.supplicant.states(scene.wlan0, *UP[1:])
    await scene.told(LinkStage.AUTHENTICATED)
    scene.nm.walk(scene.device, DeviceState.IP_CONFIG)
    scene.nm.lease(scene.device, "10.9.1.54", "10.9.1.1")
    scene.nm.walk(scene.device, DeviceState.IP_CHECK, DeviceState.SECONDARIES)
    await scene.all_has_come()
    assert scene.stages == STAGES[:3]
    scene.nm.state(scene.device, DeviceState.ACTIVATED)
    await scene.told(LinkStage.CONNECTED)
    assert scene.stages == STAGES
    assert scene.reports[-1].ipv4 is not None
    assert scene.reports[-1].ipv4.address == "10.9.1.54"
    assert scene.radio.state.online


async def test_a_brief_trial_waits_for_its_address_alone(scene: Scene) -> None:
    await scene.activate(replace(plan(), brief=True))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.supplicant.states(scene.wlan0, *UP)
    # Two daemons speak: what one says next must not overtake the other.
    await scene.told(LinkStage.AUTHENTICATED)
    scene.nm.walk(scene.device, DeviceState.IP_CONFIG)
    scene.nm.lease(scene.device, "192.168.4.54", "192.168.4.1")
    await scene.all_has_come()
    assert scene.stages == STAGES[:3]
    scene.nm.state(scene.device, DeviceState.IP_CHECK)
    await scene.told(LinkStage.CONNECTED)
    assert scene.stages == STAGES


async def test_an_open_network_goes_well(scene: Scene) -> None:
    await scene.activate(plan(management=KeyManagement.NONE))
    assert SECURITY not in scene.nm.made("AddAndActivateConnection2")[0].body[0]
    scene.nm.walk(scene.device, DeviceState.PREPARE, DeviceState.CONFIG)
    await scene.all_has_come()
    scene.supplicant.states(scene.wlan0, "authenticating", "associating", "associated", "completed")
    await scene.told(LinkStage.AUTHENTICATED)
    scene.nm.lease(scene.device)
    scene.nm.walk(scene.device, DeviceState.IP_CONFIG, DeviceState.ACTIVATED)
    await scene.told(LinkStage.CONNECTED)
    assert scene.stages == STAGES


async def test_without_the_supplicant_it_goes_well_too(
    nm: FakeNetworkManager, radio: NetworkManagerRadio
) -> None:
    nm.add_device()
    nm.on_activation = nm.come_up
    await radio.open()
    reports: list[LinkReport] = []
    await radio.activate_trial(plan(), reports.append)
    await until(lambda: len(reports) == 2, "it is joined")
    assert [report.stage for report in reports] == STAGES[2:]


async def test_a_wrong_wpa2_password(scene: Scene) -> None:
    uuid = await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    scene.supplicant.states(scene.wlan0, *UP[:4], "disconnected")
    await scene.all_has_come()
    scene.nm.state(scene.device, DeviceState.NEED_AUTH, StateReason.SUPPLICANT_DISCONNECT)
    scene.nm.fail(scene.device, StateReason.NO_SECRETS)
    await scene.told(LinkStage.FAILED)
    assert scene.stages == [*STAGES[:2], LinkStage.FAILED]
    assert scene.reports[-1].reason is LinkReason.HANDSHAKE_FAILED
    await scene.all_has_come()
    assert len(scene.reports) == 3
    assert all(profile.uuid != uuid for profile in await scene.radio.profiles())


async def test_a_wrong_sae_password(scene: Scene) -> None:
    await scene.activate(plan(management=KeyManagement.SAE))
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.all_has_come()
    for _ in range(2):
        scene.supplicant.states(scene.wlan0, "authenticating")
        scene.supplicant.set(scene.wlan0, INTERFACE, AuthStatusCode=1)
        scene.supplicant.states(scene.wlan0, "disconnected", "scanning")
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.HANDSHAKE_FAILED


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        (StateReason.SSID_NOT_FOUND, LinkReason.SSID_NOT_FOUND),
        (StateReason.NO_SECRETS, LinkReason.NO_SECRETS),
        (StateReason.IP_CONFIG_UNAVAILABLE, LinkReason.DHCP_FAILED),
        (StateReason.SUPPLICANT_TIMEOUT, LinkReason.SUPPLICANT_TIMEOUT),
        (4711, LinkReason.UNKNOWN),
    ],
)
async def test_why_it_failed(scene: Scene, reason: int, meaning: LinkReason) -> None:
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, reason)
    await scene.told(LinkStage.FAILED)
    assert scene.reports == [
        LinkReport(
            stage=LinkStage.FAILED,
            reason=meaning,
            detail=scene.reports[-1].detail,
        )
    ]


async def test_the_old_networks_end_is_not_the_trials(scene: Scene) -> None:
    await scene.old()
    await scene.activate()
    scene.supplicant.states(scene.wlan0, "disconnected", "scanning", "disconnected")
    await scene.all_has_come()
    assert scene.reports == []
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.fail(scene.device, StateReason.SSID_NOT_FOUND)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.SSID_NOT_FOUND


async def test_another_connections_address_is_not_the_trials(scene: Scene) -> None:
    await scene.activate()
    scene.nm.joined(scene.device, b"another")
    await scene.told(LinkStage.FAILED)
    assert LinkStage.CONNECTED not in scene.stages
    assert scene.reports[-1].reason is LinkReason.REPLACED


async def test_another_activation_replaces_it(scene: Scene) -> None:
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.joined(scene.device, b"another")
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.REPLACED
    await scene.all_has_come()
    assert scene.stages.count(LinkStage.FAILED) == 1


async def test_the_radio_is_unplugged(scene: Scene) -> None:
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.remove(scene.device)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.RADIO_GONE


async def test_the_radio_is_switched_off(scene: Scene) -> None:
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    scene.nm.state(scene.device, DeviceState.UNAVAILABLE)
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.RADIO_BLOCKED


async def test_networkmanager_vanishes(scene: Scene) -> None:
    await scene.radio.protect(60)
    await scene.activate()
    scene.nm.walk(scene.device, *SECRETS_FETCHED)
    await scene.nm.close()
    await scene.told(LinkStage.FAILED)
    assert scene.reports[-1].reason is LinkReason.MANAGER_GONE
    with pytest.raises(RadioUnavailable):
        await scene.radio.abandon()


async def test_a_refused_activation_reports_nothing(scene: Scene) -> None:
    scene.nm.refuse("AddAndActivateConnection2", ACCESS_DENIED)
    with pytest.raises(NotPermitted):
        await scene.activate()
    assert scene.reports == []
