"""The world that comes with Firstlight keeps what its comments promise."""

import pytest
from tests.unit.radio.simulated.world_tour import Tour, plan

from firstlight.model.access_point import AccessPoint
from firstlight.model.profile import KeyManagement
from firstlight.model.radio import LinkReason, LinkStage
from firstlight.model.reach import Internet, ReachTarget
from firstlight.model.ssid import Ssid
from firstlight.radio.port import Radio
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import load_world

PAGES = (ReachTarget(url="http://example.invalid/"),)
SAE, PSK, NONE = KeyManagement.SAE, KeyManagement.WPA_PSK, KeyManagement.NONE


async def test_it_is_found_and_scanned() -> None:
    seen = Tour(load_world())
    radio: Radio = seen.radio
    await radio.open()
    await seen.do(radio.scan())
    heard: dict[Ssid, AccessPoint] = {ap.ssid: ap for ap in radio.access_points()}
    assert len(heard) >= 8
    assert b"Hideaway" not in heard
    assert Ssid(b"caf\xe9") in heard
    await seen.do(radio.scan([Ssid(b"Hideaway")]))
    assert b"Hideaway" in {ap.ssid for ap in radio.access_points()}
    await radio.close()


@pytest.mark.parametrize(
    ("ssid", "key_management", "reason", "internet"),
    [
        (b"Lighthouse", PSK, LinkReason.NONE, Internet.REACHABLE),
        (b"Harbour WPA3", SAE, LinkReason.NONE, Internet.REACHABLE),
        (b"Old Pier", PSK, LinkReason.NONE, Internet.REACHABLE),
        (b"Village Green", NONE, LinkReason.NONE, Internet.REACHABLE),
        ("Corner Café".encode(), NONE, LinkReason.NONE, Internet.PORTAL),
        (b"No address here", PSK, LinkReason.DHCP_FAILED, None),
        (b"No internet here", PSK, LinkReason.NONE, Internet.UNREACHABLE),
        (b"No names here", PSK, LinkReason.NONE, Internet.NO_NAMES),
        (b"Office", PSK, LinkReason.ASSOCIATION_REJECTED, None),
        (b"Far away", PSK, LinkReason.SUPPLICANT_TIMEOUT, None),
        (b"--help", PSK, LinkReason.NONE, Internet.REACHABLE),
        (b"a:b:c\\d", PSK, LinkReason.NONE, Internet.REACHABLE),
        (b"caf\xe9", PSK, LinkReason.NONE, Internet.REACHABLE),
        (b"Hideaway", PSK, LinkReason.NONE, Internet.REACHABLE),
    ],
)
async def test_every_network_does_what_its_name_says(
    ssid: bytes, key_management: KeyManagement, reason: LinkReason, internet: Internet | None
) -> None:
    seen = Tour(load_world())
    await seen.radio.open()
    await seen.do(seen.radio.scan([Ssid(ssid)]))
    passphrase = None if key_management is NONE else "correct-horse"
    await seen.begin(plan(ssid, passphrase, key_management))
    await seen.let_pass(15)
    assert seen.reports[-1].reason is reason
    lease = seen.reports[-1].ipv4
    assert (lease is not None) is (seen.reports[-1].stage is LinkStage.CONNECTED)
    if lease is not None:
        probe = SimulatedReach(seen.world, seen.clock)
        found = await seen.do(probe.look("wlan0", lease, PAGES, 6))
        assert found.internet is internet
    await seen.radio.close()


async def test_two_worlds_share_nothing() -> None:
    first, second = Tour(load_world()), Tour(load_world())
    await first.radio.open()
    await first.begin(plan(b"Lighthouse"))
    await first.let_pass(5)
    await second.radio.open()
    assert first.radio.state.online
    assert await second.radio.profiles() == ()
    for opened in (first, second):
        await opened.radio.close()
    assert isinstance(first.radio, SimulatedRadio)
