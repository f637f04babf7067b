"""What a device makes of what it was given."""

import json

import msgspec
import pytest

from firstlight.model.claim import Role
from firstlight.model.claimed import Claimed, ClaimedBroker
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest
from firstlight.model.registry import ClientCa
from firstlight.model.ssid import Ssid

CA = ClientCa(fingerprint="AA", pem="pem")


def claimed(ca: ClientCa | None = None, **record: object) -> Claimed:
    raw = msgspec.Raw(json.dumps({"name": "Hallway"} | record).encode())
    return Claimed(role=Role.CLIENT, at=1, controller="a1:b2:c3:d4:e5:f6", record=raw, ca=ca)


def test_the_network_that_was_given() -> None:
    given = claimed(wifi={"ssid": "Lighthouse", "password": "correct-horse"})
    assert given.wifi() == JoinRequest(
        ssid=Ssid(b"Lighthouse"), passphrase=Passphrase("correct-horse")
    )
    assert claimed(wifi={"ssid": "Café"}).wifi() == JoinRequest(ssid=Ssid("Café".encode()))


@pytest.mark.parametrize(
    "record", [{}, {"wifi": None}, {"wifi": {}}, {"wifi": {"password": "x" * 8}}]
)
def test_no_network(record: dict[str, object]) -> None:
    assert claimed(**record).wifi() is None


def test_the_broker_that_was_given() -> None:
    given = {"host": "b", "port": 8883, "username": "u", "password": "p", "later": 1}
    assert claimed(CA, mqtt=given).mqtt() == ClaimedBroker(
        host="b", port=8883, username="u", password="p", ca_pem="pem"
    )
    assert claimed(mqtt={"host": "b"}).mqtt() == ClaimedBroker(host="b")


@pytest.mark.parametrize("record", [{}, {"mqtt": None}, {"mqtt": {"port": 1}}])
def test_no_broker(record: dict[str, object]) -> None:
    assert claimed(CA, **record).mqtt() is None


def test_a_controller_has_neither() -> None:
    controller = Claimed(role=Role.CONTROLLER, at=1, controller="x", clients=3)
    assert controller.client is None
    assert controller.wifi() is None
    assert controller.mqtt() is None


def test_no_secret_is_shown() -> None:
    given = claimed(
        wifi={"ssid": "s", "password": "secret-wifi"}, mqtt={"host": "h", "password": "secret-mqtt"}
    )
    shown = f"{given!r} {given.client!r} {given.mqtt()!r} {given.wifi()!r}"
    assert "secret-" not in shown
