"""Joining beside the hotspot: the second interface, the copy of the profile, and their end."""

import asyncio

import pytest
from dbus_fast import Variant
from tests.dbus.fake_iw import HWSIM, FakeIw
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import DEVICE, SECRETS_FETCHED, SECURITY, WIFI
from tests.dbus.scene import STAGES, UP, Scene
from tests.dbus.waiting import until

from firstlight.errors import Busy, NotFound, RadioFailure
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Availability, Link, LinkReason, LinkReport, LinkStage, RadioState
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import companion, rehearsing
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.radio import NetworkManagerRadio

HOTSPOT = HotspotSettings(
    profile_name="hotspot", ssid=Ssid(b"Hotspot"), passphrase=Passphrase("12345678"), channel=6
)
NAME = "fl-home"
FREQUENCY = 2437


@pytest.fixture
async def hotspot(iw: FakeIw, scene: Scene) -> Scene:
    """A hotspot on channel 6, on a radio that can do more; HomeNet is saved and in sight."""
    iw.phy = HWSIM
    scene.nm.remove(scene.device)
    scene.device = scene.nm.add_device()
    await until(lambda: scene.radio.state.abilities.join_as_hotspot, "the radio is asked")
    scene.supplicant.on_scan = lambda: scene.nm.scanned(scene.device)
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.hotspot_up(HOTSPOT)
    own = scene.nm.add_access_point(scene.device, b"Hotspot")
    scene.nm.set(own, "org.freedesktop.NetworkManager.AccessPoint", Frequency=FREQUENCY)
    scene.nm.set(
        scene.device, "org.freedesktop.NetworkManager.Device.Wireless", ActiveAccessPoint=own
    )
    await until(lambda: scene.radio.state.frequency == FREQUENCY, "its channel is known")
    scene.nm.add_access_point(scene.device, b"HomeNet", bssid="02:AA:00:00:00:01")
    scene.supplicant.hear(scene.wlan0, b"another")
    scene.supplicant.hear(scene.wlan0, b"HomeNet", FREQUENCY)
    return scene


async def saved(scene: Scene) -> str:
    path = scene.nm.add_profile(b"HomeNet", psk="a secret", interface="wlan0")
    scene.nm.profiles[path]["user"] = {"data": Variant("a{ss}", {"firstlight.attempt": "a"})}
    await scene.all_has_come()
    return scene.nm.uuid_of(path)


async def rehearse(scene: Scene, uuid: str) -> None:
    await scene.radio.rehearse(uuid, scene.reports.append)


async def begun(scene: Scene, iw: FakeIw, uuid: str) -> tuple[asyncio.Task[None], str, str]:
    """A rehearsal under way; its device, and that at wpa_supplicant."""
    scene.nm.on_activation = None
    work = asyncio.create_task(rehearse(scene, uuid))
    await until(lambda: scene.nm.made("AddAndActivateConnection2"), "it is activated")
    return work, iw.path(NAME), iw.link(NAME)


async def told_all(scene: Scene) -> RadioState:
    """The state once every signal up to now has been heard."""
    await scene.all_has_come()
    scene.nm.set(scene.device, DEVICE, Driver="driver")
    await until(lambda: scene.radio.state.driver == "driver", "all has come")
    return scene.radio.state


async def test_it_joins_beside_the_hotspot_and_leaves_no_trace(hotspot: Scene, iw: FakeIw) -> None:
    uuid = await saved(hotspot)
    path = hotspot.nm.path_of(uuid)
    stored, profiles = hotspot.nm.settings_of(path), await hotspot.radio.profiles()
    before = await told_all(hotspot)
    work, device, link = await begun(hotspot, iw, uuid)
    assert not hotspot.nm.get(device, DEVICE, "Autoconnect")
    assert await hotspot.radio.profiles() == profiles
    await hotspot.all_has_come()
    hotspot.nm.walk(device, *SECRETS_FETCHED)
    await hotspot.all_has_come()
    hotspot.supplicant.states(link, *UP)
    await hotspot.told(LinkStage.AUTHENTICATED)
    hotspot.nm.lease(device, "10.9.1.54")
    hotspot.nm.walk(device, DeviceState.IP_CONFIG, DeviceState.ACTIVATED)
    await work
    assert hotspot.stages == STAGES
    assert hotspot.reports[-1].ipv4 is not None
    assert hotspot.reports[-1].ipv4.address == "10.9.1.54"
    assert iw.interfaces == []
    assert await told_all(hotspot) == before
    assert hotspot.nm.settings_of(path) == stored
    assert await hotspot.radio.profiles() == profiles


