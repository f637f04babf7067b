"""Scans that overlap, and how long what was heard stays in the list."""

import asyncio

import pytest
from tests.unit.radio.simulated.world_tour import HOTSPOT, NET, OTHER, SAVED, plan, tour

from firstlight.errors import Busy
from firstlight.model.radio import (
    AccessPointsChanged,
    Link,
)
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import Outage

HIDDEN = '[[access_points]]\nssid = "hideaway"\npassphrase = "correct-horse"\nhidden = true\n'


async def test_one_scan_answers_everyone_it_covers() -> None:
    async with tour(NET + OTHER) as seen:
        await seen.let_pass(10)
        begun = seen.clock.monotonic()
        await seen.do(
            asyncio.wait_for(
                asyncio.gather(
                    seen.radio.scan(), seen.radio.scan(), seen.radio.scan(frequencies=[2412])
                ),
                None,
            )
        )
        assert seen.clock.monotonic() - begun == seen.world.durations.scan


async def test_a_scan_that_asks_for_more_comes_after() -> None:
    async with tour(HIDDEN) as seen:
        await seen.let_pass(10)
        await seen.do(
            asyncio.wait_for(
                asyncio.gather(seen.radio.scan(), seen.radio.scan([Ssid(b"hideaway")])), None
            )
        )
        assert [ap.ssid for ap in seen.radio.access_points()] == [b"hideaway"]


async def test_a_scan_of_one_channel_is_quick_and_narrow() -> None:
    async with tour(NET + OTHER) as seen:
        seen.world.scanner.start()
        await seen.let_pass(10)
        seen.world.scanner.clear()
        begun = seen.clock.monotonic()
        await seen.do(seen.radio.scan(frequencies=[2412]))
        assert seen.clock.monotonic() - begun < 0.2
        assert [ap.ssid for ap in seen.radio.access_points()] == [b"net"]


async def test_scanning_waits_for_a_join() -> None:
    async with tour() as seen:
        await seen.begin(plan())
        with pytest.raises(Busy) as refusal:
            await seen.radio.scan()
        assert refusal.value.retry_after


async def test_a_hotspot_cuts_a_scan_short() -> None:
    async with tour() as seen:
        scan = asyncio.create_task(seen.radio.scan())
        await seen.let_pass(0.5)
        hotspot = asyncio.create_task(seen.radio.hotspot_up(HOTSPOT))
        await seen.let_pass(5)
        await hotspot
        with pytest.raises(Busy, match="cut short"):
            await scan


async def test_a_radio_that_scans_as_a_hotspot() -> None:
    async with tour("[radio]\nscan_while_hotspot = true\n" + NET) as seen:
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        await seen.do(seen.radio.scan())
        assert seen.radio.access_points()
        assert seen.radio.state.link is Link.HOTSPOT


async def test_networks_that_went_away_leave_the_list() -> None:
    async with tour(NET + OTHER) as seen:
        await seen.let_pass(10)
        assert len(seen.radio.access_points()) == 2
        seen.world.begin(Outage(ssid=Ssid(b"other")))
        await seen.do(seen.radio.scan())
        assert len(seen.radio.access_points()) == 2
        await seen.do(seen.radio.scan())
        assert [ap.ssid for ap in seen.radio.access_points()] == [b"net"]


async def test_a_hotspot_keeps_what_was_heard_with_its_age() -> None:
    async with tour() as seen:
        await seen.do(seen.radio.scan())
        heard = seen.radio.access_points()
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        await seen.let_pass(3600)
        assert seen.radio.access_points() == heard
        seen.world.remove_access_point(Ssid(b"net"))
        await seen.radio.hotspot_down()
        assert seen.radio.access_points() == heard
        await seen.let_pass(180)
        assert seen.radio.access_points() == ()


async def test_a_hidden_network_ages_out_unless_it_is_asked_for() -> None:
    async with tour(HIDDEN) as seen:
        await seen.do(seen.radio.scan([Ssid(b"hideaway")]))
        await seen.let_pass(179)
        assert seen.radio.access_points()
        seen.events.clear()
        await seen.let_pass(1.5)
        assert seen.radio.access_points() == ()
        assert AccessPointsChanged() in seen.events


async def test_the_network_in_use_never_ages() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(1000)
        assert seen.radio.access_points()
        assert seen.radio.state.online
