"""The whole handshake between two Firstlights: a controller, and a box that boots with nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.radio.lab.broker import PORT, Broker
from tests.radio.lab.claimant import Claimant
from tests.radio.lab.device import API, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.routers import INTERNET
from tests.radio.lab.second import Second
from tests.radio.lab.system import STATE
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.modes import fill, goes_off, session, switch_on
from tests.radio.outcomes import falls_back, returns_to
from tests.unit.telemetry.certificates import Authority

HOME = NEIGHBOURHOOD["home"]
SECRET = "mqtt-secret"
HALLWAY = "33333333-3333-4333-8333-333333333333"
LAMP = "11111111-1111-4111-8111-111111111111"
ANNEXE = "44444444-4444-4444-8444-444444444444"
AT_BOOT = "[claim]\nat_boot = true\n"
AS_CONTROLLER = AT_BOOT + 'role = "controller"\n'
OVER = r'"state":\s*"(succeeded|failed)"'
STEPS = ("found", "joined", "nonce", "configuration", "certificate", "stored")
RECORDS = 200


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Whose certificates the broker has."""
    return Authority()


@pytest.fixture
def broker(world: World, authority: Authority, tmp_path: Path) -> Iterator[Broker]:
    """A broker on the internet's side of "home"."""
    certificate, key = authority.issue(tmp_path, INTERNET)
    broker = Broker(world.inside, "home", authority.pem)
    broker.start(certificate.read_text(), key.read_text(), "hallway", SECRET)
    yield broker
    broker.stop()


@pytest.fixture
def lamp(world: World) -> Claimant:
    """A third party's device."""
    return Claimant(world.inside, world.stations["phone"])


@pytest.fixture
def controller(
    device: Device, second: Second, lamp: Claimant, authority: Authority
) -> Iterator[Device]:
    """The device as a controller, with both registered and a CA designated."""
    device.start()
    fill(
        device,
        clients=[client(HALLWAY, "Hallway", second.mac), client(LAMP, "Lamp", lamp.mac)],
        certificates=[{"file": "ca.pem", "pem": authority.pem, "client": True}],
    )
    yield device
    device.stop()


def client(uuid: str, name: str, mac: str) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "name": name,
        "mac_address": mac,
        "wifi": {"ssid": HOME.ssid.decode(), "password": HOME.psk},
        "mqtt": {"host": INTERNET, "port": PORT, "username": "hallway", "password": SECRET},
    }


def claim_of(target: Device) -> dict[str, Any]:
    """What came of the claim, once it is over."""
    over, body = target.watch(f"{API}/claim", OVER, timeout=150, every=0.2)
    assert over, body
    return json.loads(body)


def succeeds(target: Device) -> dict[str, Any]:
    told = claim_of(target)
    assert told["claim"]["state"] == "succeeded", told
    assert told["stored"], told
    return told["claim"]


def progress(controller: Device, mac: str) -> tuple[str, str]:
    """What the controller says about that device."""
    [one] = [one for one in session(controller)["devices"] if one["mac"] == mac]
    return one["name"], one["state"]


def test_from_power_on_to_its_broker_with_no_hand_on_it(
    controller: Device, target: Device, second: Second, world: World, broker: Broker
) -> None:
    bssid = switch_on(controller)["bssid"]
    target.configure(AT_BOOT)
    target.start()
    told = succeeds(target)
    assert told["bssid"] == bssid
    assert [step["name"] for step in told["steps"]] == list(STEPS)
    returns_to(world, "home", system=second.system)
    eventually(lambda: target.status()["network"]["connected"], what="it knows that it is online")
    assert progress(controller, second.mac) == ("Hallway", "configured")
    eventually(
        lambda: broker.retained("firstlight/+/status", within=120),
        lambda status: status["network"]["connected"],
        what="the broker keeps its status",
    )
    kept = second.shell(f"ls {STATE}; cat {STATE}/* 2>/dev/null | strings -n 6 || true")
    assert "claimed.sealed" in kept
    assert SECRET not in kept


