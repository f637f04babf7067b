"""Whoever answers without an end, and without ever having to be waited for."""

import asyncio
import socket

import h11
import pytest

from firstlight.reach import pages

ANNOUNCEMENT = b"HTTP/1.1 100 Continue\r\n\r\n"
PIECE = 4096


class Flood:
    """A peer whose next bytes are always there already; ``others`` counts whose turn it was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
        self.taken = self.others = 0
        self._pieces = pieces
        monkeypatch.setattr("asyncio.SelectorEventLoop.sock_recv", self._received)

    async def _received(self, *_: object) -> bytes:
        self.taken += 1
        assert self.taken <= self._pieces, "it is read for ever"
        return ANNOUNCEMENT * (PIECE // len(ANNOUNCEMENT))

    async def read(self) -> None:
        connection = h11.Connection(h11.CLIENT)
        connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        connection.send(h11.EndOfMessage())
        beside = asyncio.create_task(self._count())
        try:
            with socket.socket() as never_used:
                await pages._answer(connection, never_used)
        finally:
            beside.cancel()

    async def _count(self) -> None:
        while True:
            self.others += 1
            await asyncio.sleep(0)


@pytest.fixture
def flood(monkeypatch: pytest.MonkeyPatch) -> Flood:
    return Flood(monkeypatch, pieces=100)


@pytest.mark.attack(
    "A server of the probes' network that announces its answer for ever",
    guard="a bound on what is read, and a turn for everybody else after each piece",
)
async def test_announcements_without_an_end_are_no_answer(flood: Flood) -> None:
    with pytest.raises(h11.RemoteProtocolError):
        await flood.read()
    assert flood.taken * PIECE < 4 * pages._MOST
    assert flood.others >= flood.taken - 1


@pytest.mark.unguarded("A server of the probes' network that announces its answer for ever")
async def test_without_the_bound_they_are_read_for_ever(
    flood: Flood, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_MOST", 1 << 40)
    with pytest.raises(AssertionError, match="it is read for ever"):
        await flood.read()


@pytest.mark.unguarded("A server of the probes' network that announces its answer for ever")
async def test_without_a_turn_nobody_else_has_any(
    flood: Flood, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = asyncio.sleep

    async def no_turn(_: float) -> None:
        pass

    monkeypatch.setattr(asyncio, "sleep", no_turn)

    async def count() -> None:
        while True:
            flood.others += 1
            await sleep(0)

    monkeypatch.setattr(flood, "_count", count)
    with pytest.raises(h11.RemoteProtocolError):
        await flood.read()
    assert flood.others <= 1
