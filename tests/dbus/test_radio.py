import asyncio
import logging
import traceback
from itertools import pairwise

import pytest
from msgspec.structs import replace
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import FakeSupplicant
from tests.dbus.nm_interfaces import CONNECTION, DEVICE, NAME, SECRETS_FETCHED
from tests.dbus.private_bus import PrivateBus
from tests.dbus.scene import Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import Code, FirstlightError, NotFound
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings, KeyManagement, ProfileKind
from firstlight.model.radio import (
    AccessPointsChanged,
    Availability,
    Link,
    LinkReason,
    LinkReport,
    LinkStage,
    RadioChanged,
    RadioEvent,
    Station,
    StationJoined,
    StationLeft,
)
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import bus as bus_module
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.radio import NetworkManagerRadio

PHONE = "02:f0:00:00:00:01"
HOTSPOT = HotspotSettings(
    profile_name="Firstlight-Hotspot",
    ssid=Ssid(b"Firstlight-CAFE"),
    passphrase=Passphrase("hotspot-secret-1"),
    channel=6,
    country="NL",
)
SECRETS = ("an old secret", "station-secret-1", "station-secret-2", "hotspot-secret")


async def test_a_radio_that_was_never_opened_closes(address: str) -> None:
    radio = NetworkManagerRadio("wlan7", bus_address=address)
    assert radio.state.availability is Availability.NO_NETWORK_MANAGER
    assert radio.state.interface == "wlan7"
    assert radio.access_points() == ()
    await radio.close()


# Events.


async def test_every_change_is_told_once_and_carries_the_state(scene: Scene) -> None:
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.nm.begin(scene.nm.add_profile(b"net"), scene.device)
        scene.nm.come_up(scene.device)
        await until(lambda: scene.radio.state.link is Link.CONNECTED, "it is joined")
        await scene.all_has_come()
    changes = [event.state for event in events if isinstance(event, RadioChanged)]
    assert len(changes) == len(events)
    assert changes[-1] == scene.radio.state
    assert all(one != other for one, other in pairwise(changes))
    assert [state.link for state in changes if state.link is Link.JOINING]


async def test_a_change_that_changes_nothing_is_not_told(scene: Scene) -> None:
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.nm.set(scene.device, DEVICE, Interface="wlan0")
        scene.nm.add_access_point(scene.device)
        scene.nm.add_profile(b"net")
        await scene.all_has_come()
    assert [type(event) for event in events] == [RadioChanged]  # of all_has_come itself


async def test_the_end_of_a_scan_is_told(scene: Scene) -> None:
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.nm.scanned(scene.device)
        await until(lambda: events, "it is told")
    assert events == [AccessPointsChanged()]


async def test_a_subscription_ends_exactly(scene: Scene) -> None:
    inside: list[RadioEvent] = []
    around: list[RadioEvent] = []
    with scene.radio.subscribe(around.append):
        with scene.radio.subscribe(inside.append):
            scene.nm.scanned(scene.device)
            await until(lambda: inside, "it is told")
        scene.nm.scanned(scene.device)
        await until(lambda: len(around) == 2, "it is told")
    scene.nm.scanned(scene.device)
    await scene.all_has_come()
    assert inside == [AccessPointsChanged()]
    assert around == [AccessPointsChanged()] * 2


async def test_a_listener_may_end_another_while_it_listens(scene: Scene) -> None:
    heard: list[str] = []
    second = scene.radio.subscribe(lambda _: heard.append("second"))

    def first(_: RadioEvent) -> None:
        heard.append("first")
        second.__exit__(None, None, None)

    with scene.radio.subscribe(first):
        second.__enter__()
        scene.nm.scanned(scene.device)
        await until(lambda: heard, "it is told")
    assert heard == ["first"]


# Profiles.


async def test_every_wifi_profile_is_listed(scene: Scene) -> None:
    joined = scene.nm.joined(scene.device, b"caf\xe9")
    scene.nm.add_profile(b"--help", name="--help")
    scene.nm.add_profile(b"ours", mode="ap")
    wired = scene.nm.add_profile(b"x", name="wired")
    scene.nm.profiles[wired]["connection"]["type"].value = "802-3-ethernet"
    await scene.all_has_come()
    listed = {profile.ssid: profile for profile in await scene.radio.profiles()}
    assert set(listed) == {b"caf\xe9", b"--help", b"ours"}
    assert [ssid for ssid, profile in listed.items() if profile.active] == [b"caf\xe9"]
    assert listed[Ssid(b"caf\xe9")].uuid == scene.nm.uuid_of(joined)
    assert listed[Ssid(b"ours")].kind is ProfileKind.HOTSPOT


