"""Provisioning Mode with a third party's device: claims, refusals, and every way it ends."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.radio.lab.claimant import API, CONTROLLER, Claimant, curl, password_of
from tests.radio.lab.device import Device
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.modes import goes_off, put, session, switch_on

LAMP = "11111111-1111-4111-8111-111111111111"
HOUSE = "22222222-2222-4222-8222-222222222222"
PUBLIC = """\
[web]
public = true
"""
ENDPOINTS = ("nonce", "client", "controller", "certs")


@pytest.fixture
def lamp(world: World) -> Claimant:
    """A client: registered."""
    return Claimant(world.inside, world.stations["phone"])


@pytest.fixture
def other(world: World) -> Claimant:
    """A second device."""
    return Claimant(world.inside, world.stations["tablet"])


@pytest.fixture
def controller(device: Device, lamp: Claimant) -> Iterator[Device]:
    """The daemon, with the lamp registered."""
    device.configure(PUBLIC)
    device.start()
    put(device, "clients", LAMP, client(lamp))
    yield device
    device.stop()


def client(who: Claimant) -> dict[str, Any]:
    return {
        "name": "Lamp",
        "id": "S22",
        "mac_address": who.mac,
        "wifi": {"ssid": "HomeNet", "password": "correct-horse"},
        "mqtt": {"host": "broker.example", "username": "lamp", "password": "s3cret"},
    }


def test_devices_claim_what_is_theirs(
    controller: Device, world: World, lamp: Claimant, other: Claimant
) -> None:
    house = {"name": "House", "mac": other.mac, "ports": {"1": {"id": "S22"}}}
    put(controller, "controllers", HOUSE, house)
    told = switch_on(controller)
    answer = controller.api("GET", API).json
    assert answer["enabled"] is True
    assert answer["ssid"] == "FireFly-Provisioning"
    assert answer["password"] == password_of(told["bssid"])
    assert told["txPowerActual"] == told["txPowerRequested"] == 2.0

    bssid = eventually(lamp.finds, what="the SoftAP is on channel 1")
    assert bssid.lower() == told["bssid"]
    lamp.arrives(bssid)
    assert other.joins(bssid) != "connected"  # one at a time
    other.station.leave()

    nonce = lamp.nonce()
    assert lamp.claims("client", "1").status == 401
    assert lamp.claims("client", nonce, mac=other.mac).status == 401
    assert lamp.claims("controller", nonce).status == 404  # it is a client; the nonce is spent
    assert lamp.claims("client", nonce).status == 401
    first = lamp.nonce()
    assert lamp.claims("client", lamp.nonce()).json == client(lamp)
    assert lamp.claims("client", first).status == 401  # replaced by the second one
    assert lamp.asks(f"{API}/certs", mac_address=lamp.mac).status == 404
    assert lamp.asks(f"{API}/certs").status == 400
    assert lamp.asks(f"{API}/client", method="POST").status == 405
    assert lamp.asks(f"{API}/status").status == 404
    assert lamp.asks("/api/health", port=8080, seconds=3).status == 0

    # While the lamp is on, somebody on the cable tries everything, as if from inside.
    world.wired.route("192.168.4.0/24")
    for path in ENDPOINTS:
        for port in (80, 8080):
            url = f"http://{CONTROLLER}:{port}{API}/{path}"
            got = curl(
                world.inside, world.wired.name, url, seconds=4, mac_address=lamp.mac, x_nonce="1"
            )
            assert got.status in {0, 403}, (url, got)
    assert not lamp_reaches(world, lamp, world.wired.address)

    lamp.station.leave()
    eventually(lambda: other.joins(bssid), lambda seen: seen == "connected", what="it is free")
    assert other.station.lease() is not None
    bundle = other.claims("controller").json
    [one] = bundle["clients"]
    assert one == {"uuid": LAMP, **client(lamp)}
    [own] = bundle["controllers"]
    assert own["uuid"] == HOUSE
    # The lamp was configured for that port, and it is written down.
    assert own["ports"]["1"] == {"id": "S22", "clientUUID": LAMP}

    states = {one["mac"]: one["state"] for one in session(controller)["devices"]}
    assert states == {lamp.mac: "configured", other.mac: "configured"}

    other.station.leave()
    assert controller.api("DELETE", API).status == 202
    assert goes_off(controller)["ended"]["reason"] == "asked"
    assert controller.api("GET", API).json == {"enabled": False}
    assert lamp.finds() is None


def lamp_reaches(world: World, lamp: Claimant, address: str) -> bool:
    ping = world.inside.run(
        "busybox", "ping", "-c", "1", "-W", "2", address, netns=lamp.station.name
    )
    return ping.rc == 0


@pytest.mark.attack(
    "An unregistered device that joins the SoftAP",
    guard="Provisioning Mode ends at once",
)
def test_a_stranger_ends_it_at_once(controller: Device, lamp: Claimant, other: Claimant) -> None:
    bssid = switch_on(controller)["bssid"]
    other.joins(bssid)
    ended = goes_off(controller)["ended"]
    assert (ended["reason"], ended["mac"]) == ("rogue_station", other.mac)
    assert "provisioning.rogue" in controller.events("provisioning.rogue")
    other.station.leave()
    assert lamp.finds() is None


@pytest.mark.attack(
    "Guessing nonces",
    guard="five bad ones in a row end Provisioning Mode",
)
@pytest.mark.lengthy
def test_five_bad_nonces_end_it(controller: Device, lamp: Claimant) -> None:
    lamp.arrives(switch_on(controller)["bssid"])
    lamp.nonce()
    answers = [lamp.claims("client", str(wrong)).status for wrong in range(5)]
    assert answers == [401] * 5
    assert goes_off(controller)["ended"]["reason"] == "bad_nonces"
    assert lamp.asks(f"{API}/nonce", seconds=3).status in {0, 409}


@pytest.mark.lengthy
def test_its_time_is_over(device: Device, world: World, lamp: Claimant) -> None:
    device.configure("[provisioning]\nttl_seconds = 12\n")
    device.start()
    put(device, "clients", LAMP, client(lamp))
    switch_on(device)
    assert goes_off(device)["ended"]["reason"] == "expired"
    assert lamp.finds() is None
    device.stop()


def test_killed_while_it_is_on(controller: Device, world: World, lamp: Claimant) -> None:
    bssid = switch_on(controller)["bssid"]
    lamp.arrives(bssid)
    controller.kill()
    # Nobody serves any more, and the dead end stays one.
    assert lamp.asks(f"{API}/nonce", seconds=3).status == 0
    assert not lamp_reaches(world, lamp, world.wired.address)
    controller.start()
    eventually(lambda: lamp.finds() is None, what="the SoftAP is off the air", within=90)
    assert controller.api("GET", API).json == {"enabled": False}
    assert json.loads(controller.api("GET", f"/api/clients/{LAMP}").body) == client(lamp)
