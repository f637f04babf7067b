import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import INTERFACE, FakeSupplicant
from tests.dbus.nm_interfaces import (
    ACTIVE,
    CONNECTION,
    DEVICE,
    SECRETS_FETCHED,
    SECURITY,
    WIFI,
    WIRELESS,
)
from tests.dbus.waiting import until

from firstlight.errors import Code, NotPermitted, RadioFailure, RadioUnavailable
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link, RadioEvent
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import hotspot as module
from firstlight.radio.nm import rising
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.radio import NetworkManagerRadio

SETTINGS = HotspotSettings(
    profile_name="Firstlight-Hotspot",
    ssid=Ssid(b"Firstlight-\xff\xfe"),
    passphrase=Passphrase("on-the-label"),
    channel=6,
    country="NL",
)


@pytest.fixture
def device(nm: FakeNetworkManager) -> str:
    nm.on_activation = nm.come_up
    return nm.add_device()


@pytest.fixture
async def opened(device: str, radio: NetworkManagerRadio) -> NetworkManagerRadio:
    await radio.open()
    return radio


def stored(nm: FakeNetworkManager) -> list[dict[str, dict[str, Any]]]:
    return [nm.settings_of(path) for path in nm.profiles]


def writes(nm: FakeNetworkManager) -> list[str]:
    return [
        call.member for call in nm.made("AddConnection2", "Update2", "ActivateConnection", "Delete")
    ]


