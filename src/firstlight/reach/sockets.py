"""The real look behind the link: ARP by way of TCP, DNS from the lease's own servers, HTTP.

Every socket is bound to the interface (``SO_BINDTODEVICE``, allowed to everybody since Linux 5.7),
so that a wired connection beside it can't lend its internet to a WiFi that has none.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import SplitResult, urlsplit

import h11

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Internet, Reach, ReachTarget

_DNS_PORT = 53
_GATEWAY_SECONDS = 4.0
_ANSWER_SECONDS = 1.5
_QUESTIONS = 2  # to every name server: a single datagram may be lost
_MAX_BODY = 65536
_ARP_COMPLETE = 0x2

_BEST_FIRST = (Internet.REACHABLE, Internet.PORTAL, Internet.UNREACHABLE, Internet.NO_NAMES)


class SocketReach:
    """Looks with sockets of its own; keeps nothing between looks."""

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """See the port."""
        gateway, found = await asyncio.gather(
            _gateway_answers(interface, ipv4.gateway, min(seconds, _GATEWAY_SECONDS)),
            asyncio.gather(*(_probe(interface, ipv4, target, seconds) for target in targets)),
        )
        if not found:
            return Reach(gateway=gateway, internet=Internet.REACHABLE, evidence="no target is set")
        internet, evidence = min(found, key=lambda one: _BEST_FIRST.index(one[0]))
        return Reach(
            # A socket bound to a device needs no route, so a gateway is only proven by the internet
            # where the lease names one.
            gateway=gateway or (ipv4.gateway is not None and internet is Internet.REACHABLE),
            internet=internet,
            evidence=evidence,
        )


async def _gateway_answers(interface: str, gateway: str | None, seconds: float) -> bool:
    """A TCP knock makes the kernel ask for the MAC; any answer, even a refusal, is life."""
    if gateway is None:
        return False
    try:
        async with asyncio.timeout(seconds):
            with _bound(interface, socket.SOCK_STREAM) as knock:
                await asyncio.get_running_loop().sock_connect(knock, (gateway, _DNS_PORT))
    except ConnectionRefusedError:
        return True
    except OSError:  # silence, or a firewall's refusal: whoever has a MAC is there
        return _is_neighbour(interface, gateway)
    return True


def _is_neighbour(interface: str, address: str) -> bool:
    """Whether the kernel has the MAC for that address (proc(5), /proc/[pid]/net/arp)."""
    for line in Path("/proc/thread-self/net/arp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[0] == address and fields[5] == interface:
            return bool(int(fields[2], 16) & _ARP_COMPLETE)
    return False


async def _probe(
    interface: str, ipv4: Ipv4, target: ReachTarget, seconds: float
) -> tuple[Internet, str]:
    url = urlsplit(target.url)
    host = url.hostname or ""
    deadline = asyncio.get_running_loop().time() + seconds
    address = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            address = await _resolve(interface, ipv4, host)
    if address is None:
        return Internet.NO_NAMES, f"{host} could not be resolved"
    try:
        async with asyncio.timeout_at(deadline):
            status, body = await _get(interface, address, url)
    except (OSError, h11.ProtocolError) as error:
        return Internet.UNREACHABLE, f"{host} did not answer ({type(error).__name__})"
    if status == target.status and (target.body is None or body.strip() == target.body):
        return Internet.REACHABLE, f"{host} answered as expected"
    return Internet.PORTAL, f"{host} answered with status {status}, not as expected"


async def _get(interface: str, address: str, url: SplitResult) -> tuple[int, str]:
    """One HTTP/1.1 GET; status and text of the answer, at most 64 KiB of it."""
    loop = asyncio.get_running_loop()
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method="GET",
        target=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        headers=[("Host", url.netloc), ("Connection", "close")],
    )
    with _bound(interface, socket.SOCK_STREAM) as sock:
        await loop.sock_connect(sock, (address, url.port or 80))
        for event in (request, h11.EndOfMessage()):
            await loop.sock_sendall(sock, connection.send(event) or b"")
        return await _answer(connection, sock)


async def _answer(connection: h11.Connection, sock: socket.socket) -> tuple[int, str]:
    loop = asyncio.get_running_loop()
    status, body = 0, bytearray()
    while len(body) <= _MAX_BODY:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await loop.sock_recv(sock, 4096))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    return status, body.decode(errors="replace")


async def _resolve(interface: str, ipv4: Ipv4, host: str) -> str | None:
    """An IPv4 address of ``host``, from the name servers of the lease where it has any."""
    with contextlib.suppress(ValueError):
        return str(ipaddress.IPv4Address(host))
    if not ipv4.name_servers:
        return await _system_resolve(host)
    for server in ipv4.name_servers * _QUESTIONS:
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                found = await _ask(interface, server, host)
                if found is not None:
                    return found
    return None


async def _system_resolve(host: str) -> str | None:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except OSError:
        return None
    return str(found[0][4][0]) if found else None


async def _ask(interface: str, server: str, host: str) -> str | None:
    """One DNS question over UDP (RFC 1035)."""
    from dns import exception, message, rdata, rdatatype  # noqa: PLC0415  idle daemons spare it

    loop = asyncio.get_running_loop()
    question = message.make_query(host, rdatatype.A)
    with _bound(interface, socket.SOCK_DGRAM) as sock:
        await loop.sock_connect(sock, (server, _DNS_PORT))
        await loop.sock_sendall(sock, question.to_wire())
        while True:
            try:
                answer = message.from_wire(await loop.sock_recv(sock, 4096))
            except exception.DNSException:
                continue
            if question.is_response(answer):
                break
    addresses = [
        record.to_text()
        for rrset in answer.answer
        if rrset.rdtype == rdatatype.A
        for record in cast("Iterable[rdata.Rdata]", rrset)
    ]
    return addresses[0] if addresses else None


def _bound(interface: str, kind: socket.SocketKind) -> socket.socket:
    """A socket that uses this interface only. Raises ``OSError`` when it isn't there."""
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(socket.socket(socket.AF_INET, kind))
        sock.setblocking(False)
        with contextlib.suppress(PermissionError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        stack.pop_all()
    return sock
