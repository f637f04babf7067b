"""Pages whose answers are known, asked for over HTTP/1.1 through one interface."""

import asyncio
import socket
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import h11

from firstlight.bound import bound, in_words
from firstlight.model.reach import Internet, ReachTarget
from firstlight.reach.names import Names

_MAX_BODY = 65536
_MOST = 2 * _MAX_BODY
"""Bytes of an answer, whatever they are: announcements without an end are no answer (1xx)."""


class Page(NamedTuple):
    """What became of one target. ``date``: see ``model.reach.InternetFinding``."""

    internet: Internet
    evidence: str
    date: int | None = None


class _Answer(NamedTuple):
    status: int
    date: int | None
    body: str


async def probe(interface: str, names: Names, target: ReachTarget, deadline: float) -> Page:
    """Ask for the page; ends at ``deadline`` (loop time) at the latest."""
    host = target.host
    address = await names.address(host)
    if address is None:
        return Page(Internet.NO_NAMES, f"{host} could not be resolved.")
    try:
        async with asyncio.timeout_at(deadline):
            answer = await _get(interface, address, urlsplit(target.url))
    except OSError as error:
        return Page(Internet.UNREACHABLE, f"{host} {in_words(error)}.")
    except h11.ProtocolError:
        return Page(Internet.UNREACHABLE, f"{host} answers, but not in HTTP.")
    if answer.status != target.status:
        seen = f"status {answer.status} instead of {target.status}"
        return Page(Internet.PORTAL, f"{host} answered with {seen}.")
    if target.body is not None and answer.body.strip() != target.body:
        return Page(Internet.PORTAL, f"{host} answered with another text than expected.")
    return Page(Internet.REACHABLE, f"{host} answered as expected.", answer.date)


async def _get(interface: str, address: str, url: SplitResult) -> _Answer:
    """One GET; at most 64 KiB of its answer. Raises ``h11.ProtocolError`` for what is none."""
    loop = asyncio.get_running_loop()
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method="GET",
        target=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        headers=[("Host", url.netloc), ("Connection", "close")],
    )
    with bound(interface, socket.SOCK_STREAM) as sock:
        await loop.sock_connect(sock, (address, url.port or 80))
        for event in (request, h11.EndOfMessage()):
            await loop.sock_sendall(sock, connection.send(event) or b"")
        return await _answer(connection, sock)


async def _answer(connection: h11.Connection, sock: socket.socket) -> _Answer:
    loop = asyncio.get_running_loop()
    status, date, body, received = 0, None, bytearray(), 0
    while len(body) <= _MAX_BODY:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if received > _MOST:
                raise h11.RemoteProtocolError(f"no answer in {received} bytes")
            data = await loop.sock_recv(sock, 4096)
            received += len(data)
            connection.receive_data(data)
            await asyncio.sleep(0)  # what has come already is had without waiting
        elif isinstance(event, h11.Response):
            status, date = event.status_code, _date(event)
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    return _Answer(status, date, body.decode(errors="replace"))


def _date(response: h11.Response) -> int | None:
    """When the answer was made, in Unix seconds (RFC 9110, 6.6.1); ``None`` if it was stored."""
    told = dict(response.headers)
    if b"date" not in told or b"age" in told:
        return None
    try:
        return round(parsedate_to_datetime(told[b"date"].decode("ascii")).timestamp())
    except (ValueError, OverflowError):
        return None
