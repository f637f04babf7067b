"""One request, before anything of it is believed."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Self

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from firstlight.web.access import Standing

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SESSION_COOKIE = "firstlight-session"

CERTIFICATES = "/certs"
"""For programs too, although it does not begin with ``/api``."""

_READING = frozenset({"GET", "HEAD"})
_FORWARDED = (b"forwarded", b"via", b"x-real-ip")
_FORWARDED_PREFIX = b"x-forwarded-"
_KEPT = "firstlight.visit"
_IPV6_PREFIX = 64


class Visit(msgspec.Struct, kw_only=True):
    """``peer`` is ``None`` over the Unix socket, and for a TCP peer that is gone already.

    ``own``: our address that it came to, as text. ``path`` begins behind ``root``, where the
    application is mounted. ``standing`` is what the guards have found out; ``by_cookie``: whether a
    cookie was what proved it; ``standing_now``: finds out anew, since a session may end meanwhile.
    """

    peer: Address | None
    over_unix_socket: bool
    scheme: str
    method: str
    path: str
    headers: Headers
    own: str = ""
    root: str = ""
    query: bytes = b""
    standing: Standing = Standing.STRANGER
    by_cookie: bool = False
    standing_now: Callable[[], Standing] = lambda: Standing.STRANGER
    _local: bool | None = None
    _caller: str | None = None
    _on_loopback: bool | None = None

    @classmethod
    def met(cls, scope: Scope) -> Self:
        """That of this request: read when it is first asked for, and kept with it."""
        known: Self | None = scope.get(_KEPT)
        if known is None:
            known = scope[_KEPT] = cls.of(scope)
        return known

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read from an ASGI scope. A Unix socket has a path and no port."""
        client, server = scope.get("client"), scope.get("server")
        root = scope.get("root_path", "")
        path = scope["path"]
        peer, caller, on_loopback = _peer(client[0]) if client else (None, "", False)
        return cls(
            peer=peer,
            _caller=caller,
            _on_loopback=on_loopback,
            over_unix_socket=client is None and server is not None and server[1] is None,
            scheme=scope.get("scheme", "http"),
            method=scope["method"],
            path=path.removeprefix(root) if root else path,
            headers=Headers(scope=scope),
            own=server[0] if server and server[1] is not None else "",
            root=root,
            query=scope.get("query_string", b""),
        )

    @property
    def local(self) -> bool:
        """Whether it comes from a program on this very machine, and not by way of one.

        A proxy here makes everybody look local; it says so in a header, and nobody gains by one.
        """
        if self._local is None:  # asked more than once, and not for nothing
            self._local = self.over_unix_socket or self._is_local()
        return self._local

    def _is_local(self) -> bool:
        if self._on_loopback is None:
            self._on_loopback = self.peer is not None and self.peer.is_loopback
        if not self._on_loopback:
            return False
        return not any(
            name in _FORWARDED or name.startswith(_FORWARDED_PREFIX) for name, _ in self.headers.raw
        )

    @property
    def changes(self) -> bool:
        """Whether it may change anything."""
        return self.method not in _READING

    @property
    def caller(self) -> str:
        """The peer's own address as text; empty over the Unix socket."""
        if self._caller is None:
            self._caller = str(self.peer) if self.peer is not None else ""
        return self._caller

    @property
    def for_programs(self) -> bool:
        """Whether there never is a page at that path."""
        return is_for_programs(self.path)

    @property
    def wants_page(self) -> bool:
        """Whether a browser asks for a page, rather than a program for an answer."""
        accept = self.headers.get("accept", "").lower()
        return "text/html" in accept and not self.for_programs

    def cookie(self, name: str) -> str:
        """Its value; empty where there is none.

        Browsers send the cookies of every port of a host, and what others keep in theirs need not
        be what RFC 6265 allows. Ours are never in quotes.
        """
        for part in self.headers.get("cookie", "").split(";"):
            key, _, value = part.partition("=")
            if key.strip() == name:
                return value.strip()
        return ""


def is_for_programs(path: str) -> bool:
    """Whether what is there is an API, and its errors are JSON whoever asks."""
    return path.startswith(("/api/", f"{CERTIFICATES}/")) or path == CERTIFICATES


@lru_cache(maxsize=256)
def address_of(text: str) -> Address | None:
    """The address; an IPv4 address that a socket for both families shows as IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=256)
def _peer(text: str) -> tuple[Address | None, str, bool]:
    """An address, the same as text, and whether it is this machine's own."""
    address = address_of(text)
    if address is None:
        return None, "", False
    return address, str(address), address.is_loopback


@lru_cache(maxsize=256)
def subscriber(text: str) -> str:
    """Whom an address belongs to, as far as shares and limits go.

    An address, or what one gets of IPv6 (RFC 6177): there, another address costs them nothing.
    """
    address = address_of(text)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return text if address is None else str(address)
