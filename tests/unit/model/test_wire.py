"""What a body or an answer shows of itself, in a log or a traceback."""

import pytest

from firstlight.model.wire import ConnectBody, HotspotAnswer

SECRET = "correct-horse"
HOTSPOT = HotspotAnswer(
    ssid="Pier",
    ssid_hex=b"Pier".hex(),
    password=SECRET,
    profile="Firstlight-Hotspot",
    address="192.168.4.1",
    channel=6,
    up=True,
    stations=(),
)


@pytest.mark.parametrize("value", [HOTSPOT, ConnectBody(ssid="Pier", password=SECRET)])
def test_no_password_is_shown(value: object) -> None:
    assert "Pier" in repr(value)
    assert SECRET not in f"{value!r} {value} {[value]}"
