"""Improv Wi-Fi over Bluetooth LE, with real BlueZ, by a client that somebody else wrote."""

from collections.abc import Iterator

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.bluetooth import Bluetooth
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

HOME = NEIGHBOURHOOD["home"]
ON = "[improv]\nenabled = true\n"


@pytest.fixture(scope="module")
def bluetooth(lab: Lab) -> Iterator[Bluetooth]:
    """Switched on for the cases of this file."""
    opened = Bluetooth(lab.world.inside)
    opened.open()
    yield opened
    opened.close()


def test_from_nothing_to_a_network(device: Device, world: World, bluetooth: Bluetooth) -> None:
    device.configure(ON)
    device.start()
    eventually(
        lambda: device.api("GET", f"{API}/improv").json,
        lambda told: told["state"] == "authorization_required",
        what="it is on the air",
    )
    print(
        bluetooth.client(
            "state",
            "info",
            "scan",
            "raw:0301",
            "raw:04",
            "raw:000905",
            f"join:{HOME.ssid.decode()}:{HOME.psk}",
        )
    )
    print(device.api("POST", f"{API}/improv/authorize").json)
    print(
        bluetooth.client(
            "state",
            "scan",
            f"join:{HOME.ssid.decode()}:wrong-password",
            f"join:{HOME.ssid.decode()}:{HOME.psk}",
        )
    )
    assert device.status()["network"]["connected"]
    assert 0
