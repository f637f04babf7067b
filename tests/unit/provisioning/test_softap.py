"""The password that both sides know without telling one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.model.mac import MacAddress
from firstlight.provisioning.softap import SSID, passphrase_of


@pytest.mark.parametrize(
    ("bssid", "password"),
    [
        ("A1:B2:C3:D4:E5:F6", "A6B5C4D3E2F1"),
        ("00:00:00:00:00:00", "000000000000"),
        ("ff:ff:ff:ff:ff:ff", "FFFFFFFFFFFF"),
        ("02:00:00:00:00:01", "010000000002"),
        ("12:34:56:78:9a:bc", "1C3A587694B2"),
    ],
)
def test_nibbles_are_interleaved(bssid: str, password: str) -> None:
    assert passphrase_of(MacAddress(bssid)).reveal() == password


@given(st.binary(min_size=6, max_size=6))
def test_every_bssid_has_one_and_gives_it_back(octets: bytes) -> None:
    """Upper nibbles stand in order, lower ones backwards."""
    text = passphrase_of(MacAddress.from_bytes(octets)).reveal()
    upper, lower = text[0::2], text[1::2][::-1]
    assert bytes.fromhex("".join(map("".join, zip(upper, lower, strict=True)))) == octets
    assert text == text.upper()


def test_the_name_is_exact() -> None:
    assert bytes(SSID) == b"FireFly-Provisioning"
