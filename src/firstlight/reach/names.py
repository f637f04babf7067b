"""Names, looked up through one interface by the lease's own name servers (RFC 1035)."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Sequence
from typing import cast

from firstlight.bound import bound
from firstlight.model.radio import Ipv4
from firstlight.model.reach import is_address
from firstlight.reach.racing import until_good

_DNS_PORT = 53
_ANSWER_SECONDS = 1.5
_QUESTIONS = 2  # to every name server: a single datagram may be lost
_MOST_DATAGRAMS = 16  # of a name server: who sends only what nobody has asked is none
_MULTICAST_DOMAIN = ".local"  # RFC 6762: no name server knows these


class Names:
    """What one look has asked for; each name is looked up once, until ``deadline`` (loop time).

    Use it as a context: it ends the lookups that nobody waits for any more.
    """

    def __init__(self, interface: str, ipv4: Ipv4, deadline: float) -> None:
        self._interface = interface
        self._ipv4 = ipv4
        self._deadline = deadline
        self._lookups: dict[str, asyncio.Task[str | None]] = {}

    async def __aenter__(self) -> "Names":
        return self

    async def __aexit__(self, *_: object) -> None:
        for lookup in self._lookups.values():
            lookup.cancel()
        await asyncio.gather(*self._lookups.values(), return_exceptions=True)

    async def address(self, host: str) -> str | None:
        """An IPv4 address of ``host``; ``None`` when it does not resolve."""
        if is_address(host):
            return host
        if host not in self._lookups:
            self._lookups[host] = asyncio.create_task(self._in_time(host), name=f"look-up-{host}")
        return await asyncio.shield(self._lookups[host])

    async def any_of(self, hosts: Sequence[str]) -> tuple[bool, str]:
        """Whether any of these resolves, and a sentence on it; does not wait for the others."""
        found = await until_good([self._named(host) for host in hosts], _resolved)
        for host, address in filter(_resolved, found):
            return True, f"{host} is {address}."
        return False, f"{' and '.join(hosts)} could not be resolved{self._by()}."

    async def _named(self, host: str) -> tuple[str, str | None]:
        return host, await self.address(host)

    def _by(self) -> str:
        servers = self._ipv4.name_servers
        return f" by {' or '.join(servers)}" if servers else "; the lease names no name server"

    async def _in_time(self, host: str) -> str | None:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await _resolve(self._interface, self._ipv4, host)
        except TimeoutError:
            return None


def _resolved(found: tuple[str, str | None]) -> bool:
    return found[1] is not None


async def _resolve(interface: str, ipv4: Ipv4, host: str) -> str | None:
    if not ipv4.name_servers or host.endswith(_MULTICAST_DOMAIN):
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
    except (OSError, UnicodeError):  # the latter for what can't be a name, as a..b
        return None
    return str(found[0][4][0]) if found else None


async def _ask(interface: str, server: str, host: str) -> str | None:
    """One DNS question over UDP (RFC 1035)."""
    from dns import exception, message, rdata, rdatatype  # noqa: PLC0415  idle daemons spare it

    loop = asyncio.get_running_loop()
    try:
        question = message.make_query(host, rdatatype.A)
    except exception.DNSException:  # it can't be a name
        return None
    with bound(interface, socket.SOCK_DGRAM) as sock:
        await loop.sock_connect(sock, (server, _DNS_PORT))
        await loop.sock_sendall(sock, question.to_wire())
        for _ in range(_MOST_DATAGRAMS):
            datagram = await loop.sock_recv(sock, 4096)
            await asyncio.sleep(0)  # what has come already is had without waiting
            try:
                answer = message.from_wire(datagram)
            except exception.DNSException:
                continue
            if question.is_response(answer):
                break
        else:
            return None
    addresses = [
        record.to_text()
        for rrset in answer.answer
        if rrset.rdtype == rdatatype.A
        for record in cast("Iterable[rdata.Rdata]", rrset)
    ]
    return addresses[0] if addresses else None
