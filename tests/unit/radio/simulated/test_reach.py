import asyncio

import pytest
from tests.unit.radio.simulated.world_tour import NET, SAVED, Tour, tour

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Internet, Reach, ReachTarget
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import Outage, Upstream, UpstreamChanged
from firstlight.radio.simulated.reach import SimulatedReach

PAGES = (ReachTarget(url="http://example.invalid/"),)


async def look(seen: Tour, interface: str = "wlan0", seconds: float = 6) -> Reach:
    ipv4 = seen.radio.state.ipv4 or Ipv4(address="192.168.20.50", prefix=24)
    probe = SimulatedReach(seen.world, seen.clock)
    return await seen.do(probe.look(interface, ipv4, PAGES, seconds))


@pytest.mark.parametrize(
    ("lines", "gateway", "internet"),
    [
        ("", True, Internet.REACHABLE),
        ('internet = "no"\n', True, Internet.UNREACHABLE),
        ('internet = "no_names"\n', True, Internet.NO_NAMES),
        ('internet = "portal"\n', True, Internet.PORTAL),
        ('internet = "dead"\n', False, Internet.UNREACHABLE),
        ('dhcp = "no_gateway"\n', False, Internet.UNREACHABLE),
    ],
)
async def test_it_finds_what_the_file_says(lines: str, gateway: bool, internet: Internet) -> None:
    async with tour(NET + lines + SAVED) as seen:
        await seen.let_pass(10)
        found = await look(seen)
        assert (found.gateway, found.internet) == (gateway, internet)
        assert found.evidence.endswith(".")


async def test_what_lies_behind_may_change() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        seen.world.begin(UpstreamChanged(ssid=Ssid(b"net"), internet=Upstream.PORTAL))
        assert (await look(seen)).internet is Internet.PORTAL


async def test_nothing_is_found_without_a_link() -> None:
    async with tour(NET) as seen:
        assert not (await look(seen)).gateway


async def test_nothing_is_found_through_another_interface() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        assert not (await look(seen, "eth0")).gateway


async def test_a_network_that_goes_away_meanwhile_is_silent() -> None:
    async with tour(NET + 'internet = "no"\n' + SAVED) as seen:
        await seen.let_pass(10)
        seen.world.timeline.after(1, lambda: seen.world.begin(Outage(ssid=Ssid(b"net"))))
        assert not (await look(seen)).gateway


async def test_silence_ends_in_time() -> None:
    async with tour(NET + 'internet = "no"\n' + SAVED) as seen:
        await seen.let_pass(10)
        begun = seen.clock.monotonic()
        await look(seen, seconds=0.5)
        assert seen.clock.monotonic() - begun == pytest.approx(0.5)


async def test_without_pages_only_the_gateway_is_known() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        assert seen.radio.state.ipv4 is not None
        probe = SimulatedReach(seen.world, seen.clock)
        looking = asyncio.create_task(probe.look("wlan0", seen.radio.state.ipv4, (), 6))
        await seen.let_pass(6)
        found = await looking
        assert (found.gateway, found.internet) == (True, Internet.UNREACHABLE)
