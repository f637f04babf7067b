"""Scanning: every adapter of the Radio port."""

import pytest
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import HOTSPOT, Heard, join, plan

from firstlight.core.join.phases import FULL_SEARCHES
from firstlight.errors import Busy
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.radio import AccessPointsChanged, Availability
from firstlight.model.ssid import Ssid

AWKWARD = [
    pytest.param(b"caf\xe9", id="not UTF-8"),
    pytest.param(b"\xf0\x9f\x94\xa5 fire", id="emoji"),
    pytest.param(b"0123456789abcdef0123456789abcdef", id="32 bytes"),
    pytest.param(b"\xff\x00\x01" + b"\xfe" * 29, id="32 bytes of binary"),
    pytest.param(b"a:b\\:c::", id="colons"),
    pytest.param(b"--help", id="dashes"),
    pytest.param(b" spaced ", id="spaces"),
    pytest.param(b"$(reboot)'\"", id="shell"),
]


def heard(harness: RadioHarness, ssid: bytes) -> AccessPoint | None:
    return next((ap for ap in harness.radio.access_points() if ap.ssid == ssid), None)


async def test_an_open_radio_is_ready(harness: RadioHarness) -> None:
    state = harness.radio.state
    assert state.availability is Availability.READY
    assert state.interface
    assert state.mac is not None


async def test_a_scan_fills_the_list_and_says_so(harness: RadioHarness) -> None:
    await harness.add_access_point(b"one")
    await harness.add_access_point(b"two", security=Security.OPEN)
    events = Heard()
    with harness.radio.subscribe(events):
        await harness.radio.scan()
        one, two = heard(harness, b"one"), heard(harness, b"two")
        assert one is not None
        assert two is not None
        assert (one.security, two.security) == (Security.WPA2, Security.OPEN)
        assert one.bssid != two.bssid
        assert one.channel is not None
        assert 0 < one.signal <= 100
        await harness.wait(lambda: events.has(AccessPointsChanged), 10)


async def test_a_later_scan_hears_a_network_later(harness: RadioHarness) -> None:
    await harness.add_access_point(b"steady")
    await harness.radio.scan()
    before = heard(harness, b"steady")
    await harness.radio.scan()
    after = heard(harness, b"steady")
    assert before is not None
    assert after is not None
    assert before.last_seen is not None
    assert after.last_seen is not None
    assert after.last_seen >= before.last_seen


async def test_a_scan_of_some_channels_hears_those(harness: RadioHarness) -> None:
    await harness.add_access_point(b"one")
    for _ in range(FULL_SEARCHES):  # one scan misses a beacon now and then
        await harness.radio.scan()
    one = heard(harness, b"one")
    assert one is not None
    await harness.radio.scan(frequencies=[one.frequency])
    assert heard(harness, b"one") is not None


async def test_a_hidden_network_appears_when_it_is_asked_for(harness: RadioHarness) -> None:
    needs(harness, Capability.HIDDEN)
    await harness.add_access_point(b"hideaway", hidden=True)
    await harness.radio.scan()
    assert heard(harness, b"hideaway") is None
    await harness.radio.scan([Ssid(b"hideaway")])
    assert heard(harness, b"hideaway") is not None


@pytest.mark.parametrize("ssid", AWKWARD)
async def test_any_name_survives_scan_trial_and_saving(harness: RadioHarness, ssid: bytes) -> None:
    await harness.add_access_point(ssid)
    uuid = await join(harness, plan(ssid))
    assert heard(harness, ssid) is not None
    saved = {profile.uuid: profile for profile in await harness.radio.profiles()}
    assert saved[uuid].ssid == ssid
    assert isinstance(saved[uuid].ssid, Ssid)
    assert harness.radio.state.profile == saved[uuid]


async def test_a_hotspot_keeps_the_list_whether_it_can_scan_or_not(harness: RadioHarness) -> None:
    await harness.add_access_point(b"one")
    await harness.radio.scan()
    await harness.radio.hotspot_up(HOTSPOT)
    if Capability.HOTSPOT_HOLDS_RADIO in harness.supports:
        with pytest.raises(Busy) as refusal:
            await harness.radio.scan()
        assert refusal.value.hint
    else:
        await harness.radio.scan()
    assert heard(harness, b"one") is not None
