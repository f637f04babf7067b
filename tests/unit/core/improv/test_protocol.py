"""Frames, byte for byte, as https://www.improv-wifi.com/ble has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.improv.protocol import (
    MOST_DATA,
    Capability,
    Frame,
    Malformed,
    Network,
    Rpc,
    State,
    checksum,
    device_info,
    frame_length,
    networks,
    read,
    result,
    room_for,
    service_data,
)

# The standard's own example.
EXAMPLE = bytes([0x01, 0x1E, 0x0C]) + b"MyWirelessAP" + bytes([0x10]) + b"mysecurepassword"


def whole(frame: bytes) -> bytes:
    return frame + bytes([checksum(frame)])


def test_the_example_of_the_standard() -> None:
    assert read(whole(EXAMPLE)) == Frame(1, (b"MyWirelessAP", b"mysecurepassword"))


def test_commands_without_data() -> None:
    assert read(bytes.fromhex("020002")) == Frame(Rpc.IDENTIFY, ())
    assert read(bytes.fromhex("030003")) == Frame(Rpc.DEVICE_INFO, ())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        whole(EXAMPLE)[:-1],
        whole(EXAMPLE) + b"\0",
        EXAMPLE + bytes([checksum(EXAMPLE) ^ 1]),
        whole(bytes([1, 2, 9, 65])),
        whole(bytes([1, 3, 1, 65, 1])),
    ],
)
def test_what_is_no_frame(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


def test_how_long_a_frame_is() -> None:
    assert frame_length(b"") is None
    assert frame_length(b"\x01") is None
    assert frame_length(whole(EXAMPLE)[:2]) == len(whole(EXAMPLE))


@given(st.binary(max_size=300))
def test_anything_is_a_frame_or_malformed(data: bytes) -> None:
    try:
        frame = read(data)
    except Malformed:
        return
    assert result(Rpc.SCAN, frame.strings)[1:-1] == data[1:-1]


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_a_result_reads_as_what_went_into_it(strings: list[bytes]) -> None:
    assert read(result(Rpc.SCAN, strings)) == Frame(Rpc.SCAN, tuple(strings))


def test_a_result_has_its_bounds() -> None:
    with pytest.raises(ValueError, match="range"):
        result(Rpc.SCAN, [b"x" * 200, b"x" * 200])


def test_networks_that_fit_strongest_first() -> None:
    seen = [Network(b"near", -40, "WPA2"), Network(b"far", -80, "NO")]
    whole_list = read(networks(seen, MOST_DATA)).strings
    assert whole_list == (b"near", b"-40", b"WPA2", b"far", b"-80", b"NO")
    assert read(networks(seen, 20)).strings == (b"near", b"-40", b"WPA2")
    assert read(networks(seen, 3)).strings == ()


def test_a_name_that_no_client_could_send_back_is_left_out() -> None:
    seen = [Network(b"caf\xe9", -40, "WPA2"), Network(b"", -40, "NO"), Network(b"x", -1, "NO")]
    assert read(networks(seen, MOST_DATA)).strings == (b"x", b"-1", b"NO")


@given(
    st.lists(st.builds(Network, st.binary(max_size=32), st.integers(-100, -1), st.just("WPA2"))),
    st.integers(23, 517),
)
def test_a_list_never_outgrows_a_notification(seen: list[Network], mtu: int) -> None:
    assert len(networks(seen, room_for(mtu))) <= mtu - 5


@given(st.text(max_size=400), st.text(max_size=400), st.integers(23, 517))
def test_device_info_is_cut_to_fit(name: str, hardware: str, mtu: int) -> None:
    frame = device_info(
        firmware=name, version="1", hardware=hardware, name=name, room=room_for(mtu)
    )
    assert len(frame) <= mtu - 5
    parts = read(frame).strings
    assert len(parts) == 4
    given_texts = (name, "1", hardware, name)
    assert all(
        text.startswith(part.decode()) for part, text in zip(parts, given_texts, strict=True)
    )


def test_what_is_advertised() -> None:
    data = service_data(State.AUTHORIZED, Capability.IDENTIFY | Capability.SCAN)
    assert data == bytes([2, 5, 0, 0, 0, 0])
