"""docs/protocol/vectors.json: what a target sends, and what it makes of the answers."""

import json
from typing import Any

from firstlight.model.claim import Role
from firstlight.model.mac import MacAddress
from firstlight.model.registry import ClientCa
from firstlight.provisioning import protocol, softap
from firstlight.provisioning.claim import causes
from firstlight.provisioning.protocol import (
    Answer,
    ClientContent,
    ControllerContent,
    Refusal,
    Request,
)

BSSIDS = (
    "A1:B2:C3:D4:E5:F6",
    "00:00:00:00:00:00",
    "FF:FF:FF:FF:FF:FF",
    "01:23:45:67:89:AB",
    "0a:0b:0c:0d:0e:0f",
    "F0:F0:F0:F0:F0:F0",
    "02:00:00:00:01:00",
)
MAC = MacAddress("24:6f:28:aa:bb:cc")
NONCES = (0, 1, 3405691582, protocol.LARGEST_NONCE)
PEM = """\
-----BEGIN CERTIFICATE-----
MIIBRzCB76ADAgECAgEBMAoGCCqGSM49BAMCMCIxIDAeBgNVBAMMF0ZpcnN0bGln
aHQgdGVzdCB2ZWN0b3JzMB4XDTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFow
IjEgMB4GA1UEAwwXRmlyc3RsaWdodCB0ZXN0IHZlY3RvcnMwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAREM8o9hBnxZnVpBFpiGe/VAKvia02UdXv9inBF49LBWp00
Eemw5YLVLg7j0KVEUY9ep8ce3CLLlsY5FNmVsT7woxYwFDASBgNVHRMBAf8ECDAG
AQH/AgEAMAoGCCqGSM49BAMCA0cAMEQCIG1kzpmFlHXJAHspVAknO7oA3WHLioIt
Xb5z+QXdZffXAiBtGbk+NSKYsYnU00pW6PvyhrBCO7udX7+WzdncMNTFmw==
-----END CERTIFICATE-----
"""
FINGERPRINT = protocol.fingerprint_of(PEM)
CLIENT = {
    "name": "Hallway",
    "id": "H1",
    "mac_address": MAC,
    "mqtt": {"host": "broker.home.example", "port": 8883, "username": "u", "password": "p"},
    "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
}
UUID = "7e57ed00-0000-4000-8000-000000000001"
BUNDLE = {"controllers": [{"uuid": UUID, "name": "Cellar"}], "clients": []}
STATUSES = (302, 401, 403, 404, 409, 500)

Vector = dict[str, Any]


def page() -> str:
    """The whole file."""
    vectors = {
        "about": "Made by tools/diagrams from provisioning/protocol.py; see README.md.",
        "ssid": softap.SSID.text,
        "channel": softap.CHANNEL,
        "address": protocol.HOST,
        "port": protocol.PORT,
        "passwords": [
            {"bssid": bssid, "password": softap.passphrase_of(MacAddress(bssid)).reveal()}
            for bssid in BSSIDS
        ],
        "requests": _requests(),
        "answers": _answers(),
        "fingerprints": [{"pem": PEM, "fingerprint": FINGERPRINT}],
        "refusals_in_order": [405, 403, 409, 401, 404],
        "causes": [
            {
                "cause": cause.value,
                "another_controller_may_help": cause not in causes.OUR_OWN,
                "message": words.message,
            }
            for cause, words in causes.WORDS.items()
        ],
    }
    return json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"


def _requests() -> list[Vector]:
    made = [_request("nonce", protocol.nonce_request())]
    for role in Role:
        for nonce in NONCES:
            request = protocol.configuration_request(role, MAC, nonce)
            made.append(_request(role.value, request, mac=MAC, nonce=nonce))
    made.append(_request("certs", protocol.certificate_request(MAC), mac=MAC))
    return made


def _request(name: str, request: Request, **given: Any) -> Vector:
    return {
        "name": name,
        "given": given,
        "method": request.method,
        "path": request.path,
        "headers": [list(header) for header in request.headers],
        "bytes": request.encoded().decode("ascii"),
        "largest_answer": request.limit,
    }


def _answers() -> list[Vector]:
    made: list[Vector] = []
    for to in ("nonce", "client", "controller", "certs"):
        made += [_answer(to, status, {"error": "no"}) for status in STATUSES]
        made += [_answer(to, 200, body, raw=True) for body in ("", "{", "[]", "null", '"x"')]
    made += [_answer("nonce", 200, {"nonce": nonce}) for nonce in NONCES]
    made += [
        _answer("nonce", 200, body)
        for body in ({}, {"nonce": -1}, {"nonce": 2**32}, {"nonce": "7"}, {"nonce": 1.5})
    ]
    made.append(_answer("nonce", 200, {"nonce": True}))
    made += [
        _answer("client", 200, body)
        for body in (CLIENT, {"name": "Bare"}, CLIENT | {"new": {"in": "the future"}}, {"name": ""})
    ]
    made += [
        _answer("client", 200, body, deep=True)
        for body in (
            {"name": "x" * 21},
            {"name": "X", "wifi": {"ssid": "s", "password": "short"}},
            {"name": "X", "mqtt": {"host": "h", "port": 0}},
        )
    ]
    made += [
        _answer("controller", 200, body)
        for body in (BUNDLE, {"controllers": [], "clients": []}, {"controllers": []})
    ]
    made += [
        _answer("controller", 200, body, deep=True)
        for body in (
            {"controllers": [{"name": "No UUID"}], "clients": []},
            {"controllers": BUNDLE["controllers"] * 2, "clients": []},
            {"controllers": [{"uuid": "7", "name": "X"}], "clients": []},
        )
    ]
    body = "".join(PEM.splitlines()[1:-1])
    other = PEM.replace(body[:8], "AAAAAAAA", 1)
    made += [
        _answer("certs", 200, {"fingerprint": fingerprint, "pem": pem})
        for fingerprint, pem in (
            (FINGERPRINT, PEM),
            (str(FINGERPRINT).lower(), PEM),
            (FINGERPRINT, other),
            ("", PEM),
            (FINGERPRINT, "no certificate"),
            (FINGERPRINT, PEM + PEM),
            (FINGERPRINT, PEM.replace("CERTIFICATE", "PRIVATE KEY")),
        )
    ]
    made.append(_answer("certs", 200, {"pem": PEM}))
    return made


def _answer(to: str, status: int, body: object, *, raw: bool = False, deep: bool = False) -> Vector:
    """``deep``: a small target that does not look so closely may take it."""
    text = str(body) if raw else json.dumps(body)
    read = _read(to, Answer(status, text.encode()))
    vector: Vector = {"to": to, "status": status, "body": text}
    match read:
        case Refusal(cause):
            vector["cause"] = cause.value
        case None:
            vector["value"] = None
        case ClientCa():
            vector["value"] = read.fingerprint
        case ClientContent() | ControllerContent():
            vector["value"] = "as it came"
        case _:
            vector["value"] = read
    return vector | ({"deep": True} if deep else {})


def _read(to: str, answer: Answer) -> Any:
    match to:
        case "nonce":
            return protocol.read_nonce(answer)
        case "certs":
            return protocol.read_certificate(answer)
        case role:
            return protocol.read_configuration(Role(role), answer)
