"""Nobody can use up the device: thousands of connections, slow and endless requests."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from tests.api.daemon_process import PATIENCE
from tests.api.fake_service import FakeService
from tests.api.serving import exchange, request_bytes, running, serving

from firstlight.web import bodies
from firstlight.web.app import create_app
from firstlight.web.connection import Bounds
from firstlight.web.listeners import bind_tcp
from firstlight.web.server import WebServer
from firstlight.web.settings import WebSettings

GREEDY, OTHER = "127.0.0.1", "127.0.0.2"
MANY = 10_000
LONGEST = 60_000
CONNECT = "/api/provisioning/network/connect"
ASK = request_bytes("GET", "/api/health", ("Connection: close",))


@pytest.fixture
def room() -> Iterator[None]:
    """Descriptors enough for one end of all, and for what the server keeps of the other."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + 2000
    if before[1] != resource.RLIM_INFINITY and before[1] < wanted:
        pytest.skip(f"the system allows {before[1]} open files; {wanted} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def connected(port: int, source: str) -> socket.socket:
    """From that address of this machine."""
    calling = socket.socket()
    calling.setblocking(False)
    calling.bind((source, 0))
    await asyncio.get_running_loop().sock_connect(calling, ("127.0.0.1", port))
    return calling


async def asked(port: int, source: str) -> bytes:
    """The answer to one good request; nothing when the connection is broken off."""
    loop = asyncio.get_running_loop()
    calling = await connected(port, source)
    with calling:
        try:
            await loop.sock_sendall(calling, ASK)
            async with asyncio.timeout(PATIENCE):
                return await loop.sock_recv(calling, 4096)
        except (ConnectionError, TimeoutError):
            return b""


@asynccontextmanager
async def besieged(port: int, many: int) -> AsyncIterator[None]:
    """So many connections from one address, each with half a request."""
    loop = asyncio.get_running_loop()
    held: list[socket.socket] = []
    try:
        for _ in range(many):
            calling = await connected(port, GREEDY)
            held.append(calling)
            with suppress(ConnectionError):
                await loop.sock_sendall(calling, b"GET /api/health HTTP/1.1\r\nHost: loc")
        yield
    finally:
        for one in held:
            one.close()


@pytest.mark.attack(
    "Ten thousand half-open connections",
    guard="a share of connections for each address, and deadlines",
)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("room")
async def test_ten_thousand_half_open_connections_keep_nobody_out(service: FakeService) -> None:
    bounds = Bounds(head=600)
    async with (
        serving(create_app(service, WebSettings(version="1")), bounds=bounds) as port,
        besieged(port, MANY),
    ):
        assert (await asked(port, OTHER)).startswith(b"HTTP/1.1 200")


@pytest.mark.unguarded("Ten thousand half-open connections")
async def test_without_a_share_they_do(service: FakeService) -> None:
    bounds = Bounds(head=600, share=10_000)
    async with (
        serving(create_app(service, WebSettings(version="1")), bounds=bounds) as port,
        besieged(port, 200),
    ):
        assert await asked(port, OTHER) == b""


async def test_the_share_comes_back_with_the_connections(service: FakeService) -> None:
    bounds = Bounds(share=4)
    app = create_app(service, WebSettings(version="1"))
    async with serving(app, bounds=bounds) as port:
        async with besieged(port, 10):
            assert await asked(port, GREEDY) == b""
        answer = b""
        for _ in range(200):
            answer = await asked(port, GREEDY)
            if answer:
                break
        assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.attack(
    "A body or a header without end",
    guard="bounds on both, before they are read",
)
@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        (
            "a head that never ends",
            [b"GET / HTTP/1.1\r\n", *[b"X-A: " + b"a" * 1000 + b"\r\n"] * 200],
        ),
        ("one header as large as a page", [b"GET / HTTP/1.1\r\nX-A: " + b"a" * 200_000]),
        ("an address without end", [b"GET /" + b"a" * 200_000]),
    ],
)
async def test_what_is_too_large_is_broken_off(
    service: FakeService, name: str, pieces: list[bytes]
) -> None:
    app = create_app(service, WebSettings(version="1"))
    async with serving(app, bounds=Bounds(head=600)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = b""
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            said = await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()
        assert said == b"" or said.startswith(b"HTTP/1.1 400"), name
        assert (await asked(port, OTHER)).startswith(b"HTTP/1.1 200")


@pytest.mark.unguarded("A body or a header without end")
async def test_without_that_limit_all_of_it_is_taken(service: FakeService) -> None:
    listener = bind_tcp("127.0.0.1", 0)
    server = WebServer(create_app(service, WebSettings(version="1")), [listener])
    server._config.h11_max_incomplete_event_size = 1 << 20
    large = request_bytes("GET", "/api/health", ("Connection: close", "X-A: " + "a" * 200_000))
    async with running(server):
        answer = await exchange(listener.getsockname()[1], large)
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.attack(
    "A body that comes a byte at a time",
    guard="a deadline for the whole of it",
)
async def test_a_body_that_trickles_is_ended(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", 0.2)
    async with serving(create_app(service, WebSettings(version="1"))) as port:
        status, sent = await trickled(port, whole=LONGEST)
    assert (status, sent < LONGEST) == (408, True)


@pytest.mark.unguarded("A body that comes a byte at a time")
async def test_without_a_deadline_a_body_may_trickle_to_its_end(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", None)
    async with serving(create_app(service, WebSettings(version="1"))) as port:
        status, sent = await trickled(port, whole=50)
    assert (status, sent) == (200, 50)


async def trickled(port: int, *, whole: int) -> tuple[int, int]:
    """Send a body of that many bytes, one at a time, until it is answered: status, and how many."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        request_bytes(
            "POST", CONNECT, ("Content-Type: application/json", f"Content-Length: {whole}")
        )
    )
    body = b'{"ssid":"Lamp"}'.ljust(whole)
    answer = asyncio.ensure_future(reader.readuntil(b"\r\n"))
    sent = 0
    while sent < whole and not answer.done():
        writer.write(body[sent : sent + 1])
        sent += 1
        await asyncio.sleep(0.01)
    status = int((await answer).split()[1])
    writer.close()
    return status, sent


async def test_bodies_that_trickle_hold_nobody_up(service: FakeService) -> None:
    head = request_bytes(
        "POST", CONNECT, ("Content-Type: application/json", "Content-Length: 60000")
    )
    async with serving(create_app(service, WebSettings(version="1"))) as port:
        writers = []
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head + b"{")
            writers.append(writer)
        for _ in range(20):
            assert (await asked(port, OTHER)).startswith(b"HTTP/1.1 200")
            for writer in writers:
                writer.write(b" ")
        for writer in writers:
            writer.close()
