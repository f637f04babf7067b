"""What is known of a network that is joined: whether it is still there, and what lies behind."""

import pytest
from tests.dbus.nm_interfaces import DEVICE, MANAGER, NAME
from tests.dbus.scene import UP, Scene
from tests.dbus.waiting import until

from firstlight.model.radio import Connectivity, Link, RadioChanged, RadioEvent


def check(scene: Scene, *, available: bool = True, enabled: bool = True, found: int) -> None:
    scene.nm.set(
        MANAGER, NAME, ConnectivityCheckAvailable=available, ConnectivityCheckEnabled=enabled
    )
    scene.nm.set(scene.device, DEVICE, Ip4Connectivity=found)


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (0, Connectivity.UNKNOWN),
        (1, Connectivity.NONE),
        (2, Connectivity.PORTAL),
        (3, Connectivity.LIMITED),
        (4, Connectivity.FULL),
        (4711, Connectivity.UNKNOWN),
    ],
)
async def test_what_networkmanager_finds_behind_the_link(
    scene: Scene, number: int, meaning: Connectivity
) -> None:
    await scene.old()
    check(scene, found=number)
    await scene.all_has_come()
    assert scene.radio.state.connectivity is meaning


@pytest.mark.parametrize(("available", "enabled"), [(False, True), (True, False)])
async def test_where_nobody_checks_nothing_is_known(
    scene: Scene, available: bool, enabled: bool
) -> None:
    await scene.old()
    check(scene, available=available, enabled=enabled, found=4)
    await scene.all_has_come()
    assert scene.radio.state.connectivity is Connectivity.UNKNOWN


async def test_behind_no_link_there_is_nothing(scene: Scene) -> None:
    check(scene, found=4)
    await scene.all_has_come()
    assert scene.radio.state.link is Link.DOWN
    assert scene.radio.state.connectivity is Connectivity.UNKNOWN


async def test_a_lost_link_is_told_at_once_and_once(scene: Scene) -> None:
    await scene.old()
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.supplicant.states(scene.wlan0, "disconnected")
        await until(lambda: scene.radio.state.lost, "it is told")
        assert not scene.radio.state.online
        assert scene.radio.state.link is Link.CONNECTED
        scene.supplicant.states(scene.wlan0, "scanning", *UP[:4])
        await scene.supplicant.passed_on()
        scene.supplicant.states(scene.wlan0, "completed")
        await until(lambda: scene.radio.state.online, "it is back")
    lost = [event.state.lost for event in events if isinstance(event, RadioChanged)]
    assert lost == [True, False]


async def test_a_station_that_roams_has_lost_nothing(scene: Scene) -> None:
    await scene.old()
    events: list[RadioEvent] = []
    with scene.radio.subscribe(events.append):
        scene.supplicant.states(scene.wlan0, *UP)
        scene.supplicant.states(scene.wlan0, "group_handshake", "completed")
        await scene.supplicant.passed_on()
    await scene.all_has_come()
    assert not any(isinstance(event, RadioChanged) and event.state.lost for event in events)


async def test_a_link_that_networkmanager_gave_up_is_down_not_lost(scene: Scene) -> None:
    await scene.old()
    scene.supplicant.states(scene.wlan0, "disconnected", "scanning")
    await until(lambda: scene.radio.state.lost, "it is told")
    scene.nm.fail(scene.device, 53)
    await until(lambda: scene.radio.state.link is Link.DOWN, "it is given up")
    assert not scene.radio.state.lost


async def test_a_link_that_is_lost_when_we_look_first_is_known_as_such(scene: Scene) -> None:
    await scene.old()
    await scene.radio.close()
    scene.supplicant.states(scene.wlan0, "scanning")
    await scene.radio.open()
    assert scene.radio.state.lost
