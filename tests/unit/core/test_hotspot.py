"""What the device's own network is like, and when it should be up."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.hotspot import (
    CHANNELS,
    channel_for,
    default_ssid,
    quietest_channel,
    should_be_up,
    told,
    tolerates_pmf,
)
from firstlight.model.access_point import AccessPoint, Security, frequency_of
from firstlight.model.kept import Kept
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Availability, Ipv4, Link, RadioState, Station
from firstlight.model.ssid import Ssid
from firstlight.model.status import Mode


def heard(frequency: int, signal: int) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(b"net"),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=frequency,
        signal=signal,
        security=Security.WPA2,
    )


def radio(link: Link = Link.DOWN, frequency: int | None = None) -> RadioState:
    return RadioState(availability=Availability.READY, link=link, frequency=frequency)


@pytest.mark.parametrize(
    ("brand", "hostname", "ssid"),
    [
        ("Firstlight", "lamp-07b3", "Firstlight-07B3"),
        ("Firstlight", "raspberrypi", "Firstlight-RYPI"),
        ("Firstlight", "a-b.c_d", "Firstlight-ABCD"),
        ("Firstlight", "abc", "Firstlight-NODE"),
        ("Firstlight", "", "Firstlight-NODE"),
        ("Firstlight", "größe", "Firstlight-NODE"),
        ("x" * 27, "node1234", "x" * 27 + "-1234"),
        ("x" * 40, "node1234", "x" * 27 + "-1234"),
        ("ü" * 14, "node1234", "ü" * 13 + "-1234"),
    ],
)
def test_the_default_name(brand: str, hostname: str, ssid: str) -> None:
    assert default_ssid(brand, hostname) == ssid.encode()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.text())
def test_any_brand_and_any_hostname_make_a_name(brand: str, hostname: str) -> None:
    bytes(default_ssid(brand, hostname)).decode()


@pytest.mark.parametrize(
    ("around", "channel"),
    [
        ([], 1),
        ([(1, 80)], 6),
        ([(1, 80), (6, 80)], 11),
        ([(1, 80), (6, 80), (11, 20)], 11),
        ([(3, 80)], 11),
        ([(8, 80)], 1),
        ([(1, 30), (6, 90), (11, 90)], 1),
        ([(14, 90)], 1),
        ([(13, 90), (1, 10), (6, 5)], 6),
    ],
)
def test_the_quietest_channel(around: list[tuple[int, int]], channel: int) -> None:
    assert quietest_channel(heard(frequency_of(at), signal) for at, signal in around) == channel


def test_other_bands_make_no_noise_here() -> None:
    assert quietest_channel([heard(5180, 100), heard(5955, 100), heard(1, 100)]) == 1


@given(st.lists(st.tuples(st.integers(2400, 7200), st.integers(0, 100))))
def test_the_channel_is_always_one_that_every_country_allows(
    around: list[tuple[int, int]],
) -> None:
    assert quietest_channel(heard(*each) for each in around) in CHANNELS


def test_a_hotspot_that_is_up_keeps_its_channel() -> None:
    noise = [heard(frequency_of(11), 90)]
    up = radio(Link.HOTSPOT, frequency_of(11))
    assert channel_for(up, noise) == 11
    assert channel_for(radio(Link.HOTSPOT), noise) == 1
    assert channel_for(radio(Link.CONNECTED, frequency_of(11)), noise) == 1


def test_a_channel_that_is_none_of_ours_is_left() -> None:
    assert channel_for(radio(Link.HOTSPOT, frequency_of(3)), []) == 1
    assert channel_for(radio(Link.HOTSPOT, 5180), []) == 1


def test_drivers_that_fail_with_protected_frames() -> None:
    assert not tolerates_pmf("brcmfmac")
    assert not tolerates_pmf("brcmfmac_sdio")
    assert tolerates_pmf("mac80211_hwsim")
    assert tolerates_pmf("")


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("link", Link)
@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("over_link", [True, False])
def test_it_goes_up_only_for_a_waiting_device_with_an_idle_radio(
    mode: Mode, link: Link, *, wanted: bool, alone: bool, over_link: bool
) -> None:
    up = [
        availability
        for availability in Availability
        if should_be_up(
            mode,
            RadioState(availability=availability, link=link),
            wanted=wanted,
            alone=alone,
            over_link=over_link,
        )
    ]
    waiting = alone or mode in {Mode.PROVISIONING, Mode.ERROR}
    idle = link is Link.DOWN or (over_link and link is Link.CONNECTED)
    assert up == ([Availability.READY] if wanted and waiting and idle else [])


KEPT = Kept(
    hotspot_ssid="Aurora-\u202eLAMP",
    hotspot_profile="Aurora-Hotspot",
    hotspot_password="correct-horse",
)
PHONE = Station(mac=MacAddress("02:f1:00:00:00:07"))


def test_a_hotspot_that_is_up_is_told_as_it_is() -> None:
    state = RadioState(
        availability=Availability.READY,
        link=Link.HOTSPOT,
        frequency=2462,
        ipv4=Ipv4(address="10.0.0.1", prefix=24),
    )
    answer = told(KEPT, state, [PHONE], address="192.168.4.1/24", channel=6)
    assert msgspec.to_builtins(answer) == {
        "ssid": r"Aurora-\xe2\x80\xaeLAMP",
        "ssidHex": "Aurora-\u202eLAMP".encode().hex(),
        "password": "correct-horse",
        "profile": "Aurora-Hotspot",
        "address": "10.0.0.1",
        "channel": 11,
        "up": True,
        "stations": ("02:f1:00:00:00:07",),
    }
    assert {type(mac) for mac in answer.stations} == {str}


@pytest.mark.parametrize("frequency", [None, 2413])
def test_what_the_radio_does_not_tell_comes_from_the_configuration(frequency: int | None) -> None:
    answer = told(KEPT, radio(Link.HOTSPOT, frequency), (), address="192.168.4.1/24", channel=6)
    assert (answer.up, answer.address, answer.channel) == (True, "192.168.4.1", 6)


@pytest.mark.parametrize("link", [link for link in Link if link is not Link.HOTSPOT])
@pytest.mark.parametrize("channel", [None, 6])
def test_a_hotspot_that_is_not_up_is_told_as_it_would_be(link: Link, channel: int | None) -> None:
    state = RadioState(
        availability=Availability.READY,
        link=link,
        frequency=5180,
        ipv4=Ipv4(address="192.168.7.50", prefix=24),
    )
    answer = told(KEPT, state, [PHONE], address="10.0.0.1/16", channel=channel)
    assert (answer.up, answer.address, answer.channel) == (False, "10.0.0.1", channel)
    assert (answer.password, answer.stations) == ("correct-horse", ())


def test_before_the_first_start_is_through_there_is_nothing_to_tell() -> None:
    answer = told(Kept(), radio(), (), address="192.168.4.1/24", channel=None)
    assert (answer.ssid, answer.ssid_hex, answer.password) == ("", "", "")
