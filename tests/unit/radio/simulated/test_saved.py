"""Saved networks, what lies behind them, and the second interface."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.unit.radio.simulated.world_tour import HOTSPOT, NET, OTHER, SAVED, Tour, tour

from firstlight.errors import Busy, NotFound, RadioUnavailable
from firstlight.model.radio import Connectivity, Link, LinkReason, LinkStage, RadioChanged
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import (
    Blocked,
    DhcpSilent,
    ManagerRestart,
    Outage,
    Upstream,
    UpstreamChanged,
)
from firstlight.radio.simulated.radio import SimulatedRadio

BESIDE = "[radio]\njoin_while_hotspot = true\n"
SAVED_OTHER = SAVED.replace("net", "other")
SSID = Ssid(b"net")


async def uuid_of(seen: Tour, ssid: bytes = b"net") -> str:
    return next(one.uuid for one in await seen.radio.profiles() if one.ssid == ssid)


async def begin_rehearsal(seen: Tour) -> asyncio.Task[None]:
    await seen.do(seen.radio.hotspot_up(replace(HOTSPOT, channel=1)))
    rehearsal = asyncio.create_task(
        seen.radio.rehearse(await uuid_of(seen), seen.reports.append), name="rehearsal"
    )
    await seen.let_pass(0.2)
    assert seen.reports[-1].stage is LinkStage.ASSOCIATING
    return rehearsal


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        ("", Connectivity.FULL),
        ('internet = "portal"\n', Connectivity.PORTAL),
        ('internet = "no"\n', Connectivity.LIMITED),
        ('internet = "no_names"\n', Connectivity.LIMITED),
        ('internet = "dead"\n', Connectivity.LIMITED),
        ('dhcp = "no_gateway"\n', Connectivity.LIMITED),
    ],
)
async def test_connectivity_is_what_lies_behind(behind: str, found: Connectivity) -> None:
    async with tour(NET + behind + SAVED) as seen:
        assert seen.radio.state.connectivity is Connectivity.NONE
        await seen.let_pass(10)
        assert seen.radio.state.connectivity is found
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        assert seen.radio.state.connectivity is Connectivity.NONE


async def test_connectivity_is_told_when_it_changes() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        seen.events.clear()
        fault = UpstreamChanged(ssid=SSID, internet=Upstream.NO)
        seen.world.begin(fault)
        seen.world.end(fault)
        told = [e.state.connectivity for e in seen.events if isinstance(e, RadioChanged)]
        assert told == [Connectivity.LIMITED, Connectivity.FULL]


async def test_an_access_point_that_goes_is_noticed_by_the_link_alone() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        seen.world.begin(Outage(ssid=SSID))
        assert seen.radio.state.connectivity is Connectivity.FULL
        await seen.let_pass(3)
        assert seen.radio.state.connectivity is Connectivity.NONE


async def test_without_its_check_networkmanager_does_not_know() -> None:
    async with tour("[radio]\nconnectivity_check = false\n" + NET + SAVED) as seen:
        await seen.let_pass(10)
        assert seen.radio.state.connectivity is Connectivity.UNKNOWN


async def test_a_higher_priority_is_joined_first() -> None:
    async with tour(NET + OTHER + SAVED_OTHER + "priority = 1\n" + SAVED) as seen:
        await seen.let_pass(10)
        profile = seen.radio.state.profile
        assert profile is not None
        assert (profile.ssid, profile.priority) == (b"other", 1)


async def test_neither_a_hotspot_nor_a_trial_is_a_saved_network() -> None:
    async with tour() as seen:
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        with pytest.raises(NotFound):
            await seen.radio.join_saved(await uuid_of(seen, b"Hotspot"), seen.reports.append)


async def test_reports_end_with_the_connection() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.radio.join_saved(await uuid_of(seen), seen.reports.append)
        await seen.let_pass(10)
        seen.world.begin(Outage(ssid=SSID))
        await seen.let_pass(10)
        assert seen.reports[-1].stage is LinkStage.CONNECTED


async def test_leaving_does_not_end_what_networkmanager_began() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.radio.join_saved(await uuid_of(seen), seen.reports.append)
        seen.world.begin(Blocked())
        assert seen.reports[-1].reason is LinkReason.RADIO_BLOCKED
        seen.world.end(Blocked())
        await seen.let_pass(4.2)
        assert seen.radio.state.link is Link.JOINING
        await seen.radio.leave()
        assert seen.radio.state.link is Link.JOINING


async def test_a_radio_tells_its_abilities() -> None:
    async with tour(BESIDE) as seen:
        assert seen.radio.state.abilities.join_as_hotspot
    async with tour() as seen:
        assert not seen.radio.state.abilities.join_as_hotspot


async def test_without_the_ability_there_is_no_rehearsal() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        with pytest.raises(Busy):
            await seen.radio.rehearse(await uuid_of(seen), seen.reports.append)


async def test_one_rehearsal_at_a_time() -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        with pytest.raises(Busy):
            await seen.radio.rehearse(await uuid_of(seen), seen.reports.append)
        await seen.do(rehearsal)
        assert seen.reports[-1].stage is LinkStage.CONNECTED


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Outage(ssid=SSID), LinkReason.SSID_NOT_FOUND),
        (DhcpSilent(ssid=SSID), LinkReason.DHCP_FAILED),
        (Blocked(), LinkReason.RADIO_GONE),
        (ManagerRestart(), LinkReason.RADIO_GONE),
    ],
)
async def test_a_rehearsal_meets_the_faults_of_its_world(
    fault: Outage | DhcpSilent | Blocked | ManagerRestart, reason: LinkReason
) -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        seen.world.begin(fault)
        await seen.do(rehearsal)
        assert seen.reports[-1].reason is reason


async def test_a_rehearsal_ends_with_its_hotspot() -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        await seen.radio.hotspot_down()
        await seen.do(rehearsal)
        assert seen.reports[-1].reason is LinkReason.REPLACED


async def test_a_rehearsal_that_is_cancelled_leaves_nothing() -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        rehearsal.cancel()
        await seen.let_pass(0.1)
        assert rehearsal.cancelled()
        assert not seen.world.rehearsals.under_way


async def test_a_rehearsal_dies_with_its_process() -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        survivor = SimulatedRadio(seen.world, seen.clock)
        await survivor.open()
        assert not seen.world.rehearsals.under_way
        await seen.do(rehearsal)
        await survivor.close()


async def test_closing_ends_a_rehearsal() -> None:
    async with tour(BESIDE + NET + SAVED) as seen:
        rehearsal = await begin_rehearsal(seen)
        await seen.radio.close()
        await asyncio.wait([rehearsal])
        assert not seen.world.rehearsals.under_way
        with pytest.raises(RadioUnavailable):
            await seen.radio.leave()
