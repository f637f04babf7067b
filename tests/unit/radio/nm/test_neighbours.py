"""The kernel's table of neighbours, as ``/proc/net/arp`` prints it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.radio.nm import neighbours
from firstlight.radio.nm.neighbours import found

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.4.17     0x1         0x2         02:aa:00:00:00:01     *        eth0
192.168.4.17     0x1         0x2         02:aa:00:00:00:02     *        wlan0
192.168.4.18     0x1         0x0         00:00:00:00:00:00     *        wlan0
192.168.4.19     0x1         0x6         02:aa:00:00:00:03     *        wlan0
192.168.4.20     0x1         0x2         strange               *        wlan0
192.168.4.21     0x1         odd         02:aa:00:00:00:04     *        wlan0
192.168.4.22     half a line
"""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.168.4.17", "02:aa:00:00:00:02"),
        ("192.168.4.18", None),
        ("192.168.4.19", "02:aa:00:00:00:03"),
        ("192.168.4.20", None),
        ("192.168.4.21", None),
        ("192.168.4.22", None),
        ("192.168.4.1", None),
        ("", None),
    ],
)
def test_who_has_it_on_that_interface(address: str, expected: str | None) -> None:
    assert found(TABLE, "wlan0", address) == expected


def test_an_entry_of_another_interface_never_counts() -> None:
    assert found(TABLE, "wlan1", "192.168.4.17") is None


@given(st.text())
def test_whatever_it_says(text: str) -> None:
    assert found(text, "wlan0", "192.168.4.17") is None


async def test_this_machine_has_one() -> None:
    assert (await neighbours.read()).startswith("IP address")