async def test_it_is_made_and_brought_up(
    nm: FakeNetworkManager, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    assert writes(nm) == ["AddConnection2", "ActivateConnection"]
    assert nm.made("AddConnection2")[0].body[1] == 1  # to disk
    (profile,) = stored(nm)
    assert profile[WIFI]["ssid"] == b"Firstlight-\xff\xfe"
    assert profile[SECURITY]["psk"] == "on-the-label"
    state = opened.state
    assert (state.link, state.online) == (Link.HOTSPOT, False)
    assert state.profile is not None
    assert state.profile.ssid == SETTINGS.ssid
    assert state.ipv4 is not None
    assert (state.ipv4.address, state.ipv4.gateway) == ("192.168.4.1", None)


async def test_on_twice_is_on_once(nm: FakeNetworkManager, opened: NetworkManagerRadio) -> None:
    await opened.hotspot_up(SETTINGS)
    before = writes(nm)
    events: list[RadioEvent] = []
    with opened.subscribe(events.append):
        await opened.hotspot_up(SETTINGS)
    assert writes(nm) == before
    assert events == []


async def test_it_comes_up_again_with_the_profile_that_is_there(
    nm: FakeNetworkManager, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    await opened.hotspot_down()
    await opened.hotspot_up(SETTINGS)
    assert writes(nm) == ["AddConnection2", "ActivateConnection", "ActivateConnection"]


@pytest.mark.parametrize(
    "change",
    [
        {"passphrase": Passphrase("another-label")},
        {"ssid": Ssid(b"Renamed")},
        {"channel": 11},
        {"address": "10.9.8.1/24"},
        {"management_frame_protection": False},
    ],
    ids=["passphrase", "ssid", "channel", "address", "protection"],
)
async def test_other_settings_update_the_profile_and_activate_it_anew(
    nm: FakeNetworkManager, opened: NetworkManagerRadio, change: dict[str, Any]
) -> None:
    await opened.hotspot_up(SETTINGS)
    (before,) = stored(nm)
    await opened.hotspot_up(replace(SETTINGS, **change))
    assert writes(nm) == ["AddConnection2", "ActivateConnection", "Update2", "ActivateConnection"]
    assert nm.made("Update2")[0].body[1] == 0x41  # to disk, no reapply
    (after,) = stored(nm)
    assert after["connection"]["uuid"] == before["connection"]["uuid"]
    assert after != before
    assert opened.state.link is Link.HOTSPOT
    assert opened.state.profile is not None
    assert opened.state.profile.ssid == change.get("ssid", SETTINGS.ssid)


async def test_a_station_profile_of_that_name_is_left_alone(
    nm: FakeNetworkManager, opened: NetworkManagerRadio
) -> None:
    home = nm.add_profile(b"home", name=SETTINGS.profile_name, psk="the home secret")
    before = nm.settings_of(home)
    await opened.hotspot_up(SETTINGS)
    assert nm.settings_of(home) == before
    assert len(nm.profiles) == 2


async def test_a_secret_that_cannot_be_read_is_written_again(
    nm: FakeNetworkManager, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    nm.refuse("GetSecrets", ACCESS_DENIED)
    await opened.hotspot_up(SETTINGS)
    assert writes(nm)[2:] == ["Update2", "ActivateConnection"]


async def test_the_country_is_set_before(
    nm: FakeNetworkManager, supplicant: FakeSupplicant, device: str, radio: NetworkManagerRadio
) -> None:
    wlan0 = supplicant.add_interface("wlan0")
    await radio.open()
    await radio.hotspot_up(SETTINGS)
    assert supplicant.get(wlan0, INTERFACE, "Country") == "NL"
    assert radio.state.link is Link.HOTSPOT


async def test_a_country_that_is_refused_stops_nothing(
    nm: FakeNetworkManager, supplicant: FakeSupplicant, device: str, radio: NetworkManagerRadio
) -> None:
    supplicant.add_interface("wlan0")
    supplicant.refuse("Set", "org.freedesktop.DBus.Error.InvalidArgs", "no such country")
    await radio.open()
    await radio.hotspot_up(SETTINGS)
    assert radio.state.link is Link.HOTSPOT


async def test_without_a_country_the_systems_setting_stays(
    nm: FakeNetworkManager, supplicant: FakeSupplicant, device: str, radio: NetworkManagerRadio
) -> None:
    supplicant.add_interface("wlan0")
    await radio.open()
    await radio.hotspot_up(replace(SETTINGS, country=None))
    assert supplicant.made("Set") == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (StateReason.SUPPLICANT_TIMEOUT, "driver"),
        (StateReason.SHARED_START_FAILED, "dnsmasq"),
        (StateReason.SHARED_FAILED, "sharing"),
        (StateReason.SUPPLICANT_FAILED, "wpa_supplicant"),
        (StateReason.IP_ADDRESS_DUPLICATE, "IP_ADDRESS_DUPLICATE"),
        (4711, "UNKNOWN_4711"),
    ],
)
async def test_why_it_did_not_come_up(
    nm: FakeNetworkManager, opened: NetworkManagerRadio, reason: int, words: str
) -> None:
    def fail(device: str) -> None:
        nm.walk(device, *SECRETS_FETCHED)
        nm.fail(device, reason)

    nm.on_activation = fail
    with pytest.raises(RadioFailure, match=words) as caught:
        await opened.hotspot_up(SETTINGS)
    assert caught.value.code is Code.HOTSPOT_FAILED
    assert "channel 6" in caught.value.message


async def test_an_older_failure_is_not_todays(
    nm: FakeNetworkManager, opened: NetworkManagerRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rising, "APPEAR_SECONDS", 0.02)
    monkeypatch.setattr(rising, "REASON_SECONDS", 0.02)
    nm.on_activation = lambda device: nm.fail(device, StateReason.SHARED_FAILED)
    with pytest.raises(RadioFailure, match="sharing"):
        await opened.hotspot_up(SETTINGS)
    nm.on_activation = lambda device: nm.state(
        device, DeviceState.DISCONNECTED, StateReason.USER_REQUESTED
    )
    with pytest.raises(RadioFailure, match="USER_REQUESTED"):
        await opened.hotspot_up(SETTINGS)


async def test_up_means_that_the_device_says_so(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    nm.on_activation = None
    up = asyncio.create_task(opened.hotspot_up(SETTINGS))
    await until(lambda: nm.made("ActivateConnection"), "it is asked for")
    nm.set(nm.get(device, DEVICE, "ActiveConnection"), ACTIVE, State=2)
    nm.set(device, DEVICE, Driver="all has come")
    await until(lambda: opened.state.driver == "all has come", "all has come")
    assert not up.done()
    nm.come_up(device)
    await up
    assert opened.state.link is Link.HOTSPOT


async def test_a_refused_profile_is_a_failure(
    nm: FakeNetworkManager, opened: NetworkManagerRadio
) -> None:
    nm.refuse(
        "AddConnection2",
        f"{CONNECTION}.InvalidProperty",
        "802-11-wireless-security.psk: property is invalid",
    )
    with pytest.raises(RadioFailure, match="InvalidProperty"):
        await opened.hotspot_up(SETTINGS)
    assert nm.made("ActivateConnection") == []


async def test_a_refused_user_is_told(nm: FakeNetworkManager, opened: NetworkManagerRadio) -> None:
    nm.refuse("AddConnection2", ACCESS_DENIED)
    with pytest.raises(NotPermitted):
        await opened.hotspot_up(SETTINGS)


async def test_a_hotspot_that_hangs_has_a_deadline(
    nm: FakeNetworkManager, opened: NetworkManagerRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rising, "UP_SECONDS", 0.02)
    monkeypatch.setattr(rising, "REASON_SECONDS", 0.02)
    nm.on_activation = None
    with pytest.raises(RadioFailure):
        await opened.hotspot_up(SETTINGS)


async def test_it_goes_down_and_off_twice_is_off_once(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    await opened.hotspot_down()
    assert opened.state.link is Link.DOWN
    assert len(nm.profiles) == 1
    await opened.hotspot_down()
    assert len(nm.made("DeactivateConnection")) == 1


async def test_down_waits_until_the_radio_is_a_station_again(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    active = nm.get(device, DEVICE, "ActiveConnection")

    def slowly(*_: object) -> tuple[str, list[Any]]:
        nm.state(device, DeviceState.DEACTIVATING, StateReason.USER_REQUESTED)
        return "", []

    nm.method("DeactivateConnection", slowly)
    down = asyncio.create_task(opened.hotspot_down())
    await until(lambda: opened.state.link is Link.DOWN, "it is on its way down")
    assert not down.done()
    nm.remove(active)
    nm.set(device, DEVICE, ActiveConnection="/", State=30, Driver="down")
    await until(lambda: opened.state.driver == "down", "it is down")
    assert not down.done()
    nm.set(device, WIRELESS, Mode=2)
    await down


async def test_a_hotspot_that_stays_up_is_told(
    nm: FakeNetworkManager, opened: NetworkManagerRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DOWN_SECONDS", 0.02)
    await opened.hotspot_up(SETTINGS)
    nm.method("DeactivateConnection", lambda *_: ("", []))
    with pytest.raises(RadioFailure) as caught:
        await opened.hotspot_down()
    assert caught.value.code is Code.TIMEOUT


async def test_a_hotspot_that_went_down_by_itself_is_down(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    await opened.hotspot_up(SETTINGS)
    held = nm.hold("DeactivateConnection")
    down = asyncio.create_task(opened.hotspot_down())
    await until(lambda: held, "it is asked for")
    nm.state(device, DeviceState.DISCONNECTED)
    nm.answer_held("DeactivateConnection")
    await down
    assert opened.state.link is Link.DOWN


async def test_down_while_it_is_still_starting(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    profile = nm.add_profile(b"ours", name=SETTINGS.profile_name, mode="ap")
    active = nm.begin(profile, device)
    nm.walk(device, DeviceState.PREPARE, DeviceState.CONFIG)
    await until(lambda: opened.state.link is Link.HOTSPOT_STARTING, "it is starting")
    await opened.hotspot_down()
    assert nm.made("DeactivateConnection")[0].body == [active]


async def test_down_leaves_a_joined_network_alone(
    nm: FakeNetworkManager, device: str, opened: NetworkManagerRadio
) -> None:
    nm.joined(device)
    await until(lambda: opened.state.link is Link.CONNECTED, "it is joined")
    await opened.hotspot_down()
    assert nm.made("DeactivateConnection") == []


async def test_without_networkmanager_both_say_so(address: str) -> None:
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    for work in (radio.hotspot_up(SETTINGS), radio.hotspot_down(), radio.stations()):
        with pytest.raises(RadioUnavailable) as caught:
            await work
        assert caught.value.code is Code.NO_NETWORK_MANAGER
    await radio.close()


async def test_an_activation_is_watched_by_its_own_path(
    nm: FakeNetworkManager,
    device: str,
    opened: NetworkManagerRadio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another connection's success is not ours."""
    monkeypatch.setattr(rising, "APPEAR_SECONDS", 0.02)
    monkeypatch.setattr(rising, "REASON_SECONDS", 0.02)

    def another(device: str) -> None:
        nm.on_activation = None
        nm.begin(nm.add_profile(b"other"), device)
        nm.come_up(device)

    nm.on_activation = another
    with pytest.raises(RadioFailure):
        await opened.hotspot_up(SETTINGS)
    active = nm.get(device, DEVICE, "ActiveConnection")
    assert nm.get(active, ACTIVE, "Id") == "other"
