import pytest
from tests.unit.radio.simulated.world_tour import NET, SAVED, Tour, tour

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Broker, Findings, Internet, Reach, ReachTarget
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import Outage, Upstream, UpstreamChanged
from firstlight.radio.simulated.reach import SimulatedReach

PAGES = (ReachTarget(url="http://example.invalid/"),)
BROKER = Broker(host="broker.invalid", port=1883)


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


@pytest.mark.parametrize("internet", ["yes", "no"])
async def test_without_pages_only_the_gateway_counts(internet: str) -> None:
    async with tour(f'{NET}internet = "{internet}"\n{SAVED}') as seen:
        await seen.let_pass(10)
        assert seen.radio.state.ipv4 is not None
        probe = SimulatedReach(seen.world, seen.clock)
        found = await seen.do(probe.look("wlan0", seen.radio.state.ipv4, (), 6))
        assert (found.gateway, found.internet) == (True, Internet.REACHABLE)
        assert found.evidence == "No target is set."


async def climb(seen: Tour, broker: Broker | None, *pages: ReachTarget) -> Findings:
    assert seen.radio.state.ipv4 is not None
    probe = SimulatedReach(seen.world, seen.clock)
    return await seen.do(probe.climb("wlan0", seen.radio.state.ipv4, pages, broker, 7.5))


@pytest.mark.parametrize(
    ("internet", "gateway", "names", "page", "broker"),
    [
        ("yes", 150, 150, 150, 150),
        ("no", 150, 150, 3000, 3000),
        ("no_names", 150, 3000, 3000, 3000),
        ("portal", 150, 150, 150, 3000),
        ("dead", 3000, 3000, 3000, 3000),
    ],
)
async def test_what_answers_is_quick_and_what_does_not_is_slow(
    internet: str, gateway: int, names: int, page: int, broker: int
) -> None:
    async with tour(f'{NET}internet = "{internet}"\n{SAVED}') as seen:
        await seen.let_pass(10)
        begun = seen.clock.monotonic()
        found = await climb(seen, BROKER, *PAGES)
        assert found.names is not None
        assert found.internet is not None
        assert found.broker is not None
        times = (found.gateway, found.names, found.internet, found.broker)
        assert [one.elapsed_ms for one in times] == [gateway, names, page, broker]
        longest = max(gateway, names, page, broker) / 1000
        assert seen.clock.monotonic() - begun == pytest.approx(longest)


@pytest.mark.parametrize(
    ("lines", "asked", "seconds"),
    [("", (), 0.15), ('internet = "no"\n', (), 0.15), ('dhcp = "no_gateway"\n', (), 3.0)],
)
async def test_what_nobody_asks_for_takes_no_time(
    lines: str, asked: tuple[ReachTarget, ...], seconds: float
) -> None:
    async with tour(NET + lines + SAVED) as seen:
        await seen.let_pass(10)
        begun = seen.clock.monotonic()
        await climb(seen, None, *asked)
        assert seen.clock.monotonic() - begun == pytest.approx(seconds)
