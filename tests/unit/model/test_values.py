"""Small values: MAC addresses, channels, moments, views of the radio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security, channel_of, frequency_of
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.radio import Availability, Ipv4, Link, RadioState
from firstlight.model.ssid import Ssid

LEASE = Ipv4(address="192.168.7.50", prefix=24)


@pytest.mark.parametrize(
    "text", ["A1-B2-C3-D4-E5-F6", "a1:b2:c3:d4:e5:f6", "A1B2C3D4E5F6", "a1b2c3d4e5f6"]
)
def test_every_way_to_write_a_mac_address(text: str) -> None:
    assert MacAddress(text) == "a1:b2:c3:d4:e5:f6"


@pytest.mark.parametrize(
    "text",
    ["", "a1:b2:c3:d4:e5", "a1:b2:c3:d4:e5:f6:07", "g1:b2:c3:d4:e5:f6", "a1b2.c3d4.e5f6", "a1"],
)
@pytest.mark.parametrize("tail", ["", "\n"])
def test_what_is_no_mac_address(text: str, tail: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        MacAddress(text + tail)
    assert refusal.value.field == "mac"
    with pytest.raises(InvalidInput):
        MacAddress("a1:b2:c3:d4:e5:f6\n")


@given(st.binary(min_size=6, max_size=6))
def test_octets_and_back(raw: bytes) -> None:
    mac = MacAddress.from_bytes(raw)
    assert bytes.fromhex(mac.replace(":", "")) == raw
    assert MacAddress(mac) == mac


@pytest.mark.parametrize(
    ("frequency", "channel"),
    [
        (2412, 1),
        (2437, 6),
        (2472, 13),
        (2484, 14),
        (5180, 36),
        (5885, 177),
        (5955, 1),
        (7115, 233),
        (2413, None),
        (2407, None),
        (5905, None),
        (0, None),
        (-1, None),
    ],
)
def test_channels(frequency: int, channel: int | None) -> None:
    assert channel_of(frequency) == channel
    seen = AccessPoint(
        ssid=Ssid(b"net"),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=frequency,
        signal=1,
        security=Security.OPEN,
    )
    assert seen.channel == channel


@pytest.mark.parametrize("channel", range(1, 15))
def test_frequency_and_back(channel: int) -> None:
    assert channel_of(frequency_of(channel)) == channel


def test_a_moment_counts_what_really_passed() -> None:
    before, after = Moment(10.0, 1_700_000_000.0), Moment(12.5, 1_600_000_000.0)
    assert after.since(before) == 2.5
    assert before.unix_ms == 1_700_000_000_000


@pytest.mark.parametrize("link", Link)
@pytest.mark.parametrize("ipv4", [None, LEASE])
def test_online_is_joined_with_an_address(link: Link, ipv4: Ipv4 | None) -> None:
    state = RadioState(availability=Availability.READY, link=link, ipv4=ipv4)
    assert state.online is (link is Link.CONNECTED and ipv4 is not None)
