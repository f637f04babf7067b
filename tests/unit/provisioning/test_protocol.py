"""Requests byte for byte, and what every answer comes to."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.target.controller import BUNDLE, CLIENT, FINGERPRINT, PEM, UUIDS, answer

from firstlight.model.claim import ClaimCause, Role
from firstlight.model.mac import MacAddress
from firstlight.model.records import RecordKind
from firstlight.model.registry import ClientCa
from firstlight.provisioning import protocol
from firstlight.provisioning.protocol import Answer, ClientContent, ControllerContent, Refusal
from firstlight.provisioning.softap import passphrase_of

VECTORS = json.loads(Path(__file__).parents[3].joinpath("docs/protocol/vectors.json").read_text())
MAC = MacAddress("24:6F:28:AA:BB:CC")


def bad(read: object) -> str:
    assert isinstance(read, Refusal)
    assert read.cause is ClaimCause.BAD_ANSWER
    return read.detail


@pytest.mark.parametrize("vector", VECTORS["passwords"], ids=lambda one: one["bssid"])
def test_passwords(vector: dict[str, str]) -> None:
    assert passphrase_of(MacAddress(vector["bssid"])).reveal() == vector["password"]


def test_a_request_byte_for_byte() -> None:
    request = protocol.configuration_request(Role.CLIENT, MAC, 3405691582)
    assert request.encoded() == (
        b"GET /api/provisioning/client HTTP/1.1\r\n"
        b"Host: 192.168.4.1\r\n"
        b"mac-address: 24:6f:28:aa:bb:cc\r\n"
        b"x-nonce: 3405691582\r\n"
        b"Accept: application/json\r\n"
        b"Connection: close\r\n"
        b"\r\n"
    )
    assert "3405691582" not in repr(request)
    bundle = protocol.configuration_request(Role.CONTROLLER, MAC, 1)
    assert (bundle.path, bundle.limit) == ("/api/provisioning/controller", 8 * 2**20)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (401, ClaimCause.UNAUTHORIZED),
        (403, ClaimCause.FORBIDDEN),
        (404, ClaimCause.BAD_ANSWER),
        (409, ClaimCause.INACTIVE),
        (302, ClaimCause.BAD_ANSWER),
        (204, ClaimCause.BAD_ANSWER),
        (500, ClaimCause.BAD_ANSWER),
    ],
)
def test_refusals(status: int, cause: ClaimCause) -> None:
    told = protocol.read_nonce(answer({"nonce": 1}, status))
    assert told == Refusal(cause, f"status {status}")


def test_404_means_something_of_its_own_for_records_and_certificates() -> None:
    record = protocol.read_configuration(Role.CONTROLLER, answer({}, 404))
    assert record == Refusal(ClaimCause.NOT_REGISTERED, "status 404")
    assert protocol.read_certificate(answer({}, 404)) is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b'"x"', b"[" * 100_000])
def test_what_is_no_object(body: bytes) -> None:
    whole = Answer(200, body)
    bad(protocol.read_nonce(whole))
    bad(protocol.read_configuration(Role.CLIENT, whole))
    bad(protocol.read_configuration(Role.CONTROLLER, whole))
    bad(protocol.read_certificate(whole))


@pytest.mark.parametrize("nonce", [-1, 2**32, 2**80, "1", 1.5, True, None, []])
def test_what_is_no_nonce(nonce: object) -> None:
    assert "nonce" in bad(protocol.read_nonce(answer({"nonce": nonce})))


@given(st.integers(0, 2**32 - 1))
def test_every_nonce_of_32_bits(nonce: int) -> None:
    assert protocol.read_nonce(answer({"nonce": nonce})) == nonce


def test_a_record_is_kept_as_it_came() -> None:
    raw = json.dumps(CLIENT | {"of": "a newer version"}).encode()
    read = protocol.read_configuration(Role.CLIENT, Answer(200, raw))
    assert read == ClientContent(raw)
    assert "secret" not in repr(read)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"wifi": {"ssid": ""}}, "wifi.ssid"),
        ({"wifi": {"ssid": "s", "password": "short"}}, "wifi.password"),
        ({"wifi": {"ssid": "s", "password": "tab\tcharacter"}}, "wifi"),
        ({"mqtt": {"host": "h", "port": 70_000}}, "mqtt.port"),
        ({"mqtt": "broker"}, "mqtt"),
    ],
)
def test_a_record_with_a_fault_names_the_field_and_no_value(
    change: dict[str, Any], field: str
) -> None:
    told = bad(protocol.read_configuration(Role.CLIENT, answer(CLIENT | change)))
    assert field in told
    assert "short" not in told.replace("shorter", "")


def test_the_whole_bundle() -> None:
    read = protocol.read_configuration(Role.CONTROLLER, answer(BUNDLE))
    assert isinstance(read, ControllerContent)
    assert [(kind, uuid) for kind, uuid, _ in read.records] == [
        (RecordKind.CONTROLLER, UUIDS[0]),
        *((RecordKind.CLIENT, uuid) for uuid in UUIDS[1:4]),
    ]
    assert read.records[1][2].name == "Client 0"
    assert not hasattr(read.records[1][2], "uuid")
    assert repr(read) == "ControllerContent(4 records)"


@pytest.mark.parametrize(
    "change",
    [
        {"clients": None},
        {"controllers": [{"uuid": UUIDS[0]}]},
        {"controllers": [{"uuid": "7", "name": "X"}]},
        {"controllers": [{"uuid": UUIDS[0], "surplus": 1}]},
        {"clients": [{"uuid": UUIDS[0], "name": "X", "hids": {"9": {"surplus": 1}}}]},
        {"clients": [{"uuid": UUIDS[0], "name": "X"}, {"uuid": UUIDS[0].upper(), "name": "Y"}]},
    ],
)
def test_a_bundle_with_a_fault(change: dict[str, Any]) -> None:
    assert bad(protocol.read_configuration(Role.CONTROLLER, answer(BUNDLE | change)))


def test_what_a_newer_controller_tells_besides_is_left_out() -> None:
    known: dict[str, Any] = {
        "name": "Main",
        "ports": {"1": {"id": "P1", "channels": {"2": {"enabled": True}}}},
    }
    newer = {
        "uuid": UUIDS[0],
        "surplus": 1,
        **known,
        "ports": {"1": {"id": "P1", "channels": {"2": {"enabled": True, "surplus": [1]}}, "x": {}}},
    }
    read = protocol.read_configuration(Role.CONTROLLER, answer(BUNDLE | {"controllers": [newer]}))
    assert isinstance(read, ControllerContent)
    assert json.loads(msgspec.json.encode(read.records[0][2])) == known


def test_a_certificate_with_its_own_fingerprint() -> None:
    told = protocol.read_certificate(answer({"fingerprint": FINGERPRINT, "pem": PEM}))
    assert told == ClientCa(str(FINGERPRINT), PEM)
    lower = answer({"fingerprint": str(FINGERPRINT).lower(), "pem": PEM})
    assert protocol.read_certificate(lower) == told


def test_a_certificate_with_anothers_fingerprint() -> None:
    told = protocol.read_certificate(answer({"fingerprint": "AA:" * 500, "pem": PEM}))
    assert isinstance(told, Refusal)
    assert told.cause is ClaimCause.FINGERPRINT_MISMATCH
    assert len(told.detail) < 300


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "text",
        PEM + PEM,
        PEM.replace("CERTIFICATE", "PRIVATE KEY"),
        PEM.replace("Rmly", "####"),
        "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_not_one_certificate(pem: str) -> None:
    bad(protocol.read_certificate(answer({"fingerprint": FINGERPRINT, "pem": pem})))


@given(st.sampled_from(Role), st.integers(100, 599), st.binary(max_size=60))
def test_nothing_is_ever_raised(role: Role, status: int, body: bytes) -> None:
    whole = Answer(status, body)
    protocol.read_nonce(whole)
    protocol.read_configuration(role, whole)
    protocol.read_certificate(whole)