@pytest.mark.lengthy
def test_a_controller_gets_everything_and_hands_it_on(
    controller: Device, target: Device, second: Second, lamp: Claimant
) -> None:
    clients = [
        {"uuid": f"{number:08x}-0000-4000-8000-000000000000", "name": f"Client {number}"}
        for number in range(RECORDS - 1)
    ]
    controller.api("DELETE", f"/api/clients/{HALLWAY}")
    fill(
        controller,
        controllers=[{"uuid": ANNEXE, "name": "Annexe", "mac": second.mac}],
        clients=clients,
    )
    wanted = controller.api("GET", "/api/clients").json
    switch_on(controller)
    target.configure(AS_CONTROLLER)
    target.start()
    succeeds(target)
    assert progress(controller, second.mac) == ("Annexe", "configured")
    # A bundle goes by UUID, whatever the order of registering was.
    assert target.api("GET", "/api/clients").json == sorted(wanted)
    assert len(wanted) == RECORDS
    assert target.api("GET", f"/api/controllers/{ANNEXE}").json["mac_address"] == second.mac

    assert controller.api("DELETE", "/api/provisioning").status == 202
    goes_off(controller)
    falls_back(target)
    bssid = switch_on(target)["bssid"]
    lamp.arrives(eventually(lamp.finds, lambda heard: heard == bssid, what="it is on the air"))
    assert lamp.claims("client").json["name"] == "Lamp"
    target.api("DELETE", "/api/provisioning")
    goes_off(target)


@pytest.mark.lengthy
@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle(
    step: str, controller: Device, target: Device, second: Second, world: World
) -> None:
    switch_on(controller)
    target.configure(AT_BOOT)
    target.start()
    struck, body = target.watch(f"{API}/claim", f'"name":"{step}"', timeout=120, strike=True)
    assert struck, body
    assert step != "stored" or second.exists(f"{STATE}/claimed.sealed")
    target.start()
    told = target.api("GET", f"{API}/claim").json
    if not told.get("stored"):
        succeeds(target)
    returns_to(world, "home", system=second.system)
    assert target.api("GET", f"{API}/claim").json["stored"]
    assert progress(controller, second.mac) == ("Hallway", "configured")


@pytest.mark.lengthy
@pytest.mark.parametrize("step", ["found", "joined"])
def test_the_controller_vanishes(
    step: str, controller: Device, target: Device, second: Second, world: World
) -> None:
    switch_on(controller)
    target.configure(AT_BOOT)
    target.start()
    reached, body = target.watch(f"{API}/claim", f'"name":"{step}"', timeout=120)
    assert reached, body
    world.system.block_radio(blocked=True)
    try:
        told = claim_of(target)
    finally:
        world.system.block_radio(blocked=False)
    assert told["claim"]["state"] == "failed", told
    assert not told.get("stored")
    assert not second.exists(f"{STATE}/claimed.sealed")
    falls_back(target)
    assert any(
        told["claim"]["message"] in warning for warning in target.status()["runtime"]["warnings"]
    )
    world.system.wait_for_radio()
    goes_off(controller)
    switch_on(controller)
    assert target.api("POST", f"{API}/claim", {}).status == 200
    succeeds(target)
    returns_to(world, "home", system=second.system)


@pytest.mark.lengthy
def test_one_after_the_other(
    controller: Device, target: Device, second: Second, world: World, lamp: Claimant
) -> None:
    bssid = switch_on(controller)["bssid"]
    lamp.arrives(bssid)
    target.configure(AT_BOOT)
    target.start()
    told = claim_of(target)
    assert told["claim"]["cause"] == "could_not_join", told
    assert lamp.claims("client").json["name"] == "Lamp"

    target.api("POST", f"{API}/claim", {"wait": True})
    lamp.station.leave()
    eventually(
        lambda: target.api("GET", f"{API}/claim").json,
        lambda seen: seen.get("stored"),
        what="the second one has its turn",
        within=200,
    )
    returns_to(world, "home", system=second.system)
    assert progress(controller, lamp.mac) == ("Lamp", "configured")
    assert progress(controller, second.mac) == ("Hallway", "configured")