async def test_forgetting_the_active_profile_returns_once_it_is_left(scene: Scene) -> None:
    uuid = await scene.old()
    await scene.radio.forget(uuid)
    assert scene.nm.profiles == {}
    assert scene.radio.state.link is Link.DOWN
    assert await scene.radio.profiles() == ()


async def test_forgetting_another_leaves_the_link(scene: Scene) -> None:
    await scene.old()
    other = scene.nm.uuid_of(scene.nm.add_profile(b"other"))
    await scene.all_has_come()
    await scene.radio.forget(other)
    assert len(await scene.radio.profiles()) == 1
    assert scene.radio.state.online


async def test_forgetting_what_is_not_there(scene: Scene) -> None:
    with pytest.raises(NotFound) as caught:
        await scene.radio.forget("00000000-0000-4000-8000-00000000dead")
    assert caught.value.code is Code.UNKNOWN_PROFILE


async def test_forgetting_what_goes_at_the_same_moment(scene: Scene) -> None:
    path = scene.nm.add_profile(b"net")
    uuid = scene.nm.uuid_of(path)
    await scene.all_has_come()
    held = scene.nm.hold("Delete")
    forgetting = asyncio.create_task(scene.radio.forget(uuid))
    await until(lambda: held, "it is asked for")
    scene.nm.delete(path)
    scene.nm.answer_held("Delete")
    await forgetting


# Stations.


async def test_stations_of_our_hotspot(scene: Scene) -> None:
    scene.nm.on_activation = scene.nm.come_up
    await scene.radio.hotspot_up(HOTSPOT)
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.supplicant.join(scene.wlan0, PHONE)
        await until(lambda: events, "it is told")
        (station,) = await scene.radio.stations()
        assert events == [StationJoined(station)]
        scene.supplicant.leave(scene.wlan0, PHONE)
        await until(lambda: len(events) == 2, "it is told")
        assert events[1] == StationLeft(station)
    assert isinstance(station, Station)
    assert station.mac == PHONE
    assert await scene.radio.stations() == ()


async def test_a_station_profile_has_no_stations(scene: Scene) -> None:
    await scene.old()
    scene.supplicant.join(scene.wlan0, PHONE)
    assert await scene.radio.stations() == ()
    assert scene.supplicant.made("Get") == []


async def test_without_the_supplicant_nobody_can_tell(
    nm: FakeNetworkManager, radio: NetworkManagerRadio
) -> None:
    nm.add_device()
    nm.on_activation = nm.come_up
    await radio.open()
    await radio.hotspot_up(HOTSPOT)
    assert await radio.stations() == ()


# Restarts.


async def test_a_restarted_networkmanager_is_read_anew(address: str, scene: Scene) -> None:
    await scene.old()
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        await scene.nm.close()
        await until(
            lambda: scene.radio.state.availability is Availability.NO_NETWORK_MANAGER,
            "its end is noticed",
        )
        assert scene.radio.access_points() == ()
        scene.nm.state(scene.device, DeviceState.DISCONNECTED)
        scene.nm.add_access_point(scene.device, b"new here")
        await scene.nm.open(address)
        await until(
            lambda: scene.radio.state.availability is Availability.READY, "it is read again"
        )
        await until(scene.radio.access_points, "the list is there")
    told = [event.state.availability for event in events if isinstance(event, RadioChanged)]
    assert told[0] is Availability.NO_NETWORK_MANAGER
    assert told[-1] is Availability.READY
    assert scene.radio.state.link is Link.DOWN
    assert len(await scene.radio.profiles()) == 1


