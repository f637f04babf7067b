"""Improv Wi-Fi over Bluetooth LE: real BlueZ, and a client that somebody else wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.bluetooth import Bluetooth
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

HOME = NEIGHBOURHOOD["home"]
NAME = HOME.ssid.decode()
ON = "[improv]\nenabled = true\n"
NOBODY_ASKED = f'{ON}authorization = "none"\n'
SERVICE_DATA = "00004677-0000-1000-8000-00805f9b34fb"


@pytest.fixture(scope="module")
def bluetooth(lab: Lab) -> Iterator[Bluetooth]:
    """Switched on for the cases of this file."""
    opened = Bluetooth(lab.world.inside)
    opened.open()
    yield opened
    opened.close()


def improv(device: Device) -> dict[str, Any]:
    """How it stands."""
    told: dict[str, Any] = device.api("GET", f"{API}/improv").json
    return told


def started(device: Device, toml: str, state: str) -> None:
    """The daemon, on the air in that state."""
    device.configure(toml)
    device.start()
    eventually(lambda: improv(device), lambda told: told["state"] == state, what=state)


@pytest.mark.attack(
    "A stranger in Bluetooth's range who hands the device a network of his own",
    guard="somebody at the device has to say yes, for a minute",
)
def test_from_nothing_to_a_network(device: Device, world: World, bluetooth: Bluetooth) -> None:
    started(device, ON, "authorization_required")
    found, state, info, scan, *refused = bluetooth.client(
        "state", "info", "scan", "raw:0300", "raw:03", "raw:030004", "raw:050005",
        f"join:{NAME}:{HOME.psk}",
    )  # fmt: skip
    assert found == ["found", "vm", {SERVICE_DATA: "010600000000"}]
    assert state == ["state", ["AUTHORIZATION_REQUIRED", "NO_ERROR", 6]]
    assert info[1][0] == "Firstlight"
    assert len(info[1]) == 4
    assert scan[0] == "scan"
    # In two pieces; with a wrong checksum; and one that this version does not know.
    assert [error for _, error in refused[:-1]] == [
        "NO_ERROR",
        "NO_ERROR",
        "INVALID_RPC_PACKET",
        "UNKNOWN_RPC_COMMAND",
    ]
    assert refused[-1] == ["join", [[], "NOT_AUTHORIZED"]]
    assert not device.saved()

    allowed = device.api("POST", f"{API}/improv/authorize")
    assert (allowed.status, allowed.json["state"]) == (OK, "authorized")
    found, scan, failed, again, joined = bluetooth.client(
        "scan", f"join:{NAME}:wrong-password", "state", f"join:{NAME}:{HOME.psk}"
    )
    assert found[2] == {SERVICE_DATA: "020600000000"}
    assert NAME in [name for name, _, _ in scan[1]]
    assert failed == ["join", [["PROVISIONING"], "UNABLE_TO_CONNECT"]]
    assert again == ["state", ["AUTHORIZED", "UNABLE_TO_CONNECT", 6]]
    assert joined == ["join", [["PROVISIONING", "PROVISIONED"], None]]
    assert device.status()["network"]["connected"]
    assert device.saved() == {NAME}
    eventually(lambda: improv(device), lambda told: told["state"] == "off", what="it is silent")


@pytest.mark.lengthy
@pytest.mark.unguarded("A stranger in Bluetooth's range who hands the device a network of his own")
def test_where_nobody_is_asked(device: Device, world: World, bluetooth: Bluetooth) -> None:
    started(device, NOBODY_ASKED, "authorized")
    assert bluetooth.client(f"join:{NAME}:{HOME.psk}")[1] == [
        "join",
        [["PROVISIONING", "PROVISIONED"], None],
    ]
    # Who had a network must be asked from then on, whatever is configured.
    world["home"].stop()
    eventually(
        lambda: improv(device),
        lambda told: told["state"] == "authorization_required",
        what="it is on the air again",
        within=180,
    )
    assert bluetooth.client(f"join:{NAME}:{HOME.psk}")[1] == ["join", [[], "NOT_AUTHORIZED"]]


@pytest.mark.lengthy
def test_bluez_goes_and_comes_back(device: Device, bluetooth: Bluetooth) -> None:
    started(device, ON, "authorization_required")
    bluetooth.stop()
    eventually(
        lambda: improv(device),
        lambda told: told["state"] == "off" and "BlueZ is not running" in (told["problem"] or ""),
        what="it says why it is off the air, and tries again",
    )
    assert device.api("POST", f"{API}/improv/authorize").status != OK
    bluetooth.start()
    eventually(
        lambda: improv(device),
        lambda told: told["state"] == "authorization_required",
        what="it is on the air again",
    )
    assert bluetooth.client("state")[1] == ["state", ["AUTHORIZATION_REQUIRED", "NO_ERROR", 6]]
