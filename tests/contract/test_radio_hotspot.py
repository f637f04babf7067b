"""The hotspot: every adapter of the Radio port."""

import pytest
from msgspec.structs import replace
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import HOTSPOT, SOON, Heard, join, plan, wait_for_link

from firstlight.errors import RadioFailure
from firstlight.model.access_point import frequency_of
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings, ProfileKind
from firstlight.model.radio import Link, StationJoined, StationLeft
from firstlight.model.ssid import Ssid

ACCEPTABLE = [
    pytest.param(replace(HOTSPOT, ssid=Ssid(b"caf\xe9 \xff")), id="not UTF-8"),
    pytest.param(replace(HOTSPOT, ssid=Ssid(b"0123456789abcdef" * 2)), id="32 bytes"),
    pytest.param(replace(HOTSPOT, ssid=Ssid(b"--help")), id="dashes"),
    pytest.param(replace(HOTSPOT, ssid=Ssid(b"a:b:c")), id="colons"),
    pytest.param(replace(HOTSPOT, passphrase=Passphrase("8 chars!")), id="shortest"),
    pytest.param(replace(HOTSPOT, passphrase=Passphrase("x" * 63)), id="longest"),
    pytest.param(replace(HOTSPOT, channel=1), id="channel 1"),
    pytest.param(replace(HOTSPOT, channel=11), id="channel 11"),
    pytest.param(replace(HOTSPOT, management_frame_protection=False), id="no frame protection"),
    pytest.param(replace(HOTSPOT, address="10.77.0.1/24"), id="another address"),
]


async def hotspots(harness: RadioHarness) -> int:
    kept = await harness.radio.profiles()
    return sum(profile.kind is ProfileKind.HOTSPOT for profile in kept)


async def test_on_and_off(harness: RadioHarness) -> None:
    await harness.radio.hotspot_up(HOTSPOT)
    state = harness.radio.state
    assert state.link is Link.HOTSPOT
    assert not state.online
    assert state.ipv4 is not None
    assert (state.ipv4.address, state.ipv4.prefix) == ("192.168.4.1", 24)
    assert state.profile is not None
    assert (state.profile.kind, state.profile.ssid) == (ProfileKind.HOTSPOT, HOTSPOT.ssid)
    assert not state.profile.autoconnect
    await harness.radio.hotspot_down()
    await wait_for_link(harness, Link.DOWN, SOON)
    assert await hotspots(harness) == 1


async def test_on_twice_is_on_once(harness: RadioHarness) -> None:
    await harness.radio.hotspot_up(HOTSPOT)
    events = Heard()
    with harness.radio.subscribe(events):
        await harness.radio.hotspot_up(HOTSPOT)
    assert events.events == []
    assert harness.radio.state.link is Link.HOTSPOT
    assert await hotspots(harness) == 1


async def test_off_twice_is_off_once(harness: RadioHarness) -> None:
    await harness.radio.hotspot_down()
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.radio.hotspot_down()
    await harness.radio.hotspot_down()
    await wait_for_link(harness, Link.DOWN, SOON)


async def test_off_leaves_a_joined_network_alone(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    await harness.radio.hotspot_down()
    assert harness.radio.state.link is Link.CONNECTED


async def test_it_drops_the_link_of_a_station(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    assert harness.radio.state.link is Link.HOTSPOT
    assert not harness.radio.state.online


async def test_other_settings_update_the_same_profile(harness: RadioHarness) -> None:
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.radio.hotspot_up(replace(HOTSPOT, ssid=Ssid(b"Renamed")))
    assert harness.radio.state.profile is not None
    assert harness.radio.state.profile.ssid == b"Renamed"
    assert await hotspots(harness) == 1


@pytest.mark.parametrize("settings", ACCEPTABLE)
async def test_it_accepts_what_is_allowed(harness: RadioHarness, settings: HotspotSettings) -> None:
    await harness.radio.hotspot_up(settings)
    state = harness.radio.state
    assert state.link is Link.HOTSPOT
    assert state.profile is not None
    assert state.profile.ssid == settings.ssid
    assert state.frequency == frequency_of(settings.channel)
    assert state.ipv4 is not None
    assert f"{state.ipv4.address}/{state.ipv4.prefix}" == settings.address


async def test_it_is_never_open(harness: RadioHarness) -> None:
    with pytest.raises(RadioFailure):
        await harness.radio.hotspot_up(replace(HOTSPOT, passphrase=Passphrase("7 chars")))
    assert harness.radio.state.link is not Link.HOTSPOT


async def test_a_station_with_the_right_password_is_listed(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    await harness.radio.hotspot_up(HOTSPOT)
    assert await harness.radio.stations() == ()
    events = Heard()
    with harness.radio.subscribe(events):
        assert await harness.let_station_join(HOTSPOT.passphrase.reveal())
        await harness.wait(lambda: events.has(StationJoined), SOON)
        stations = await harness.radio.stations()
        assert [StationJoined(station) for station in stations] == events.events
        await harness.radio.hotspot_down()
        await harness.wait(lambda: events.has(StationLeft), SOON)
    assert await harness.radio.stations() == ()


async def test_a_station_with_a_wrong_password_is_refused(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    await harness.radio.hotspot_up(HOTSPOT)
    assert not await harness.let_station_join("not-the-passphrase")
    assert await harness.radio.stations() == ()


async def test_nobody_is_on_a_hotspot_that_is_down(harness: RadioHarness) -> None:
    assert await harness.radio.stations() == ()
