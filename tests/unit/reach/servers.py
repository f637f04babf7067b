"""Servers that answer as they are told: names over UDP, pages over TCP."""

import asyncio
from collections.abc import Callable

from dns import flags, message, rcode, rrset

Answer = Callable[[message.Message], list[bytes]]
"""What goes back for a question: any number of datagrams."""


def names(known: dict[str, str]) -> Answer:
    """Answers for those names; the others don't exist."""

    def answer(question: message.Message) -> list[bytes]:
        reply = message.make_response(question)
        asked = question.question[0].name
        address = known.get(asked.to_text(omit_final_dot=True))
        if address is None:
            reply.set_rcode(rcode.NXDOMAIN)
        else:
            reply.answer.append(rrset.from_text(asked, 60, "IN", "CNAME", "elsewhere."))
            reply.answer.append(rrset.from_text("elsewhere.", 60, "IN", "A", address))
        return [reply.to_wire()]

    return answer


def servfail(question: message.Message) -> list[bytes]:
    """The server's own upstream is dead."""
    reply = message.make_response(question)
    reply.set_rcode(rcode.SERVFAIL)
    return [reply.to_wire()]


def silence(_: message.Message) -> list[bytes]:
    """Nothing at all."""
    return []


def noise_before(answer: Answer) -> Answer:
    """Datagrams that are no answer to this question, and then the answer."""

    def noisy(question: message.Message) -> list[bytes]:
        other = message.make_query("another.example", "A", id=(question.id + 1) % 65536)
        stray = message.make_response(other)
        stray.flags |= flags.AA
        half = question.to_wire()[:7]
        return [b"", b"\x00", half, b"\xff" * 600, stray.to_wire(), *answer(question)]

    return noisy


def deaf_at_first(times: int, answer: Answer) -> Answer:
    """Loses the first questions."""
    heard = 0

    def later(question: message.Message) -> list[bytes]:
        nonlocal heard
        heard += 1
        return answer(question) if heard > times else []

    return later


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for reply in self._answer(message.from_wire(data)):
            self._transport.sendto(reply, addr)


async def serve_names(address: str, answer: Answer) -> asyncio.DatagramTransport:
    """A name server on port 53."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _NameServer(answer), local_addr=(address, 53)
    )
    return transport


def page(status: str, body: bytes = b"", *, headers: bytes = b"") -> list[bytes]:
    """A whole HTTP answer in one piece."""
    length = b"content-length: %d\r\n" % len(body)
    return [b"HTTP/1.1 " + status.encode() + b"\r\n" + headers + length + b"\r\n" + body]


class Pages:
    """A web server that sends ``parts``, with ``pause`` seconds between them, to everybody.

    ``heads``: the request heads that came.
    """

    def __init__(self, parts: list[bytes], *, pause: float = 0.0, linger: bool = False) -> None:
        self.heads: list[bytes] = []
        self._parts = parts
        self._pause = pause
        self._linger = linger
        self._visits: set[asyncio.Task[None]] = set()

    async def serve(self, address: str, port: int = 80) -> asyncio.Server:
        return await asyncio.start_server(self._visited, address, port)

    async def show_out(self) -> None:
        """End every connection that is still open, or just opening."""
        for _ in range(8):
            await asyncio.sleep(0)
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        await asyncio.sleep(0)

    def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.create_task(self._meet(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            for part in self._parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(self._pause)
            if self._linger:
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has gone
        finally:
            writer.close()
