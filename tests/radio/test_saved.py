"""Saved networks on the real radio: what only NetworkManager and the driver decide."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.contract.harness import PASSPHRASE
from tests.contract.joining import HOTSPOT, JOINED, Heard, Trial, join, plan
from tests.radio.contract_harness import LabHarness
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.routers import INTERNET
from tests.radio.lab.world import World

from firstlight.model.radio import (
    Abilities,
    Connectivity,
    Link,
    LinkReason,
    LinkStage,
    RadioChanged,
)

COMPANION = "fl-home"
NEW_KEY = "changed-by-its-owner"
CHECKED = 60.0


@pytest.fixture
def checking(world: World) -> Iterator[World]:
    """NetworkManager looks for the internet by itself."""
    world.system.check_connectivity(f"http://{INTERNET}/")
    yield world
    world.system.check_connectivity(None)


async def rejoin(harness: LabHarness, uuid: str) -> Trial:
    joining = Trial()
    await harness.radio.join_saved(uuid, joining.reports.append)
    await harness.wait(lambda: joining.ended, JOINED)
    return joining


async def test_a_changed_password_is_told_and_forgiven(harness: LabHarness, world: World) -> None:
    """NetworkManager gives a profile up after one wrong password, and we see that it does not."""
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    router, system = world["spare"], world.system
    await asyncio.to_thread(router.change, psk=NEW_KEY)
    refused = await rejoin(harness, uuid)
    assert refused.stages[-1] is LinkStage.FAILED
    assert refused.reports[-1].reason in {LinkReason.HANDSHAKE_FAILED, LinkReason.NO_SECRETS}
    secret = "802-11-wireless-security.psk"
    assert await asyncio.to_thread(system.setting, uuid, secret, secrets=True) == PASSPHRASE
    await harness.radio.hotspot_up(HOTSPOT)
    await asyncio.to_thread(router.change, psk=PASSPHRASE)
    await harness.radio.hotspot_down()
    await harness.wait(lambda: harness.radio.state.online, JOINED)


async def test_a_lost_link_is_told_before_networkmanager_gives_it_up(
    harness: LabHarness, world: World
) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    assert not harness.radio.state.lost
    events = Heard()
    with harness.radio.subscribe(events):
        await asyncio.to_thread(world["spare"].stop)
        await harness.wait(lambda: not harness.radio.state.online, JOINED)
        states = [event.state for event in events.events if isinstance(event, RadioChanged)]
    [lost] = [state for state in states if state.lost][:1]
    assert (lost.link, lost.online) == (Link.CONNECTED, False)


@pytest.mark.lengthy
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("home", Connectivity.FULL),
        ("hotel", Connectivity.PORTAL),
        ("dead", Connectivity.LIMITED),
    ],
)
async def test_what_networkmanager_finds_behind_the_router(
    name: str, found: Connectivity, checking: World, harness: LabHarness
) -> None:
    spec = NEIGHBOURHOOD[name]
    assert harness.radio.state.connectivity is Connectivity.UNKNOWN
    await harness.radio.scan()
    await join(harness, plan(spec.ssid, spec.psk or None))
    await harness.wait(lambda: harness.radio.state.connectivity is found, CHECKED)
    assert harness.radio.state.online


async def test_where_nobody_checks_nothing_is_known(harness: LabHarness) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    assert harness.radio.state.connectivity is Connectivity.UNKNOWN


async def test_the_hotspot_hears_others_and_keeps_its_guest(
    harness: LabHarness, world: World
) -> None:
    able = Abilities(scan_as_hotspot=True, join_as_hotspot=True, one_channel=True)
    assert harness.radio.state.abilities == able
    await harness.radio.hotspot_up(HOTSPOT)
    assert await harness.let_station_join(HOTSPOT.passphrase.reveal())
    guests = await harness.radio.stations()
    assert b"late" not in [seen.ssid for seen in harness.radio.access_points()]
    await harness.add_access_point(b"late")
    await harness.radio.scan(frequencies=[2412])
    assert b"late" in [seen.ssid for seen in harness.radio.access_points()]
    assert harness.radio.state.link is Link.HOTSPOT
    assert await harness.radio.stations() == guests


@pytest.mark.lengthy
async def test_a_left_over_interface_is_not_ours_and_is_removed(
    harness: LabHarness, world: World
) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    before = harness.radio.state
    await harness.iw("dev", "wlan0", "interface", "add", COMPANION, "type", "managed")
    await asyncio.to_thread(world.system.sees_interface, COMPANION)
    assert harness.radio.state == before
    assert await harness.radio.settle()
    assert COMPANION not in await harness.iw("dev")
    assert harness.radio.state == before
