"""What is handed out inside the SoftAP, and how the main application refuses the same."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.fake_registry import FakeDesk
from tests.api.fake_service import FakeService
from tests.api.serving import exchange, request_bytes, serving

from firstlight.errors import Code, StoreFailure
from firstlight.model.records import Client, RecordKind
from firstlight.model.registry import ClientCa, Entry
from firstlight.web.access import SOFTAP_ONLY
from firstlight.web.app import create_app
from firstlight.web.connection import Bounds
from firstlight.web.listeners import bind_tcp
from firstlight.web.settings import WebSettings
from firstlight.web.softap.app import create_softap_app
from firstlight.web.softap.server import BOUNDS, SoftApServer

API = "/api/provisioning"
MAC = "a1:b2:c3:d4:e5:f6"
RECORD = Client(name="Hall", id="H1", mac=MAC)
CA = ClientCa("AA:BB", "-----BEGIN CERTIFICATE-----")
OTHERS = ("POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


@pytest.fixture
def desk() -> FakeDesk:
    entry = Entry(kind=RecordKind.CLIENT, uuid="u", version=1, record=RECORD)
    desk = FakeDesk(MAC, entry)
    desk.ca = CA
    return desk


@pytest.fixture
async def station(desk: FakeDesk) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_softap_app(desk), client=("192.168.4.2", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1") as client:
        yield client


async def nonce(station: httpx.AsyncClient) -> str:
    return str((await station.get(f"{API}/nonce")).json()["nonce"])


async def test_a_client_is_given_its_record_once(station: httpx.AsyncClient) -> None:
    headers = {"mac-address": "A1-B2-C3-D4-E5-F6", "x-nonce": await nonce(station)}
    answer = await station.get(f"{API}/client", headers=headers)
    assert answer.json() == {"name": "Hall", "id": "H1", "mac_address": MAC}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await station.get(f"{API}/client", headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, Code.UNAUTHORIZED)


async def test_a_new_nonce_replaces_the_last(station: httpx.AsyncClient) -> None:
    old, new = await nonce(station), await nonce(station)
    for given_, status in ((old, 401), (new, 401)):
        headers = {"mac-address": MAC, "x-nonce": given_}
        assert (await station.get(f"{API}/client", headers=headers)).status_code == status
    headers = {"mac-address": MAC, "x-nonce": await nonce(station)}
    assert (await station.get(f"{API}/client", headers=headers)).status_code == 200


async def test_a_controller_is_given_everything(station: httpx.AsyncClient, desk: FakeDesk) -> None:
    headers = {"mac-address": MAC, "x-nonce": await nonce(station), "x-device-uuid": "u-1"}
    answer = await station.get(f"{API}/controller", headers=headers)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"controllers": [], "clients": []}
    assert desk.asked == [(MAC, headers["x-nonce"], "u-1")]


async def test_the_client_ca(station: httpx.AsyncClient, desk: FakeDesk) -> None:
    path, known = f"{API}/certs", {"mac-address": MAC}
    assert (await station.get(path, headers=known)).json() == {
        "fingerprint": CA.fingerprint, "pem": CA.pem,
    }  # fmt: skip
    assert (await station.get(path)).status_code == 400
    for other in ("a1:b2:c3:d4:e5:f7", "x"):
        assert (await station.get(path, headers={"mac-address": other})).status_code == 401
    desk.ca = None
    assert (await station.get(path, headers=known)).status_code == 404
    desk.active = False
    assert (await station.get(path)).status_code == 409


@pytest.mark.parametrize("path", sorted(SOFTAP_ONLY))
async def test_the_order_of_the_checks(
    station: httpx.AsyncClient, desk: FakeDesk, path: str
) -> None:
    desk.active, desk.entry, desk.ca = False, None, None
    for method in OTHERS:
        answer = await station.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    inactive = await station.get(path)
    assert (inactive.status_code, inactive.json()["error"]) == (409, "Provisioning mode inactive")
    desk.active = True
    if path.endswith("/nonce"):
        return
    assert (await station.get(path)).status_code == (400 if path.endswith("/certs") else 401)
    headers = {"mac-address": MAC, "x-nonce": await nonce(station)}
    assert (await station.get(path, headers=headers)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/api/health", API, f"{API}/", f"{API}/status", f"{API}/nonce/", "/certs", "//"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_there_is_nothing_else(station: httpx.AsyncClient, path: str, method: str) -> None:
    answer = await station.request(method, f"http://192.168.4.1{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND)


NONCES = ["-7", "+7", " 7 7", "7.0", "0x7", "\u0667", "4294967296", "9" * 500, "1e1", "", "\uff17"]


@pytest.mark.parametrize("text", NONCES)
async def test_a_nonce_that_is_none(station: httpx.AsyncClient, desk: FakeDesk, text: str) -> None:
    await nonce(station)
    headers = {b"mac-address": MAC.encode(), b"x-nonce": text.encode()}
    answer = await station.get(f"{API}/client", headers=headers)
    assert answer.status_code == 401


@pytest.mark.attack(
    "Two `mac-address` headers, one for each reader",
    guard="two headers of one name are none",
)
@pytest.mark.parametrize("name", ["mac-address", "x-nonce"])
async def test_of_two_headers_none_is_believed(
    station: httpx.AsyncClient, desk: FakeDesk, name: str
) -> None:
    good = {"mac-address": MAC, "x-nonce": await nonce(station)}
    twice = [*good.items(), (name.upper(), good[name])]
    assert (await station.get(f"{API}/client", headers=twice)).status_code == 401


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(SOFTAP_ONLY)),
    st.lists(
        st.tuples(
            st.sampled_from([b"mac-address", b"x-nonce", b"x-device-uuid"]),
            st.one_of(st.binary(max_size=90), st.just(MAC.encode()), st.just(b"7")),
        ),
        max_size=5,
    ),
)
async def test_no_header_makes_it_fail(path: str, headers: list[tuple[bytes, bytes]]) -> None:
    entry = Entry(kind=RecordKind.CLIENT, uuid="u", version=1, record=RECORD)
    statuses: list[int] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    async def receive() -> dict[str, object]:
        return await asyncio.get_running_loop().create_future()

    scope = {
        "type": "http", "method": "GET", "path": path, "headers": headers,
        "client": ("192.168.4.2", 1), "server": ("192.168.4.1", 80), "query_string": b"",
    }  # fmt: skip
    await create_softap_app(FakeDesk(MAC, entry))(scope, receive, send)  # type: ignore[arg-type]
    assert statuses[0] in {200, 400, 401, 404}


async def test_a_bundle_is_bounded_in_time(
    desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk._nonce = 3_912_345_678
    forever = asyncio.Event()
    closed: list[bool] = []

    async def stuck() -> AsyncIterator[bytes]:
        try:
            yield b'{"controllers":['
            await forever.wait()
        finally:
            closed.append(True)

    desk._bundle = stuck  # type: ignore[method-assign]
    async with (
        serving(create_softap_app(desk, piece_seconds=0.2)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as station,
    ):
        headers = {"mac-address": MAC, "x-nonce": await nonce(station)}
        with pytest.raises(httpx.RemoteProtocolError):
            await station.get(f"{API}/controller", headers=headers)
    assert closed == [True]
    assert headers["x-nonce"] not in caplog.text
    assert MAC not in caplog.text


@pytest.mark.attack(
    "Cutting the line half-way through a bundle",
    guard="the connection breaks, so half is never taken for a whole",
)
async def test_a_bundle_that_breaks_off_is_not_taken_for_whole(desk: FakeDesk) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b'{"controllers":['
        raise StoreFailure("The disk is gone.")

    desk._bundle = broken  # type: ignore[method-assign]
    async with (
        serving(create_softap_app(desk)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as station,
    ):
        headers = {"mac-address": MAC, "x-nonce": await nonce(station)}
        with pytest.raises(httpx.RemoteProtocolError):
            await station.get(f"{API}/controller", headers=headers)


@pytest.mark.unguarded("Cutting the line half-way through a bundle")
async def test_a_half_that_ends_in_good_order_is_taken_for_whole(desk: FakeDesk) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b'{"controllers":['

    desk._bundle = half  # type: ignore[method-assign]
    async with (
        serving(create_softap_app(desk)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as station,
    ):
        headers = {"mac-address": MAC, "x-nonce": await nonce(station)}
        answer = await station.get(f"{API}/controller", headers=headers)
    assert (answer.status_code, answer.content) == (200, b'{"controllers":[')


async def test_a_large_bundle_waits_for_who_reads_it(desk: FakeDesk) -> None:
    made: list[int] = []
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                made.append(len(made))
                yield b" " * 1_000_000
        finally:
            ended.set()

    desk._bundle = endless  # type: ignore[method-assign]
    async with serving(create_softap_app(desk), bounds=Bounds(stall=0.3)) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as station:
            headers = [f"mac-address: {MAC}", f"x-nonce: {await nonce(station)}"]
        with socket.create_connection(("127.0.0.1", port)) as deaf:
            deaf.sendall(request_bytes("GET", f"{API}/controller", headers))
            await ended.wait()
    assert len(made) < 40


async def test_the_server_starts_and_stops(desk: FakeDesk) -> None:
    listener = bind_tcp("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = SoftApServer(desk, listener)
    server.start()
    answer = await exchange(port, request_bytes("GET", f"{API}/nonce", ["Connection: close"]))
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"nonce": 7}
    await server.stop()
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_the_server_may_stop_before_it_began(desk: FakeDesk) -> None:
    listener = bind_tcp("127.0.0.1", 0)
    await SoftApServer(desk, listener).stop()
    assert listener.fileno() == -1


async def test_the_server_takes_few_connections(desk: FakeDesk) -> None:
    server = SoftApServer(desk, listener := bind_tcp("127.0.0.1", 0))
    server.start()
    here = ("127.0.0.1", listener.getsockname()[1])
    with ExitStack() as held:
        for _ in range(BOUNDS.connections):
            held.enter_context(socket.create_connection(here))
        reader, writer = await asyncio.open_connection(*here)
        held.callback(writer.close)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
    await server.stop()


async def test_what_goes_wrong_at_the_desk_tells_nothing(
    desk: FakeDesk, station: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(caller: str) -> int:
        raise RuntimeError("secret of the desk")

    desk.nonce = fail  # type: ignore[method-assign]
    with caplog.at_level(logging.CRITICAL):
        answer = await station.get(f"{API}/nonce")
    assert answer.status_code == 500
    assert "secret" not in answer.text


SPOOFS = {
    "plainly": {},
    "under the SoftAP's address": {"Host": "192.168.4.1"},
    "under a stranger's name": {"Host": "evil.example"},
    "under no name": {"Host": ""},
    "claiming to come from there": {
        "X-Forwarded-For": "192.168.4.2",
        "Forwarded": "for=192.168.4.2;by=192.168.4.1",
        "X-Real-IP": "192.168.4.2",
    },
    "with all that it takes": {"mac-address": MAC, "x-nonce": "7"},
    "from a page of another site": {"Origin": "http://evil.example"},
}


@pytest.mark.attack(
    "Asking the device's pages for a configuration",
    guard="handed out inside the SoftAP alone",
)
@pytest.mark.parametrize("path", sorted(SOFTAP_ONLY))
@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("peer", ["127.0.0.1", "192.168.4.2", "203.0.113.9"])
@pytest.mark.parametrize("token", ["", "correct-horse"])
async def test_the_main_application_refuses_everybody_alike(
    path: str, spoof: str, peer: str, token: str
) -> None:
    service = FakeService()
    service.guests = frozenset({"192.168.4.2"})
    settings_ = WebSettings(
        version="1",
        token=token or None,
        portal="http://192.168.4.1/",
        allowed_cidrs=("10.0.0.0/8",),
        secure=bool(token),
        tls_port=443,
    )
    transport = httpx.ASGITransport(create_app(service, settings_), client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1") as client:
        headers = SPOOFS[spoof]
        answer = await client.get(path, headers=headers)
        wrong = await client.post(path, headers=headers, json={"x": 1})
    assert answer.status_code == 403
    assert answer.json()["error"] == "Only accessible via provisioning network"
    assert answer.json()["code"] == Code.SOFTAP_ONLY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]
    assert not service.changes
