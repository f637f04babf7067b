"""The server on real sockets: limits, rude peers, stopping."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.api.fake_service import FakeService
from tests.api.serving import exchange, request_bytes, running, serving, until

from firstlight.web import bodies
from firstlight.web.app import create_app
from firstlight.web.connection import Bounds
from firstlight.web.listeners import bind_tcp, bind_unix
from firstlight.web.server import WebServer
from firstlight.web.settings import WebSettings

FORGET = "/api/provisioning/network/forget"
JSON = "Content-Type: application/json"
CHUNKED = (JSON, "Transfer-Encoding: chunked")


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def parse(answer: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.fixture
async def port(service: FakeService, settings: WebSettings) -> AsyncIterator[int]:
    async with serving(create_app(service, settings)) as port:
        yield port


@pytest.fixture
async def strict(service: FakeService, settings: WebSettings) -> AsyncIterator[int]:
    """Where everything has to be quick."""
    bounds = Bounds(head=0.2, stall=0.2)
    async with serving(create_app(service, settings), bounds=bounds) as port:
        yield port


async def test_a_body_without_a_length_is_counted(service: FakeService, port: int) -> None:
    begin = request_bytes("POST", FORGET, CHUNKED)
    piece = chunk(b" " * 8192)
    answer = await exchange(port, begin, *[piece] * 9, chunk(b'{"name":"Home"}'), chunk(b""))
    status, problem = parse(answer)
    assert (status, problem["code"]) == (413, "body_too_large")
    assert not service.changes


@pytest.mark.attack(
    "A body or a header without end",
    guard="bounds on both, before they are read",
)
async def test_a_body_that_never_ends_is_cut_off(service: FakeService, port: int) -> None:
    begin = request_bytes("POST", FORGET, CHUNKED)
    answer = await exchange(port, begin, *[chunk(b" " * 8192)] * 41)
    assert parse(answer)[0] == 413
    assert not service.changes


@pytest.mark.attack(
    "A body or a header without end",
    guard="bounds on both, before they are read",
)
async def test_a_length_that_is_too_long_is_refused_before_the_body(port: int) -> None:
    answer = await exchange(port, request_bytes("POST", FORGET, (JSON, "Content-Length: 9999999")))
    assert parse(answer)[0] == 413


@pytest.mark.unguarded("A body or a header without end")
async def test_without_that_bound_all_of_it_is_read(
    service: FakeService, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bodies.read_body.__kwdefaults__, "most", 1 << 30)
    begin = request_bytes("POST", FORGET, CHUNKED)
    pieces = [chunk(b" " * 8192)] * 41
    answer = await exchange(port, begin, *pieces, chunk(b'{"name":"Home"}'), chunk(b""))
    assert parse(answer)[0] == 200
    assert service.changes


@pytest.mark.attack(
    "A body that stops half-way",
    guard="a deadline for the whole of it",
)
async def test_a_body_that_stops_half_way(
    service: FakeService, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", 0.05)
    begin = request_bytes("POST", FORGET, (JSON, "Content-Length: 100"), b'{"name":')
    status, problem = parse(await exchange(port, begin))
    assert (status, problem["code"]) == (408, "timeout")
    assert not service.changes


@pytest.mark.unguarded("A body that stops half-way")
async def test_without_that_deadline_it_is_waited_for(
    strict: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", None)
    body = b'{"name":"Home"}'
    headers = (JSON, f"Content-Length: {len(body)}", "Connection: close")
    reader, writer = await asyncio.open_connection("127.0.0.1", strict)
    writer.write(request_bytes("POST", FORGET, headers, body[:8]))
    # Longer than everything else that bounds this server.
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await reader.read(1)
    writer.write(body[8:])
    assert parse(await reader.read())[0] == 200
    writer.close()


async def test_a_caller_who_leaves_in_the_middle(service: FakeService, port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes("POST", FORGET, (JSON, "Content-Length: 100"), b'{"name":'))
    await writer.drain()
    writer.close()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/api/health")).status_code == 200
    assert not service.changes


@pytest.mark.parametrize(
    "begun", [b"", b"GET /api/health HTTP/1.1\r\nHost: ", b"GET /api/health HTTP/1.1\r\n\r\n"[:-2]]
)
async def test_a_request_that_never_ends_is_dropped(strict: int, begun: bytes) -> None:
    assert await exchange(strict, begun) == b""


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"],
    ids=["TLS", "a version of the future", "no host"],
)
async def test_what_is_not_http_is_told_so(port: int, garbage: bytes) -> None:
    answer = await exchange(port, garbage)
    assert parse(answer)[0] == 400
    assert b"x-content-type-options: nosniff" in answer.lower()


async def test_garbage_in_a_body_is_told_so(service: FakeService, port: int) -> None:
    begin = request_bytes("POST", FORGET, CHUNKED)
    assert parse(await exchange(port, begin, b"garbage\r\n"))[0] == 400
    assert not service.changes


async def test_garbage_while_an_answer_is_under_way_ends_it(
    service: FakeService, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    chunked = ("Transfer-Encoding: chunked",)
    writer.write(request_bytes("GET", "/api/provisioning/events", chunked))
    await reader.readuntil(b"event: connected")
    writer.write(b"garbage\r\n")
    assert b"HTTP/1.1" not in await reader.read()
    writer.close()
    await until(lambda: service.hub.readers == 0)
    assert not caplog.records


async def test_a_request_with_an_upgrade_is_just_a_request(port: int) -> None:
    headers = ("Connection: close, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    assert parse(await exchange(port, request_bytes("GET", "/api/health", headers)))[0] == 200


async def test_connections_have_an_end(service: FakeService, settings: WebSettings) -> None:
    bounds = Bounds(connections=2)
    async with serving(create_app(service, settings), bounds=bounds) as port:
        first = await asyncio.open_connection("127.0.0.1", port)
        second = await asyncio.open_connection("127.0.0.1", port)
        assert await exchange(port, b"") == b""
        for _, writer in (first, second):
            writer.close()
            await writer.wait_closed()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/api/health")).status_code == 200


async def test_stopping_takes_no_longer_than_its_grace(
    service: FakeService, settings: WebSettings
) -> None:
    listener = bind_tcp("127.0.0.1", 0)
    server = WebServer(create_app(service, settings), [listener], bounds=Bounds(grace=0.1))
    address = listener.getsockname()
    task = asyncio.create_task(server.serve())
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request_bytes("GET", "/api/provisioning/events"))
    await until(lambda: service.hub.readers == 1)
    server.stop()
    await asyncio.wait_for(task, 5)
    assert service.hub.readers == 0
    assert b"event: connected" in await reader.read()
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)


async def test_stopping_lets_requests_finish(service: FakeService, settings: WebSettings) -> None:
    listener = bind_tcp("127.0.0.1", 0)
    server = WebServer(create_app(service, settings), [listener])
    service.on_networks = server.stop
    async with running(server):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/provisioning/networks"
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).status_code == 200


async def test_the_socket_file_goes_with_the_server(
    service: FakeService, settings: WebSettings, tmp_path: Path
) -> None:
    path = tmp_path / "control.sock"
    async with serving(create_app(service, settings), bind_unix(path)):
        assert path.is_socket()
    assert not path.exists()


async def test_only_http_is_served(service: FakeService, settings: WebSettings) -> None:
    async def nothing(*_: object) -> None:
        raise AssertionError("there is nothing to say to a WebSocket")

    await create_app(service, settings)({"type": "websocket", "path": "/"}, nothing, nothing)