async def test_the_copy_is_bound_to_the_second_interface(hotspot: Scene, iw: FakeIw) -> None:
    uuid = await saved(hotspot)
    await rehearse(hotspot, uuid)
    (call,) = hotspot.nm.made("AddAndActivateConnection2")
    settings, _, _, options = call.body
    assert options == {"persist": "volatile"}
    connection = settings["connection"]
    assert connection["uuid"] != uuid
    assert (connection["interface-name"], connection["autoconnect"]) == (NAME, False)
    assert settings[WIFI]["ssid"] == b"HomeNet"
    assert settings[SECURITY] == {"key-mgmt": "wpa-psk", "psk": "a secret"}
    assert "user" not in settings
    for family in ("ipv4", "ipv6"):
        assert settings[family] == {
            "method": "auto", "never-default": True, "ignore-auto-dns": True,
        }  # fmt: skip
    added = next(one for one in iw.asked if one[2:4] == ("interface", "add"))
    assert added == (
        *("dev", "wlan0", "interface", "add", NAME, "type", "managed"),
        *("addr", "42:00:00:00:00:01"),
    )
    assert iw.interfaces == []


async def test_only_the_hotspots_channel_is_scanned_first(hotspot: Scene) -> None:
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.supplicant.scans[0]["Channels"] == [(FREQUENCY, 20)]
    assert b"HomeNet" in hotspot.supplicant.scans[0]["SSIDs"]


@pytest.mark.parametrize(
    ("frequency", "age"), [(2412, 0), (FREQUENCY, 60)], ids=["another channel", "long ago"]
)
async def test_what_cannot_be_joined_is_not_tried(
    hotspot: Scene, iw: FakeIw, frequency: int, age: int
) -> None:
    hotspot.supplicant.set(hotspot.wlan0, INTERFACE, BSSs=[])
    hotspot.supplicant.hear(hotspot.wlan0, b"HomeNet", frequency, age)
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.reports == [LinkReport(stage=LinkStage.FAILED, reason=LinkReason.SSID_NOT_FOUND)]
    assert not any("add" in one for one in iw.asked)


async def test_where_nobody_can_listen_it_is_tried(hotspot: Scene, iw: FakeIw) -> None:
    iw.phy = HWSIM.replace("AP scan", "nothing else")
    hotspot.nm.remove(hotspot.device)
    hotspot.device = hotspot.nm.add_device()
    await until(lambda: not hotspot.radio.state.abilities.scan_as_hotspot, "the radio is asked")
    await hotspot.radio.hotspot_up(HOTSPOT)
    with pytest.raises(Busy):
        await hotspot.radio.scan()
    await until(lambda: hotspot.radio.state.abilities.join_as_hotspot, "the radio is asked")
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.stages[-1] is LinkStage.CONNECTED
    assert hotspot.supplicant.scans == []


async def test_a_wrong_password_is_told_and_forgiven_by_nobody(hotspot: Scene, iw: FakeIw) -> None:
    uuid = await saved(hotspot)
    hotspot.nm.on_activation = None
    work = asyncio.create_task(rehearse(hotspot, uuid))
    await until(lambda: hotspot.nm.made("AddAndActivateConnection2"), "it is activated")
    await hotspot.all_has_come()
    device = iw.path(NAME)
    hotspot.nm.walk(device, *SECRETS_FETCHED)
    hotspot.nm.state(device, DeviceState.NEED_AUTH, StateReason.SUPPLICANT_DISCONNECT)
    await work
    assert hotspot.reports[-1].reason is LinkReason.HANDSHAKE_FAILED
    assert iw.interfaces == []
    assert hotspot.radio.state.link is Link.HOTSPOT


async def test_silence_ends_it_too(
    hotspot: Scene, iw: FakeIw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "OUTCOME_SECONDS", 0.05)
    hotspot.nm.on_activation = None
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.reports[-1].reason is LinkReason.SUPPLICANT_TIMEOUT
    assert iw.interfaces == []


async def test_whoever_is_cancelled_leaves_no_interface(hotspot: Scene, iw: FakeIw) -> None:
    hotspot.nm.on_activation = None
    work = asyncio.create_task(rehearse(hotspot, await saved(hotspot)))
    await until(lambda: hotspot.nm.made("AddAndActivateConnection2"), "it is activated")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert iw.interfaces == []
    assert hotspot.radio.state.link is Link.HOTSPOT


