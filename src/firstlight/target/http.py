"""One request of the claim over HTTP/1.1, through one interface, bounded in size.

Nothing is followed and nothing reused: the controller answers what it was asked, or it has not
answered.
"""

import asyncio
import socket
from typing import Protocol

import h11

from firstlight.bound import bound, in_words
from firstlight.model.claim import ClaimCause
from firstlight.provisioning.protocol import Answer, Refusal, Request

_CHUNK = 65_536


class Http(Protocol):
    """Asks a controller."""

    async def ask(self, interface: str, request: Request) -> Answer | Refusal:
        """The whole answer, or why there is none. Waits until it is cancelled."""
        ...


class SocketHttp:
    """``Http`` over sockets, to one ``address`` and ``port``."""

    def __init__(self, address: str, port: int) -> None:
        self._address = address
        self._port = port

    async def ask(self, interface: str, request: Request) -> Answer | Refusal:
        """See ``Http``."""
        try:
            with bound(interface, socket.SOCK_STREAM) as sock:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(sock, (self._address, self._port))
                await loop.sock_sendall(sock, request.encoded())
                return await _answer(_sent(request), sock, request.limit)
        except OSError as error:
            return Refusal(ClaimCause.UNREACHABLE, f"{self._address} {in_words(error)}")
        except h11.ProtocolError:
            return Refusal(ClaimCause.BAD_ANSWER, f"{self._address} answers, but not in HTTP")


def _sent(request: Request) -> h11.Connection:
    """A connection that waits for the answer."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(
        h11.Request(method=request.method, target=request.path, headers=list(request.headers))
    )
    connection.send(h11.EndOfMessage())
    return connection


async def _answer(connection: h11.Connection, sock: socket.socket, limit: int) -> Answer | Refusal:
    loop = asyncio.get_running_loop()
    status, body = 0, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await loop.sock_recv(sock, _CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > limit:
                return Refusal(ClaimCause.BAD_ANSWER, f"the answer has more than {limit} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, bytes(body))
