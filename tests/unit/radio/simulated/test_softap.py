"""The SoftAP of a world: its stations, its power, and what goes wrong."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.unit.radio.simulated.world_tour import HOTSPOT, NET, SAVED, plan, tour

from firstlight.errors import Busy, Code, RadioFailure, RadioUnavailable
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Link, Station, StationJoined
from firstlight.model.softap import SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.provisioning.softap import passphrase_of
from firstlight.radio.simulated.faults import (
    HotspotFails,
    ManagerRestart,
    NoFirewall,
    PowerIgnored,
    Unplugged,
)

SETTINGS = SoftApSettings(
    ssid=Ssid(b"FireFly-Provisioning"), passphrase_of=passphrase_of, profile_name="Provisioning"
)
BESIDE = replace(SETTINGS, beside=True)
FIRST, SECOND = MacAddress("02:aa:00:00:00:01"), MacAddress("02:aa:00:00:00:02")
STATIONS = f"""
[[stations]]
softap = true
mac = "{FIRST}"
after = 5
stays = 20
[[stations]]
softap = true
mac = "{SECOND}"
after = 10
[[stations]]
softap = true
mac = "02:aa:00:00:00:03"
after = 1
passphrase = "not the right one"
[[stations]]
mac = "02:aa:00:00:00:04"
after = 1
"""
ABLE = "[radio]\njoin_while_hotspot = true\n"


async def test_the_stations_of_the_file_come_one_at_a_time() -> None:
    async with tour(STATIONS) as seen:
        await seen.do(seen.radio.softap_up(SETTINGS))
        await seen.let_pass(15)
        assert await seen.radio.stations() == (Station(mac=FIRST),)
        assert await seen.radio.neighbour("192.168.4.10") == FIRST
        assert await seen.radio.neighbour("192.168.4.11") is None
        await seen.let_pass(15)
        assert await seen.radio.stations() == ()
        assert await seen.radio.neighbour("192.168.4.10") is None
        assert seen.events.count(StationJoined(Station(mac=FIRST))) == 1
        assert StationJoined(Station(mac=SECOND)) not in seen.events


async def test_addresses_are_given_in_the_order_of_coming() -> None:
    async with tour() as seen:
        softap = await seen.do(seen.radio.softap_up(replace(SETTINGS, stations=2)))
        assert not softap.one_station
        for mac in (SECOND, FIRST):
            assert seen.world.let_station_join(mac, softap.passphrase)
        assert await seen.radio.neighbour("192.168.4.10") == SECOND
        assert await seen.radio.neighbour("192.168.4.11") == FIRST
        seen.world.let_station_leave(SECOND)
        assert seen.world.let_station_join(SECOND, softap.passphrase)
        assert await seen.radio.neighbour("192.168.4.10") == SECOND
        for nobody in ("192.168.4.12", "192.168.4.1", "somewhere", ""):
            assert await seen.radio.neighbour(nobody) is None


async def test_beside_the_network_in_use_stations_come_too() -> None:
    async with tour(ABLE + NET + SAVED + STATIONS) as seen:
        await seen.let_pass(15)
        assert seen.radio.state.link is Link.CONNECTED
        softap = await seen.do(seen.radio.softap_up(BESIDE))
        assert softap.interface == "fl-softap"
        await seen.let_pass(6)
        assert seen.radio.state.link is Link.CONNECTED
        assert await seen.radio.stations() == (Station(mac=FIRST),)
        assert await seen.radio.neighbour("192.168.4.10") == FIRST
        await seen.radio.softap_down()
        assert await seen.radio.stations() == ()
        assert seen.radio.state.link is Link.CONNECTED


async def test_a_driver_that_ignores_the_limit_says_so() -> None:
    async with tour() as seen:
        seen.world.begin(PowerIgnored())
        assert (await seen.do(seen.radio.softap_up(SETTINGS))).tx_power_dbm == 20.0
        seen.world.end(PowerIgnored())
        assert await seen.radio.limit_power(3.0) == 3.0
        assert await seen.radio.limit_power(30.0) == 20.0


async def test_without_a_firewall_there_is_none() -> None:
    async with tour() as seen:
        seen.world.begin(NoFirewall())
        with pytest.raises(RadioFailure) as caught:
            await seen.do(seen.radio.softap_up(SETTINGS))
        assert caught.value.code is Code.NO_FIREWALL
        assert seen.radio.state.link is Link.DOWN


@pytest.mark.parametrize("settings", [SETTINGS, BESIDE], ids=["instead", "beside"])
async def test_a_driver_that_fails(settings: SoftApSettings) -> None:
    async with tour(ABLE) as seen:
        seen.world.begin(HotspotFails())
        with pytest.raises(RadioFailure, match="SoftAP") as caught:
            await seen.do(seen.radio.softap_up(settings))
        assert caught.value.code is Code.HOTSPOT_FAILED
        assert await seen.radio.profiles() == ()
        assert await seen.radio.limit_power(None) == 20.0


@pytest.mark.parametrize(
    "world", [NET, ABLE + NET.replace('"net"', '"net"\nchannel = 1', 1)], ids=["unable", "able"]
)
async def test_beside_needs_a_radio_that_can(world: str) -> None:
    async with tour(world + SAVED) as seen:
        await seen.let_pass(15)
        if world is NET:
            with pytest.raises(Busy) as caught:
                await seen.do(seen.radio.softap_up(BESIDE))
            assert caught.value.code is Code.RADIO_IN_USE
        else:
            assert (await seen.do(seen.radio.softap_up(BESIDE))).channel == 1


async def test_beside_a_network_on_5_ghz() -> None:
    far = NET.replace('"net"', '"net"\nfrequency = 5180', 1)
    async with tour(ABLE + far + SAVED) as seen:
        await seen.let_pass(15)
        with pytest.raises(Busy):
            await seen.do(seen.radio.softap_up(BESIDE))
    async with tour(ABLE + "one_channel = false\n" + far + SAVED) as seen:
        await seen.let_pass(15)
        assert (await seen.do(seen.radio.softap_up(BESIDE))).channel == 1


@pytest.mark.parametrize("settings", [SETTINGS, BESIDE], ids=["instead", "beside"])
@pytest.mark.parametrize("fault", [ManagerRestart(), Unplugged()], ids=["restart", "unplugged"])
async def test_it_does_not_outlive_its_radio(
    settings: SoftApSettings, fault: ManagerRestart | Unplugged
) -> None:
    async with tour(ABLE) as seen:
        await seen.do(seen.radio.softap_up(settings))
        seen.world.begin(fault)
        seen.world.end(fault)
        await seen.let_pass(5)
        assert seen.radio.state.link is Link.DOWN
        assert await seen.radio.stations() == ()
        assert await seen.radio.profiles() == ()


async def test_a_radio_that_goes_while_it_rises() -> None:
    async with tour(ABLE) as seen:
        rising = asyncio.create_task(seen.radio.softap_up(BESIDE))
        await seen.let_pass(0.5)
        seen.world.begin(Unplugged())
        with pytest.raises(RadioUnavailable):
            await rising


@pytest.mark.parametrize("settings", [SETTINGS, BESIDE], ids=["instead", "beside"])
async def test_whoever_is_cancelled_leaves_nothing(settings: SoftApSettings) -> None:
    async with tour(ABLE) as seen:
        rising = asyncio.create_task(seen.radio.softap_up(settings))
        await seen.let_pass(0.5)
        rising.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rising
        await seen.let_pass(10)
        assert seen.radio.state.link is Link.DOWN
        assert seen.world.softap.up is None


async def test_a_network_that_is_joined_takes_its_place() -> None:
    async with tour(NET) as seen:
        await seen.do(seen.radio.softap_up(SETTINGS))
        await seen.do(seen.radio.protect(60))
        await seen.begin(plan())
        await seen.let_pass(10)
        assert seen.world.softap.up is None
        assert seen.world.softap.tx_power == 20.0
        await seen.do(seen.radio.abandon())
        assert seen.radio.state.link is Link.DOWN, "what was for the moment does not come back"


async def test_the_hotspot_of_the_same_name_is_another_profile() -> None:
    async with tour() as seen:
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        await seen.do(seen.radio.softap_up(replace(SETTINGS, profile_name=HOTSPOT.profile_name)))
        assert [one.ssid for one in await seen.radio.profiles()] == [HOTSPOT.ssid]
