"""Both ends of the protocol on one machine: targets claim from the real SoftAP server."""

import asyncio
import importlib.util
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.api.fake_registry import FakeDesk

from firstlight.model.claim import ClaimCause, Role
from firstlight.model.mac import MacAddress
from firstlight.model.records import Client, RecordKind, Wifi
from firstlight.model.registry import ClientCa, Entry
from firstlight.provisioning import protocol
from firstlight.provisioning.protocol import (
    Answer,
    ClientContent,
    ControllerContent,
    Refusal,
    Request,
    fingerprint_of,
)
from firstlight.target.http import SocketHttp
from firstlight.web.listeners import bind_tcp
from firstlight.web.softap.server import SoftApServer

ROOT = Path(__file__).parents[2]
MAC = MacAddress("24:6f:28:aa:bb:cc")
PEM = json.loads((ROOT / "docs/protocol/vectors.json").read_text())["fingerprints"][0]["pem"]
RECORD = Client(name="Hall", id="H1", mac_address=MAC, wifi=Wifi(ssid="s", password="12345678"))
RECORDS = 200


def bundle() -> list[bytes]:
    """Long enough to come in many pieces."""
    uuids = (f"{number:08x}-0000-4000-8000-000000000000" for number in range(RECORDS))
    clients = [{"uuid": uuid, "name": f"Client {uuid[4:8]}"} for uuid in uuids]
    whole = json.dumps({"controllers": [], "clients": clients}).encode()
    return [whole[at : at + 1000] for at in range(0, len(whole), 1000)]


@pytest.fixture
async def desk() -> FakeDesk:
    made = FakeDesk(MAC, Entry(kind=RecordKind.CLIENT, uuid="u", version=1, record=RECORD))
    made.pieces = bundle()
    made.ca = ClientCa(str(fingerprint_of(PEM)), PEM)
    return made


@pytest.fixture
async def port(desk: FakeDesk) -> AsyncIterator[int]:
    listener = bind_tcp("127.0.0.1", 0)
    server = SoftApServer(desk, listener)
    server.start()
    yield listener.getsockname()[1]
    await server.stop()


async def asked(port: int, request: Request) -> Answer:
    found = await SocketHttp("127.0.0.1", port).ask("lo", request)
    assert isinstance(found, Answer), found
    return found


async def configuration(port: int, role: Role) -> Any:
    nonce = protocol.read_nonce(await asked(port, protocol.nonce_request()))
    assert isinstance(nonce, int)
    request = protocol.configuration_request(role, MAC, nonce)
    return protocol.read_configuration(role, await asked(port, request))


async def test_a_client_claims(port: int) -> None:
    found = await configuration(port, Role.CLIENT)
    assert isinstance(found, ClientContent)
    assert json.loads(found.record)["wifi"] == {"ssid": "s", "password": "12345678"}
    ca = protocol.read_certificate(await asked(port, protocol.certificate_request(MAC)))
    assert ca == ClientCa(str(fingerprint_of(PEM)), PEM)


async def test_a_controller_claims_all_records(port: int) -> None:
    found = await configuration(port, Role.CONTROLLER)
    assert isinstance(found, ControllerContent)
    assert len(found.records) == RECORDS


async def test_refusals(port: int, desk: FakeDesk) -> None:
    stale = protocol.configuration_request(Role.CLIENT, MAC, 7)
    found = protocol.read_configuration(Role.CLIENT, await asked(port, stale))
    assert isinstance(found, Refusal)
    assert found.cause is ClaimCause.UNAUTHORIZED
    desk.ca = None
    certificate = await asked(port, protocol.certificate_request(MAC))
    assert protocol.read_certificate(certificate) is None
    desk.entry = None
    nobody = await configuration(port, Role.CLIENT)
    assert nobody.cause is ClaimCause.NOT_REGISTERED
    desk.active = False
    off = protocol.read_nonce(await asked(port, protocol.nonce_request()))
    assert isinstance(off, Refusal)
    assert off.cause is ClaimCause.INACTIVE


class Wlan:
    """``network`` with one controller, which is joined at once."""

    STA_IF = 0

    def WLAN(self, _interface: int) -> "Wlan":  # noqa: N802  as MicroPython has it
        return self

    def active(self, _on: bool) -> None: ...

    def scan(self) -> list[tuple[bytes, bytes, int, int, int, bool]]:
        return [(b"FireFly-Provisioning", bytes(6), 1, -40, 3, False)]

    def config(self, *_: str, **__: int) -> bytes:
        return bytes.fromhex(MAC.replace(":", ""))

    def connect(self, *_: str, **__: bytes) -> None: ...

    def isconnected(self) -> bool:
        return True


@pytest.fixture
def micropython(port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The microcontrollers' client, its sockets leading here."""
    path = ROOT / "clients/micropython/firstlight_claim.py"
    spec = importlib.util.spec_from_file_location("firstlight_claim", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ADDRESS", "127.0.0.1")
    monkeypatch.setattr(module, "PORT", port)
    monkeypatch.setitem(sys.modules, "network", Wlan())  # type: ignore[arg-type]
    monkeypatch.chdir(tmp_path)
    return module


async def test_a_microcontroller_claims(micropython: ModuleType) -> None:
    found = await asyncio.to_thread(micropython.main)
    assert found["configuration"]["name"] == "Hall"
    assert found["ca"] == PEM


async def test_a_microcontroller_that_is_a_controller(micropython: ModuleType) -> None:
    found = await asyncio.to_thread(micropython.main, "controller")
    assert len(found["configuration"]["clients"]) == RECORDS


async def test_a_microcontroller_that_nobody_knows(micropython: ModuleType, desk: FakeDesk) -> None:
    desk.entry = None
    assert await asyncio.to_thread(micropython.main) is None
    assert micropython.why == "not_registered"
