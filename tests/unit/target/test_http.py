"""The target's HTTP, against a server that misbehaves in every way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from firstlight.model.claim import ClaimCause
from firstlight.model.mac import MacAddress
from firstlight.provisioning import protocol
from firstlight.provisioning.protocol import Answer, Asked, Refusal, Request
from firstlight.target.http import SocketHttp

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
REQUEST = protocol.configuration_request(protocol.Role.CLIENT, MacAddress("02:00:00:00:00:01"), 7)
SMALL = Request(asked=Asked.NONCE, method="GET", path="/", headers=(("Host", "x"),), limit=100)


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve_and_close, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def saying(*pieces: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return serve


async def asked(serve: Serve, request: Request = SMALL) -> Answer | Refusal:
    async with serving(serve) as port:
        return await SocketHttp("127.0.0.1", port).ask("lo", request)


def refused(found: object) -> ClaimCause:
    assert isinstance(found, Refusal), found
    assert found.detail
    return found.cause


async def test_the_request_goes_out_as_it_is() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    assert await asked(serve, REQUEST) == Answer(200, b"hi")
    assert seen == [REQUEST.encoded()]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"], Answer(404, b"")),
        ([b"HTTP/1.1 200 OK\r\n\r\n", b"to the ", b"end"], Answer(200, b"to the end")),
        ([b"HTTP/1.0 200 OK\r\n\r\nold"], Answer(200, b"old")),
        (
            [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"2\r\nab\r\n",
                b"0\r\n\r\n",
            ],
            Answer(200, b"ab"),
        ),
        (
            [b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n"],
            Answer(302, b""),
        ),
        (
            [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"],
            Answer(200, b"x"),
        ),
        (
            [bytes([one]) for one in b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"],
            Answer(200, b"x"),
        ),
    ],
)
async def test_answers(pieces: list[bytes], found: Answer) -> None:
    assert await asked(saying(*pieces)) == found


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab"],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
        [b"SSH-2.0-OpenSSH_9\r\n"],
        [b"HTTP/1.1 abc OK\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500],
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 50] * 10],
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"ffff\r\n" + b"x" * 65535 + b"\r\n",
        ],
    ],
)
async def test_answers_that_are_none(pieces: list[bytes]) -> None:
    assert refused(await asked(saying(*pieces))) is ClaimCause.BAD_ANSWER


async def test_nobody_listens() -> None:
    async with serving(saying()) as port:
        pass
    found = await SocketHttp("127.0.0.1", port).ask("lo", SMALL)
    assert refused(found) is ClaimCause.UNREACHABLE


async def test_an_interface_that_is_not_there() -> None:
    found = await SocketHttp("127.0.0.1", 1).ask("nowhere0", SMALL)
    assert refused(found) is ClaimCause.UNREACHABLE


async def test_a_server_that_resets() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    assert refused(await asked(serve)) in {ClaimCause.UNREACHABLE, ClaimCause.BAD_ANSWER}


async def test_a_server_that_never_answers_is_left_when_time_is_up() -> None:
    came = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        came.set()
        await reader.read()

    async with serving(serve) as port:
        asking = asyncio.create_task(SocketHttp("127.0.0.1", port).ask("lo", SMALL))
        await came.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
