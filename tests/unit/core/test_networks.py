"""From access points to networks, and from text back to an SSID."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.networks import find, resolve, strongest_first
from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid


def heard(ssid: bytes, signal: int = 50, number: int = 1) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(ssid),
        bssid=MacAddress.from_bytes(bytes([2, 0xF1, 0, 0, 0, number])),
        frequency=2412,
        signal=signal,
        security=Security.WPA2,
    )


names = st.binary(min_size=1, max_size=32)
# Names made of what the shown form is made of come close to one another.
awkward = st.lists(
    st.sampled_from([b"\\", b"x", b"e9", b"\xe9", b"c3", b"\xc3\xa9", b"a", b"\x00"]),
    min_size=1,
    max_size=8,
).map(lambda parts: b"".join(parts)[:32])
sightings = st.lists(
    st.builds(heard, names | awkward, st.integers(0, 100), st.integers(0, 255)), max_size=12
)


def test_the_strongest_of_each_name_and_the_strongest_first() -> None:
    near, far, other = heard(b"b", 80, 1), heard(b"b", 30, 2), heard(b"a", 60, 3)
    assert strongest_first([far, other, near]) == [near, other]


def test_equals_are_in_the_order_of_their_names_whatever_was_heard_first() -> None:
    one, two, twin = heard(b"a", 50, 2), heard(b"b", 50, 3), heard(b"a", 50, 1)
    assert strongest_first([two, one, twin]) == strongest_first([twin, two, one]) == [twin, two]


def test_find() -> None:
    near, far = heard(b"b", 80, 1), heard(b"b", 30, 2)
    assert find(Ssid(b"b"), [far, heard(b"a", 99), near]) == near
    assert find(Ssid(b"c"), [far, near]) is None


@given(sightings)
def test_every_name_once_and_never_weaker_than_another(access_points: list[AccessPoint]) -> None:
    listed = strongest_first(access_points)
    assert {one.ssid for one in listed} == {one.ssid for one in access_points}
    assert len({one.ssid for one in listed}) == len(listed)
    assert all(find(one.ssid, access_points) == one for one in listed)
    signals = [one.signal for one in listed]
    assert signals == sorted(signals, reverse=True)


@given(names | awkward)
def test_what_is_shown_can_be_sent_back(name: bytes) -> None:
    assert resolve(Ssid(name).text, [heard(name)]) == name


@given(sightings, names)
def test_a_plain_name_is_itself_whatever_else_is_in_sight(
    access_points: list[AccessPoint], name: bytes
) -> None:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return
    if Ssid(name).text == text:
        assert resolve(text, [*access_points, heard(name)]) == name


def test_a_name_that_looks_like_the_shown_form_of_another() -> None:
    binary, literal = heard(b"caf\xe9"), heard(rb"caf\xe9")
    assert resolve(r"caf\xe9", [binary]) == b"caf\xe9"
    assert resolve(r"caf\xe9", [binary, literal]) == rb"caf\xe9"
    assert resolve(r"caf\xe9", []) == rb"caf\xe9"


def test_a_long_shown_form_is_only_for_what_is_in_sight() -> None:
    name = b"\xff" * 32
    shown = Ssid(name).text
    assert len(shown) == 128
    assert resolve(shown, [heard(name)]) == name
    with pytest.raises(InvalidInput, match="128 bytes"):
        resolve(shown, [])


@pytest.mark.parametrize("text", ["", "x" * 33, "\ud800", "caf\udce9"])
def test_what_can_be_no_name(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        resolve(text, [heard(b"caf\xe9")])
    assert refusal.value.field == "ssid"
