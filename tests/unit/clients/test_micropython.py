"""The MicroPython client: held to the vectors, and run against a controller on loopback."""

import importlib.util
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "clients" / "micropython" / "firstlight_claim.py"
SCRIPT = Path(__file__).with_name("under_micropython.py")
VECTORS_FILE = ROOT / "docs/protocol/vectors.json"
VECTORS = json.loads(VECTORS_FILE.read_text())
BSSID = bytes.fromhex("a1b2c3d4e5f6")
OTHER = bytes.fromhex("020000000001")
CHUNKED = b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n"
MAC = "24:6f:28:aa:bb:cc"
CONFIGURATION = {"name": "Hallway", "wifi": {"ssid": "Lighthouse", "password": "correct-horse"}}


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("firstlight_claim", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


client = loaded()
READ: dict[str, Callable[[int, bytes], Any]] = {
    "nonce": client.read_nonce,
    "client": lambda status, body: client.read_configuration("client", status, body),
    "controller": lambda status, body: client.read_configuration("controller", status, body),
    "certs": client.read_certificate,
}


def named(vector: dict[str, Any]) -> str:
    return f"{vector['to']}-{vector['status']}-{vector['body'][:24]}"


def test_it_is_short_and_needs_nothing_but_micropython() -> None:
    assert len(CLIENT.read_text().splitlines()) < 250


@pytest.mark.parametrize("vector", VECTORS["passwords"], ids=lambda one: one["bssid"])
def test_passwords(vector: dict[str, str]) -> None:
    assert client.password(bytes.fromhex(vector["bssid"].replace(":", ""))) == vector["password"]


@pytest.mark.parametrize(
    "vector", VECTORS["requests"], ids=lambda one: f"{one['name']}-{one['given']}"
)
def test_requests_byte_for_byte(vector: dict[str, Any]) -> None:
    made = client.request(vector["name"], **vector["given"])
    assert made == vector["bytes"].encode()
    assert client.LARGEST[vector["name"]] == vector["largest_answer"]


@pytest.mark.parametrize("vector", VECTORS["answers"], ids=named)
def test_answers(vector: dict[str, Any]) -> None:
    read, body = READ[vector["to"]], vector["body"].encode()
    if "value" in vector or vector.get("deep"):
        found = read(vector["status"], body)
        if vector["to"] == "nonce":
            assert found == vector["value"]
        elif vector.get("value") and vector["to"] == "certs":
            assert client.fingerprint_of(found) == vector["value"]
        elif vector["to"] != "certs":
            assert found == json.loads(body)
        return
    with pytest.raises(client.Refused) as refused:
        read(vector["status"], body)
    assert refused.value.cause == vector["cause"]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", (200, b"hi")),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno", (404, b"no")),
        (
            CHUNKED + b"3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n",
            (200, b"abcd"),
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc\r\n", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\n", None),
        (b"SSH-2.0-OpenSSH\r\n\r\n", None),
        (b"", None),
    ],
)
def test_answers_as_they_come(raw: bytes, found: tuple[int, bytes] | None) -> None:
    if found is not None:
        assert client.read_answer(raw) == found
        return
    with pytest.raises(client.Refused, match="bad_answer"):
        client.read_answer(raw)