async def test_the_second_interface_is_never_taken_for_the_radio(
    hotspot: Scene, iw: FakeIw
) -> None:
    iw.add(NAME, "42:00:00:00:00:01")
    await hotspot.all_has_come()
    assert hotspot.radio.state.interface == "wlan0"
    hotspot.nm.remove(hotspot.device)
    await until(lambda: not hotspot.radio.state.interface, "the radio is gone")
    assert hotspot.radio.state.availability is Availability.NO_WIFI_DEVICE


async def test_settling_removes_what_a_killed_process_left(hotspot: Scene, iw: FakeIw) -> None:
    iw.add(NAME, "42:00:00:00:00:01")
    await hotspot.all_has_come()
    (sentence,) = await hotspot.radio.settle()
    assert sentence.endswith(".")
    assert iw.interfaces == []
    assert await hotspot.radio.settle() == ()


async def test_a_left_over_is_replaced(hotspot: Scene, iw: FakeIw) -> None:
    iw.add(NAME, "42:00:00:00:00:01")
    await hotspot.all_has_come()
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.stages[-1] is LinkStage.CONNECTED
    assert iw.interfaces == []


async def test_a_driver_that_refuses_is_not_asked_again(hotspot: Scene, iw: FakeIw) -> None:
    iw.refuses = "command failed: Operation not supported (-95)"
    uuid = await saved(hotspot)
    with pytest.raises(RadioFailure, match="not supported"):
        await rehearse(hotspot, uuid)
    assert not hotspot.radio.state.abilities.join_as_hotspot
    with pytest.raises(Busy):
        await rehearse(hotspot, uuid)
    assert hotspot.reports == []


async def test_an_interface_that_nobody_takes_up_is_removed(
    hotspot: Scene, iw: FakeIw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(companion, "READY_SECONDS", 0.05)
    iw.taken_up = False
    with pytest.raises(RadioFailure, match="take up"):
        await rehearse(hotspot, await saved(hotspot))
    assert iw.interfaces == []


async def test_an_interface_that_nobody_sees_is_removed(
    hotspot: Scene, iw: FakeIw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(companion, "APPEAR_SECONDS", 0.05)
    iw.seen = False
    with pytest.raises(RadioFailure, match="take up"):
        await rehearse(hotspot, await saved(hotspot))
    assert iw.asked[-1] == ("dev", NAME, "del")


async def test_an_activation_that_is_not_ended_goes_with_its_interface(
    hotspot: Scene, iw: FakeIw
) -> None:
    hotspot.nm.refuse("DeactivateConnection", ACCESS_DENIED)
    await rehearse(hotspot, await saved(hotspot))
    assert hotspot.stages[-1] is LinkStage.CONNECTED
    assert iw.interfaces == []


async def test_it_needs_a_hotspot_the_ability_and_a_saved_network(
    hotspot: Scene, iw: FakeIw
) -> None:
    uuid = await saved(hotspot)
    with pytest.raises(NotFound):
        await rehearse(hotspot, "00000000-0000-4000-8000-00000000dead")
    await hotspot.radio.hotspot_down()
    with pytest.raises(Busy):
        await rehearse(hotspot, uuid)
    assert not any("add" in one for one in iw.asked)


async def test_one_at_a_time(hotspot: Scene) -> None:
    uuid = await saved(hotspot)
    hotspot.nm.on_activation = None
    work = asyncio.create_task(rehearse(hotspot, uuid))
    await until(lambda: hotspot.nm.made("AddAndActivateConnection2"), "it is activated")
    with pytest.raises(Busy):
        await rehearse(hotspot, uuid)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_an_able_radio_scans_as_a_hotspot(hotspot: Scene) -> None:
    await hotspot.radio.scan(frequencies=[2412])
    assert hotspot.supplicant.scans[-1]["Channels"] == [(2412, 20)]


async def test_closing_in_the_middle_removes_the_interface(
    hotspot: Scene, iw: FakeIw, radio: NetworkManagerRadio
) -> None:
    hotspot.nm.on_activation = None
    work = asyncio.create_task(rehearse(hotspot, await saved(hotspot)))
    await until(lambda: hotspot.nm.made("AddAndActivateConnection2"), "it is activated")
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await radio.close()
    assert iw.interfaces == []
