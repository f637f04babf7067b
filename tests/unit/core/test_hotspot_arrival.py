"""Who came over the hotspot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.hotspot import came_over_hotspot
from firstlight.model.radio import Availability, Ipv4, Link, RadioState

UP = RadioState(
    availability=Availability.READY,
    link=Link.HOTSPOT,
    ipv4=Ipv4(address="192.168.4.1", prefix=24),
)
AT_HOME = RadioState(
    availability=Availability.READY,
    link=Link.CONNECTED,
    ipv4=Ipv4(address="192.168.4.17", prefix=24),
)


@pytest.mark.parametrize("peer", ["192.168.4.57", "::ffff:192.168.4.57"])
@pytest.mark.parametrize("own", ["192.168.4.1", "::ffff:192.168.4.1"])
def test_a_phone_on_the_hotspot_came_over_it(peer: str, own: str) -> None:
    assert came_over_hotspot(UP, peer, own)


@pytest.mark.parametrize(
    ("peer", "own", "why"),
    [
        ("10.0.0.5", "192.168.4.1", "a host elsewhere with a route to the hotspot's address"),
        ("192.168.4.57", "10.0.0.1", "an address of the device on another network"),
        ("192.168.4.1", "192.168.4.1", "the device itself"),
        ("127.0.0.1", "127.0.0.1", "the device itself"),
        ("fe80::1", "192.168.4.1", "another family"),
        ("", "192.168.4.1", "nobody"),
        ("phone.local", "192.168.4.1", "a name"),
    ],
)
def test_nobody_else_did(peer: str, own: str, why: str) -> None:
    assert not came_over_hotspot(UP, peer, own), why


def test_in_a_network_of_the_same_numbers_nobody_did() -> None:
    assert not came_over_hotspot(AT_HOME, "192.168.4.57", "192.168.4.17")
    assert not came_over_hotspot(AT_HOME, "192.168.4.57", "192.168.4.1")


def test_without_an_address_nobody_did() -> None:
    state = RadioState(availability=Availability.READY, link=Link.HOTSPOT)
    assert not came_over_hotspot(state, "192.168.4.57", "192.168.4.1")


@given(peer=st.text(max_size=60), own=st.text(max_size=60))
def test_any_text_has_an_answer(peer: str, own: str) -> None:
    assert came_over_hotspot(UP, peer, own) is False