def test_every_vector_under_micropython_itself() -> None:
    program = Path(sys.executable).with_name("micropython")
    assert program.exists(), "the Unix port of MicroPython is missing: make setup"
    ran = subprocess.run(
        [program, SCRIPT, CLIENT.parent, VECTORS_FILE],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    counts = (len(VECTORS[name]) for name in ("passwords", "requests", "answers", "fingerprints"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "differs" not in ran.stdout
    seen = int(ran.stdout.rpartition("seen: ")[2])
    assert seen >= sum(counts) - sum("deep" in one for one in VECTORS["answers"])


class Radio:
    """``network.WLAN`` with access points around it: BSSID to signal."""

    STA_IF = 0

    def __init__(self, around: dict[bytes, int], joins: bool = True) -> None:
        self.around, self.joins = around, joins
        self.joined: list[tuple[str, str, bytes]] = []
        self.said: list[object] = []

    def WLAN(self, _interface: int) -> "Radio":  # noqa: N802  as MicroPython has it
        return self

    def active(self, on: bool) -> None:
        self.said.append(on)

    def scan(self) -> list[tuple[bytes, bytes, int, int, int, bool]]:
        others = [
            (b"Lighthouse", OTHER, 6, -20, 3, False),
            (b"FireFly-Provisioning", OTHER, 1, -1, 0, False),
        ]
        return others + [
            (b"FireFly-Provisioning", bssid, 1, signal, 3, False)
            for bssid, signal in self.around.items()
        ]

    def config(self, *asked: str, **wanted: int) -> bytes:
        self.said.append(wanted or asked)
        return bytes.fromhex(MAC.replace(":", ""))

    def connect(self, ssid: str, password: str, bssid: bytes) -> None:
        self.joined.append((ssid, password, bssid))

    def isconnected(self) -> bool:
        return self.joins


class Controller(BaseHTTPRequestHandler):
    """Answers as it was told; ``asked`` is what came."""

    answers: ClassVar[dict[str, tuple[int, object]]]
    asked: ClassVar[list[tuple[str, str | None, str | None]]]

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        self.asked.append((name, self.headers["mac-address"], self.headers["x-nonce"]))
        status, body = self.answers[name]
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def controller(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Controller]]:
    certificate = VECTORS["fingerprints"][0]

    class Here(Controller):
        answers: ClassVar = {
            "nonce": (200, {"nonce": 7}),
            "client": (200, CONFIGURATION),
            "certs": (200, certificate),
        }
        asked: ClassVar = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setattr(client, "ADDRESS", "127.0.0.1")
    monkeypatch.setattr(client, "PORT", server.server_port)
    monkeypatch.setattr(client, "why", "")
    monkeypatch.chdir(tmp_path)
    yield Here
    server.shutdown()
    server.server_close()
    thread.join()


def radio(
    monkeypatch: pytest.MonkeyPatch, around: dict[bytes, int], *, joins: bool = True
) -> Radio:
    made = Radio(around, joins)
    monkeypatch.setitem(sys.modules, "network", made)  # type: ignore[arg-type]
    return made


def test_a_claim_from_scan_to_flash(
    controller: type[Controller], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wlan = radio(monkeypatch, {OTHER: -70, BSSID: -40})
    found = client.main()
    assert found["configuration"] == CONFIGURATION
    assert found["ca"] == VECTORS["fingerprints"][0]["pem"]
    assert wlan.joined == [("FireFly-Provisioning", "A6B5C4D3E2F1", BSSID)]
    assert wlan.said == [True, {"txpower": 2}, ("mac",), False]
    assert controller.asked == [("nonce", None, None), ("client", MAC, "7"), ("certs", MAC, None)]
    assert [path.name for path in tmp_path.iterdir()] == ["firstlight.json"]
    wlan.around.clear()
    assert client.main() == found
    assert len(controller.asked) == 3


def test_the_strongest_first_then_the_next(
    controller: type[Controller], monkeypatch: pytest.MonkeyPatch
) -> None:
    wlan = radio(monkeypatch, {OTHER: -70, BSSID: -40})
    controller.answers["client"] = (404, {})
    assert client.main() is None
    assert client.why == "not_registered"
    assert [bssid for _, _, bssid in wlan.joined] == [BSSID, OTHER]


def test_nothing_is_stored_where_anything_is_wrong(
    controller: type[Controller], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    radio(monkeypatch, {BSSID: -40})
    controller.answers["certs"] = (
        200,
        {"fingerprint": "AA", "pem": VECTORS["fingerprints"][0]["pem"]},
    )
    assert client.main() is None
    assert client.why == "fingerprint_mismatch"
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_and_nobody_to_join(
    controller: type[Controller], monkeypatch: pytest.MonkeyPatch
) -> None:
    radio(monkeypatch, {})
    assert client.main() is None
    assert client.why == "nothing_found"
    radio(monkeypatch, {BSSID: -40}, joins=False)
    monkeypatch.setattr(client, "JOIN_SECONDS", -1)
    assert client.main() is None
    assert client.why == "could_not_join"
    assert controller.asked == []


def test_a_controller_that_is_gone(
    controller: type[Controller], monkeypatch: pytest.MonkeyPatch
) -> None:
    radio(monkeypatch, {BSSID: -40})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(client, "PORT", taken.getsockname()[1])
        assert client.main() is None
    assert client.why == "unreachable"
