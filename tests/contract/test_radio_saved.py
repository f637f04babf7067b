"""Joining saved networks on purpose: every adapter of the Radio port."""

import pytest
from msgspec.structs import replace
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import (
    HOTSPOT,
    JOINED,
    Heard,
    Trial,
    find,
    join,
    plan,
    wait_for_link,
)

from firstlight.errors import Busy, NotFound
from firstlight.model.access_point import channel_of
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link, LinkReason, LinkStage, RadioChanged

UNKNOWN = "00000000-0000-4000-8000-000000000000"
ORDER = list(LinkStage)


async def begin_saved(harness: RadioHarness, uuid: str) -> Trial:
    joining = Trial()
    joining.uuid = uuid
    await harness.radio.join_saved(uuid, joining.reports.append)
    return joining


async def follow_saved(harness: RadioHarness, uuid: str) -> Trial:
    joining = await begin_saved(harness, uuid)
    await harness.wait(lambda: joining.ended, JOINED)
    return joining


async def rehearse(harness: RadioHarness, uuid: str) -> Trial:
    rehearsed = Trial()
    await harness.radio.rehearse(uuid, rehearsed.reports.append)
    return rehearsed


async def hotspot_on_channel_of(harness: RadioHarness, ssid: bytes, *, beside: int = 0) -> None:
    """Raise the hotspot on that network's channel, or on another one."""
    heard = next(ap for ap in harness.radio.access_points() if ap.ssid == ssid)
    channel = channel_of(heard.frequency)
    assert channel is not None
    await harness.radio.hotspot_up(_on(channel + beside))


def _on(channel: int) -> HotspotSettings:
    return replace(HOTSPOT, channel=channel)


async def test_it_leaves_one_network_for_another(harness: RadioHarness) -> None:
    await harness.add_access_point(b"one")
    await harness.add_access_point(b"two")
    one = await join(harness, plan(b"one"))
    await join(harness, plan(b"two"))
    joining = await follow_saved(harness, one)
    assert joining.stages == sorted(joining.stages, key=ORDER.index)
    assert joining.stages[-1] is LinkStage.CONNECTED
    assert joining.reports[-1].ipv4 is not None
    await wait_for_link(harness, Link.CONNECTED)
    profile = harness.radio.state.profile
    assert profile is not None
    assert (profile.uuid, profile.trial) == (one, False)


async def test_it_leaves_the_hotspot_for_a_network(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    joining = await follow_saved(harness, uuid)
    assert joining.stages[-1] is LinkStage.CONNECTED
    await wait_for_link(harness, Link.CONNECTED)


async def test_an_unknown_saved_network_is_told_as_such(harness: RadioHarness) -> None:
    with pytest.raises(NotFound):
        await begin_saved(harness, UNKNOWN)


async def test_an_absent_saved_network_stays_saved(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.remove_access_point(b"net")
    joining = await follow_saved(harness, uuid)
    assert joining.stages[-1] is LinkStage.FAILED
    assert joining.reports[-1].reason is LinkReason.SSID_NOT_FOUND
    kept = await find(harness, uuid)
    assert kept is not None
    assert not kept.active


async def test_another_activation_replaces_it(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.remove_access_point(b"net")
    joining = await begin_saved(harness, uuid)
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.wait(lambda: joining.ended, JOINED)
    assert joining.reports[-1].reason is LinkReason.REPLACED
    assert harness.radio.state.link is Link.HOTSPOT
    assert await find(harness, uuid) is not None


async def test_leaving_ends_what_was_begun(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.remove_access_point(b"net")
    joining = await begin_saved(harness, uuid)
    await harness.radio.leave()
    await harness.wait(lambda: joining.ended, JOINED)
    assert joining.reports[-1].reason is LinkReason.REPLACED
    assert await find(harness, uuid) is not None


async def test_leaving_touches_nothing_that_has_connected(harness: RadioHarness) -> None:
    await harness.radio.leave()
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.leave()
    joining = await follow_saved(harness, uuid)
    await wait_for_link(harness, Link.CONNECTED)
    before = harness.radio.state
    await harness.radio.leave()
    assert harness.radio.state == before
    assert joining.stages[-1] is LinkStage.CONNECTED


async def test_a_rehearsal_leaves_the_hotspot_and_its_guests_alone(harness: RadioHarness) -> None:
    needs(harness, Capability.REHEARSAL, Capability.STATIONS)
    assert harness.radio.state.abilities.join_as_hotspot
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await hotspot_on_channel_of(harness, b"net")
    assert await harness.let_station_join(HOTSPOT.passphrase.reveal())
    guests = await harness.radio.stations()
    before = harness.radio.state
    events = Heard()
    with harness.radio.subscribe(events):
        rehearsed = await rehearse(harness, uuid)
    assert rehearsed.stages == sorted(rehearsed.stages, key=ORDER.index)
    assert rehearsed.stages[-1] is LinkStage.CONNECTED
    assert rehearsed.reports[-1].ipv4 is not None
    assert not events.has(RadioChanged)
    assert harness.radio.state == before
    assert await harness.radio.stations() == guests
    assert await find(harness, uuid) is not None


async def test_a_rehearsal_tells_that_a_network_is_absent(harness: RadioHarness) -> None:
    needs(harness, Capability.REHEARSAL)
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await hotspot_on_channel_of(harness, b"net")
    await harness.remove_access_point(b"net")
    rehearsed = await rehearse(harness, uuid)
    assert rehearsed.reports[-1].reason is LinkReason.SSID_NOT_FOUND
    assert harness.radio.state.link is Link.HOTSPOT


async def test_a_rehearsal_on_one_channel_hears_no_other(harness: RadioHarness) -> None:
    needs(harness, Capability.REHEARSAL)
    if not harness.radio.state.abilities.one_channel:
        pytest.skip("this radio can use two channels at once")
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await hotspot_on_channel_of(harness, b"net", beside=5)
    rehearsed = await rehearse(harness, uuid)
    assert rehearsed.reports[-1].reason is LinkReason.SSID_NOT_FOUND
    assert harness.radio.state.link is Link.HOTSPOT


async def test_a_rehearsal_needs_a_hotspot_and_a_saved_network(harness: RadioHarness) -> None:
    needs(harness, Capability.REHEARSAL)
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    with pytest.raises(Busy):
        await rehearse(harness, uuid)
    await harness.radio.hotspot_up(HOTSPOT)
    with pytest.raises(NotFound):
        await rehearse(harness, UNKNOWN)