async def test_a_restarted_bus_is_survived(
    own_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", 0.01)
    own_bus.start()
    nm = FakeNetworkManager()
    supplicant = FakeSupplicant()
    device = nm.add_device()
    supplicant.on_scan = lambda: nm.scanned(device)
    supplicant.add_interface("wlan0")
    for fake in (nm, supplicant):
        await fake.open(own_bus.address)
    radio = NetworkManagerRadio(bus_address=own_bus.address)
    await radio.open()
    reports: list[LinkReport] = []
    await radio.activate_trial(plan(), reports.append)
    own_bus.stop()
    await until(lambda: reports, "the trial has ended")
    assert reports[-1].reason is LinkReason.MANAGER_GONE
    assert radio.state.availability is Availability.NO_NETWORK_MANAGER
    own_bus.start()
    for fake in (nm, supplicant):
        await fake.close()
    nm.state(device, DeviceState.DISCONNECTED)
    for fake in (nm, supplicant):
        await fake.open(own_bus.address)
    await until(lambda: radio.state.availability is Availability.READY, "it is read again")
    await until(lambda: supplicant.made("GetInterface")[1:], "the supplicant is asked again")
    await radio.scan(frequencies=[2412])
    assert len(supplicant.scans) == 1
    await radio.close()
    for fake in (nm, supplicant):
        await fake.close()


@pytest.mark.parametrize("when", ["idle", "scanning", "joining", "reading"])
async def test_closing_leaves_no_tasks(
    address: str, nm: FakeNetworkManager, supplicant: FakeSupplicant, when: str
) -> None:
    device = nm.add_device()
    supplicant.add_interface("wlan0")
    supplicant.slow = True
    before = asyncio.all_tasks()
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    work: asyncio.Task[object] | None = None
    match when:
        case "scanning":
            work = asyncio.create_task(radio.scan())
            await until(lambda: supplicant.scans, "it scans")
        case "joining":
            held = nm.hold("AddAndActivateConnection2")
            work = asyncio.create_task(radio.activate_trial(plan(), lambda _: None))
            await until(lambda: held, "it joins")
        case "reading":
            held = nm.hold("GetSettings")
            nm.add_profile()
            await until(lambda: held, "it reads")
    if work is not None:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    events: list[RadioEvent] = []
    with radio.subscribe(events.append):
        nm.state(device, DeviceState.PREPARE)
        nm.add_profile(b"late")
        await radio.close()
        await nm.close()
    assert asyncio.all_tasks() == before


# Secrets.


async def test_no_secret_is_ever_logged_or_told(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []

    async def refused(work: object) -> None:
        with pytest.raises(FirstlightError) as caught:
            await work  # type: ignore[misc]
        told.extend(traceback.format_exception(caught.value))

    radio, nm, device = scene.radio, scene.nm, scene.device
    await scene.old()
    await radio.protect(60)
    for number, management in ((1, KeyManagement.WPA_PSK), (2, KeyManagement.SAE)):
        secret = f"station-secret-{number}"
        nm.on_activation = None
        await scene.activate(plan(b"net", management, secret=secret))
        nm.walk(device, *SECRETS_FETCHED)
        nm.fail(device, StateReason.NO_SECRETS)
        await scene.all_has_come()
        nm.refuse("AddAndActivateConnection2", f"{CONNECTION}.InvalidProperty", "psk: not valid")
        await refused(scene.activate(plan(b"net", management, secret=secret)))
        nm.refusals.clear()
        nm.on_activation = nm.come_up
        uuid = await scene.activate(plan(b"net", management, secret=secret))
        await until(lambda: scene.reports[-1].stage is LinkStage.CONNECTED, "it is joined")
        nm.refuse("Update2", f"{NAME}.Settings.Failed", "disk full")
        await refused(radio.promote(uuid))
        nm.refusals.clear()
        await radio.promote(uuid)
        await radio.retire(uuid)
    await radio.hotspot_up(HOTSPOT)
    await radio.hotspot_up(replace(HOTSPOT, passphrase=Passphrase("hotspot-secret-2")))
    nm.refuse("Update2", ACCESS_DENIED)
    await refused(radio.hotspot_up(HOTSPOT))
    nm.refusals.clear()
    nm.hold("AddAndActivateConnection2")
    trial = asyncio.create_task(scene.activate(plan(secret="station-secret-1")))
    await until(lambda: nm.held["AddAndActivateConnection2"], "it is asked for")
    await nm.close()
    await refused(trial)
    await radio.close()
    wire = str([call.body for call in nm.calls])
    assert all(secret in wire for secret in SECRETS[1:]), "the secrets never went anywhere"
    told += [repr(scene.reports), repr(radio.state)]
    for record in caplog.records:
        told += [record.getMessage(), repr(record.args), str(record.exc_info)]
    assert told
    for secret in SECRETS:
        assert not [line for line in told if secret in line]
