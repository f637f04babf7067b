"""The provisioning SoftAP: every adapter of the Radio port."""

import pytest
from msgspec.structs import replace
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import HOTSPOT, SOFTAP, SOON, Heard, join, plan, wait_for_link

from firstlight.errors import RadioFailure
from firstlight.model.access_point import frequency_of
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Link, StationJoined, StationLeft

ELSEWHERE = "192.168.4.250"


async def test_up_and_down(harness: RadioHarness) -> None:
    softap = await harness.radio.softap_up(SOFTAP)
    state = harness.radio.state
    assert state.link is Link.SOFTAP
    assert not state.online
    assert softap.interface == state.interface
    assert softap.bssid == state.bssid
    assert softap.passphrase == SOFTAP.passphrase_of(softap.bssid)
    assert softap.one_station
    assert softap.channel == SOFTAP.channel
    assert state.frequency == frequency_of(SOFTAP.channel)
    assert state.ipv4 is not None
    assert f"{state.ipv4.address}/{state.ipv4.prefix}" == SOFTAP.address
    assert state.profile is not None
    assert (state.profile.kind, state.profile.ssid) == (ProfileKind.HOTSPOT, SOFTAP.ssid)
    assert await harness.radio.profiles() == ()
    await harness.radio.softap_down()
    await wait_for_link(harness, Link.DOWN, SOON)
    assert await harness.radio.profiles() == ()


async def test_down_twice_is_down_once(harness: RadioHarness) -> None:
    await harness.radio.softap_down()
    await harness.radio.softap_up(SOFTAP)
    await harness.radio.softap_down()
    await harness.radio.softap_down()
    await wait_for_link(harness, Link.DOWN, SOON)


async def test_up_twice_is_the_second_one(harness: RadioHarness) -> None:
    await harness.radio.softap_up(SOFTAP)
    again = await harness.radio.softap_up(replace(SOFTAP, channel=11))
    assert again.channel == 11
    assert harness.radio.state.link is Link.SOFTAP
    assert harness.radio.state.frequency == frequency_of(11)


async def test_it_sends_with_little_power_and_gives_it_back(harness: RadioHarness) -> None:
    usual = await harness.radio.limit_power(None)
    assert usual is not None
    softap = await harness.radio.softap_up(SOFTAP)
    assert softap.tx_power_dbm == SOFTAP.tx_power_dbm
    await harness.radio.softap_down()
    assert await harness.radio.limit_power(5.0) == 5.0
    assert await harness.radio.limit_power(None) == usual


async def test_it_takes_the_place_of_the_hotspot_and_the_other_way_round(
    harness: RadioHarness,
) -> None:
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.radio.softap_up(SOFTAP)
    assert harness.radio.state.link is Link.SOFTAP
    await harness.radio.hotspot_up(HOTSPOT)
    state = harness.radio.state
    assert state.link is Link.HOTSPOT
    assert state.profile is not None
    assert state.profile.ssid == HOTSPOT.ssid
    assert [one.ssid for one in await harness.radio.profiles()] == [HOTSPOT.ssid]


async def test_it_is_not_the_hotspot(harness: RadioHarness) -> None:
    await harness.radio.softap_up(replace(SOFTAP, profile_name=HOTSPOT.profile_name))
    await harness.radio.hotspot_down()
    assert harness.radio.state.link is Link.SOFTAP
    await harness.radio.hotspot_up(HOTSPOT)
    (kept,) = await harness.radio.profiles()
    assert (kept.ssid, kept.trial) == (HOTSPOT.ssid, False)


async def test_it_drops_the_link_of_a_station(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    await harness.radio.softap_up(SOFTAP)
    assert harness.radio.state.link is Link.SOFTAP


async def test_it_is_never_open(harness: RadioHarness) -> None:
    with pytest.raises(RadioFailure):
        await harness.radio.softap_up(
            replace(SOFTAP, passphrase_of=lambda _bssid: Passphrase("7 chars"))
        )
    await wait_for_link(harness, Link.DOWN, SOON)
    assert await harness.radio.profiles() == ()


async def test_who_has_which_address(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    softap = await harness.radio.softap_up(SOFTAP)
    events = Heard()
    with harness.radio.subscribe(events):
        assert await harness.let_station_join(softap.passphrase.reveal())
        await harness.wait(lambda: events.has(StationJoined), SOON)
        mac = await harness.station_mac()
        assert [station.mac for station in await harness.radio.stations()] == [mac]
        address = await harness.lease()
        assert await harness.radio.neighbour(address) == mac
        assert await harness.radio.neighbour(ELSEWHERE) is None
        await harness.radio.softap_down()
        await harness.wait(lambda: events.has(StationLeft), SOON)
    assert await harness.radio.neighbour(address) is None
    assert await harness.radio.stations() == ()


async def test_a_station_with_a_wrong_password_is_refused(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    await harness.radio.softap_up(SOFTAP)
    assert not await harness.let_station_join("not-the-passphrase")
    assert await harness.radio.stations() == ()


async def test_one_station_at_a_time(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    passphrase = (await harness.radio.softap_up(SOFTAP)).passphrase.reveal()
    events = Heard()
    with harness.radio.subscribe(events):
        assert await harness.let_station_join(passphrase, "phone")
        assert not await harness.let_station_join(passphrase, "tablet")
        await harness.let_station_leave("tablet")
        await harness.let_station_leave("phone")
        await harness.wait(lambda: events.has(StationLeft), SOON)
        assert await harness.let_station_join(passphrase, "tablet")
        mac = await harness.station_mac("tablet")
    assert [station.mac for station in await harness.radio.stations()] == [mac]


async def test_the_hotspot_after_it_is_for_many_again(harness: RadioHarness) -> None:
    needs(harness, Capability.STATIONS)
    await harness.radio.softap_up(SOFTAP)
    await harness.radio.hotspot_up(HOTSPOT)
    for name in ("phone", "tablet"):
        assert await harness.let_station_join(HOTSPOT.passphrase.reveal(), name)


async def test_settling_takes_down_what_a_killed_process_left(harness: RadioHarness) -> None:
    needs(harness, Capability.KILL)
    await harness.radio.softap_up(SOFTAP)
    await harness.kill()
    assert harness.radio.state.link is Link.SOFTAP
    done = await harness.radio.settle()
    assert done
    assert all(sentence.endswith(".") for sentence in done)
    await wait_for_link(harness, Link.DOWN, SOON)
    assert await harness.radio.profiles() == ()
    assert await harness.radio.settle() == ()


async def test_settling_leaves_ones_own_alone(harness: RadioHarness) -> None:
    await harness.radio.softap_up(SOFTAP)
    assert await harness.radio.settle() == ()
    assert harness.radio.state.link is Link.SOFTAP


async def test_beside_a_network_that_stays(harness: RadioHarness) -> None:
    needs(harness, Capability.REHEARSAL)
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    before = harness.radio.state
    softap = await harness.radio.softap_up(replace(SOFTAP, channel=11, beside=True))
    assert softap.interface != before.interface
    assert softap.bssid != before.mac
    assert softap.passphrase == SOFTAP.passphrase_of(softap.bssid)
    assert frequency_of(softap.channel) == before.frequency
    state = harness.radio.state
    assert (state.link, state.ipv4, state.bssid) == (Link.CONNECTED, before.ipv4, before.bssid)
    await harness.kill()
    assert await harness.radio.settle()
    state = harness.radio.state
    assert (state.link, state.ipv4, state.bssid) == (Link.CONNECTED, before.ipv4, before.bssid)
    assert len(await harness.radio.profiles()) == 1
