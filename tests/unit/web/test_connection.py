"""The clocks of one connection, on a transport that does what a test says."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config

from firstlight.web import connection
from firstlight.web.connection import Bounds, Connection, Connections

WHOLE = b"GET / HTTP/1.1\r\nHost: lamp\r\n\r\n"
HALF = b"GET /half HTTP/1.1\r\n"
BOUNDS = Bounds(head=0.05, stall=0.05)


class Wire:
    """As much of a transport as a connection uses."""

    def __init__(self, address: str = "192.168.4.17") -> None:
        self.address = address
        self.sent = b""
        self.aborted = asyncio.Event()
        self.ended = asyncio.Event()
        self.closed = False
        self.family = socket.AF_INET

    def get_extra_info(self, name: str) -> object:
        return self if name == "socket" else None

    def getpeername(self) -> tuple[str, int]:
        return self.address, 40_000

    def getsockname(self) -> tuple[str, int]:
        return "192.168.4.1", 80

    def write(self, data: bytes) -> None:
        self.sent += data
        if data.endswith(b"0\r\n\r\n"):  # the last chunk of an answer
            self.ended.set()

    def is_closing(self) -> bool:
        return self.closed or self.aborted.is_set()

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted.set()

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def set_protocol(self, protocol: object) -> None: ...


class Visit:
    """A connection of its own, and the application's answers, which wait for ``answering``."""

    def __init__(self, shared: Connections | None = None, address: str = "192.168.4.17") -> None:
        self.answering = asyncio.Event()
        self.wire = Wire(address)
        config = Config(
            self._answer,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
        )
        config.load()
        self.connection = Connection(
            config,
            shared or Connections(BOUNDS),
            app_state={},
            _loop=asyncio.get_running_loop(),
        )
        self.connection.connection_made(cast("Any", self.wire))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await self.answering.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"well"})

    async def answered(self) -> None:
        self.answering.set()
        await self.wire.ended.wait()


Come = Callable[..., Visit]


@pytest.fixture
async def come() -> AsyncIterator[Come]:
    """Makes visits, and sees them off."""
    visits: list[Visit] = []

    def made(shared: Connections | None = None, address: str = "192.168.4.17") -> Visit:
        visits.append(Visit(shared, address))
        return visits[-1]

    yield made
    for visit in visits:
        visit.answering.set()
        visit.connection.connection_lost(None)
        await asyncio.gather(*visit.connection.tasks, return_exceptions=True)


async def test_half_a_question_behind_an_answer_that_was_not_read_is_not_waited_for(
    come: Come,
) -> None:
    """The peer reads at last; that ends the patience with its reading, and no other."""
    visit = come()
    visit.connection.data_received(WHOLE)
    await visit.answered()
    visit.connection.pause_writing()
    visit.connection.data_received(HALF)
    visit.connection.resume_writing()
    await visit.wire.aborted.wait()


async def test_whoever_sends_more_without_reading_is_not_waited_for_either(come: Come) -> None:
    visit = come()
    visit.connection.data_received(WHOLE)
    visit.connection.pause_writing()
    visit.connection.data_received(b"G")
    await visit.wire.aborted.wait()


async def test_whoever_reads_again_may_stay(come: Come) -> None:
    visit = come()
    visit.connection.data_received(WHOLE)
    visit.connection.pause_writing()
    visit.connection.resume_writing()
    await asyncio.sleep(3 * BOUNDS.stall)  # by then its patience would have ended
    assert not visit.wire.aborted.is_set()


async def test_garbage_behind_an_answer_ends_the_connection(come: Come) -> None:
    """Nothing of it gets into the log, which strangers could fill otherwise."""
    visit = come()
    visit.connection.data_received(
        b"POST / HTTP/1.1\r\nHost: lamp\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await visit.answered()
    visit.connection.data_received(b"zz\r\n")
    assert visit.wire.aborted.is_set()


async def test_garbage_before_an_answer_is_told_as_such(come: Come) -> None:
    visit = come()
    visit.connection.data_received(b"zz\r\n\r\n")
    assert visit.wire.sent.startswith(b"HTTP/1.1 400 ")
    assert visit.wire.closed


@pytest.mark.attack(
    "One subscriber that takes all connections with many addresses of its own",
    guard="a share for a subscriber's whole network",
)
async def test_addresses_of_one_ipv6_network_have_one_share(come: Come) -> None:
    shared = Connections(Bounds(share=2))
    visits = [come(shared, f"2001:db8:1:2::{n}") for n in range(1, 4)]
    assert [visit.wire.aborted.is_set() for visit in visits] == [False, False, True]
    assert not come(shared, "2001:db8:1:3::1").wire.aborted.is_set()
    assert shared.by_address == {"2001:db8:1:2::/64": 3, "2001:db8:1:3::/64": 1}


@pytest.mark.unguarded("One subscriber that takes all connections with many addresses of its own")
async def test_with_a_share_for_each_address_they_take_them_all(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "subscriber", str)
    shared = Connections(Bounds(share=2))
    visits = [come(shared, f"2001:db8:1:2::{n}") for n in range(1, 9)]
    assert not any(visit.wire.aborted.is_set() for visit in visits)
