"""uvicorn's HTTP/1.1 connection, with bounds on what a peer may hold up."""

import asyncio
import socket
from collections import Counter

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from firstlight.errors import Code
from firstlight.model.wire import Problem
from firstlight.web.encoding import to_json
from firstlight.web.gate import SECURITY_HEADERS
from firstlight.web.visit import subscriber


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that things may take, and how many TCP connections there may be.

    ``head``: until the headers of a request are complete. ``stall``: how long a peer may leave
    unread what was sent to it. ``grace``: what requests under way get when the server stops.
    ``share``: how many of the ``connections`` one subscriber may hold, so that nobody can take all.
    A proxy on this machine is one.
    """

    head: float = 10.0
    stall: float = 10.0
    grace: float = 3.0
    connections: int = 128
    share: int = 32


class Connections(ServerState):
    """What all connections share."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds
        self.by_address: Counter[str] = Counter()
        self.none_left = asyncio.Event()
        self.none_left.set()


class Connection(H11Protocol):
    """A connection that no peer can keep half-asked, or full of what it doesn't read."""

    server_state: Connections
    _address = ""
    _head_timer: asyncio.TimerHandle | None = None
    _stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the connection, or end it where it is not certain who is there."""
        super().connection_made(transport)
        self.server_state.none_left.clear()
        over_tcp = transport.get_extra_info("socket").family != socket.AF_UNIX
        # A TCP peer that resets the connection at once leaves no address behind, and would look
        # like somebody on the Unix socket.
        unknown = over_tcp and self.client is None
        shared = self.server_state
        crowded = over_tcp and len(self.connections) > shared.bounds.connections
        if over_tcp and self.client is not None:
            self._address = subscriber(self.client[0])
            shared.by_address[self._address] += 1
        greedy = shared.by_address[self._address] > shared.bounds.share
        if unknown or crowded or greedy:
            transport.abort()
        else:
            self._start_head_timer()

    def data_received(self, data: bytes) -> None:
        """Feed the parser. The clock runs while a request is not understood yet."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.cycle and not self.cycle.response_complete:
            self._stop_head_timer()
        elif self._head_timer is None:
            self._start_head_timer()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in the shape of every other error.

        Where there was an answer already, what follows can have none.
        """
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        if self.cycle and not self.cycle.response_complete:
            if self.cycle.response_started:
                self.transport.abort()
                return
            # Whoever works on the request sees its sender gone; the answer is given here.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        words = "This is not a valid HTTP request."
        problem = Problem(error=words, message=words, code=Code.INVALID_BODY)
        body = to_json(problem)
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            *SECURITY_HEADERS.items(),
        ]
        response = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def pause_writing(self) -> None:
        """The peer doesn't read: give it a while."""
        super().pause_writing()
        self._stop_stall_timer()
        stall = self.server_state.bounds.stall
        self._stall_timer = self.loop.call_later(stall, self.transport.abort)

    def resume_writing(self) -> None:
        """The peer reads again."""
        super().resume_writing()
        self._stop_stall_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        super().connection_lost(exc)
        self._stop_head_timer()
        self._stop_stall_timer()
        by_address = self.server_state.by_address
        by_address[self._address] -= 1
        if by_address[self._address] <= 0:
            del by_address[self._address]
        if not self.connections:
            self.server_state.none_left.set()

    def _start_head_timer(self) -> None:
        head = self.server_state.bounds.head
        self._head_timer = self.loop.call_later(head, self.transport.abort)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
