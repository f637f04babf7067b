"""The event stream over real sockets: order, resume, heartbeat, and readers who don't read."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from tests.api.checked import describe
from tests.api.fake_service import FakeService
from tests.api.reading import EVENTS, following
from tests.api.serving import request_bytes, serving, until

from firstlight.clock import SystemClock
from firstlight.daemon.hub import Hub
from firstlight.model.event import DeviceEvent
from firstlight.web.app import create_app
from firstlight.web.connection import Bounds, Connection
from firstlight.web.settings import WebSettings


@pytest.fixture
async def port(service: FakeService, settings: WebSettings) -> AsyncIterator[int]:
    async with serving(create_app(service, settings)) as port:
        yield port


async def test_connected_comes_first(port: int) -> None:
    async with following(port) as stream:
        first = await stream.next()
        assert stream.response.headers["content-type"] == "text/event-stream"
        assert stream.response.headers["cache-control"] == "no-store"
    assert first.event == "connected"
    assert first.data["ok"] is True
    assert abs(first.data["ts"] / 1000 - SystemClock().wall()) < 60


async def test_recent_events_then_live_ones(service: FakeService, port: int) -> None:
    said = [service.say(f"event {n}") for n in range(40)]
    async with following(port) as stream:
        connected, *recent = await stream.take(26)
        assert connected.id == said[14]
        assert [event.id for event in recent] == said[15:]
        live = service.say("live")
        assert (await stream.next()).id == live


async def test_an_event_is_what_is_published(service: FakeService, port: int) -> None:
    description = await describe(create_app(service, WebSettings(version="1")))
    async with following(port) as stream:
        await stream.next()
        service.say("Lines\nthat\u2028break\u2029in\x85many\rways, and \x1b[31m.")
        event = await stream.next()
    assert event.event == "device"
    schema = {"$ref": "#/components/schemas/DeviceEvent"}
    description.check_json(json.dumps(event.data).encode(), schema)
    told = msgspec.convert(event.data, DeviceEvent)
    assert told.id == event.id
    assert told.message == "Lines\nthat\u2028break\u2029in\x85many\rways, and \x1b[31m."


@pytest.mark.parametrize("read", [0, 1, 7, 30])
async def test_a_reader_who_comes_back_misses_and_repeats_nothing(
    service: FakeService, port: int, read: int
) -> None:
    said = [service.say(f"before {n}") for n in range(25)]
    async with following(port) as stream:
        seen = await stream.take(1)
        said += [service.say(f"with {n}") for n in range(5)]
        seen += await stream.take(read)
    said += [service.say(f"between {n}") for n in range(60)]
    async with following(port, after=seen[-1].id) as stream:
        connected = await stream.next()
        assert connected.id == seen[-1].id
        said += [service.say(f"after {n}") for n in range(3)]
        rest = await stream.take(len(said) - read)
    assert [event.id for event in (*seen[1:], *rest)] == said


async def test_a_reader_of_an_earlier_run_gets_all_of_this_one(
    service: FakeService, port: int
) -> None:
    said = [service.say(f"event {n}") for n in range(40)]
    async with following(port, after="1600000000000-12345") as stream:
        _, *events = await stream.take(41)
    assert [event.id for event in events] == said


@pytest.mark.parametrize("after", ["nonsense", "-", "9" * 5000, "1-" + "9" * 5000, "²-²"])
async def test_an_id_that_was_never_given_out(service: FakeService, port: int, after: str) -> None:
    said = [service.say(f"event {n}") for n in range(40)]
    async with following(port, after=after) as stream:
        _, *events = await stream.take(26)
    assert [event.id for event in events] == said[15:]


async def test_heartbeats_while_there_is_nothing_to_say(service: FakeService) -> None:
    settings = WebSettings(version="1", heartbeat_seconds=0.01)
    async with serving(create_app(service, settings)) as port, following(port) as stream:
        await stream.next()
        assert await stream.comment() == ": heartbeat"
        assert await stream.comment() == ": heartbeat"
        said = service.say("at last")
        assert (await stream.next()).id == said


async def test_what_is_not_for_a_reader_is_no_sign_of_life_to_them(service: FakeService) -> None:
    """Events that are not shown come more often than heartbeats are due."""
    settings = WebSettings(version="1", heartbeat_seconds=0.05, trust_local=False)

    async def busy() -> None:
        while True:
            service.say("not for everybody")
            await asyncio.sleep(0.01)

    async with serving(create_app(service, settings)) as port, following(port) as stream:
        await stream.next()
        talking = asyncio.create_task(busy())
        try:
            assert await stream.comment() == ": heartbeat"
        finally:
            talking.cancel()


async def test_there_is_an_end_to_readers(service: FakeService, settings: WebSettings) -> None:
    service.hub = Hub(service.clock, readers=1)
    async with serving(create_app(service, settings)) as port:
        async with following(port) as stream:
            await stream.next()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                refused = await client.get(EVENTS)
        assert (refused.status_code, refused.json()["code"]) == (409, "busy")
        assert int(refused.headers["retry-after"]) > 0
        await until(lambda: service.hub.readers == 0)
        async with following(port) as stream:
            assert (await stream.next()).event == "connected"


async def test_a_reader_who_leaves_is_forgotten(service: FakeService, port: int) -> None:
    async with following(port) as stream:
        await stream.next()
        assert service.hub.readers == 1
    await until(lambda: service.hub.readers == 0)


def open_and_never_read(port: int) -> socket.socket:
    """A reader whose TCP window soon closes."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    reader.connect(("127.0.0.1", port))
    reader.sendall(request_bytes("GET", EVENTS))
    return reader


async def test_a_reader_who_never_reads_is_dropped_and_slows_nobody(
    service: FakeService, settings: WebSettings
) -> None:
    app = create_app(service, settings)
    async with serving(app, bounds=Bounds(stall=0.2)) as port:
        with open_and_never_read(port) as stuck:
            await until(lambda: service.hub.readers == 1)
            async with following(port) as stream:
                await stream.next()
                for n in range(300):
                    said = service.say(f"{n} " + "x" * 4000)
                    assert (await stream.next()).id == said
                await until(lambda: service.hub.readers == 1)
            await until(lambda: is_over(stuck))


async def test_a_reader_who_pauses_and_reads_on_misses_nothing(
    service: FakeService, settings: WebSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[Connection] = []
    pause = Connection.pause_writing

    def spy(connection: Connection) -> None:
        pause(connection)
        paused.append(connection)

    monkeypatch.setattr(Connection, "pause_writing", spy)
    app = create_app(service, settings)
    async with serving(app, bounds=Bounds(stall=8)) as port:
        with open_and_never_read(port) as pausing:
            await until(lambda: service.hub.readers == 1)
            said = [service.say("x" * 30_000) for _ in range(60)]
            await until(lambda: bool(paused))
            pausing.setblocking(False)
            received = b""
            while said[-1].encode() not in received.rpartition(b"\nid: ")[2]:
                received += await asyncio.get_running_loop().sock_recv(pausing, 65536)
    ids = [line[4:].decode() for line in received.splitlines() if line.startswith(b"id: ")]
    assert ids[1:] == said


def is_over(connection: socket.socket) -> bool:
    """Whether the peer has ended it; reads what is there."""
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


async def test_the_stream_ends_with_the_daemon(service: FakeService, port: int) -> None:
    async with following(port) as stream:
        await stream.next()
        said = service.say("Stopping.")
        service.hub.close()
        assert (await stream.next()).id == said
        with pytest.raises(EOFError):
            await stream.next()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        late = await client.get(EVENTS)
    assert (late.status_code, late.headers["retry-after"]) == (409, "5")
