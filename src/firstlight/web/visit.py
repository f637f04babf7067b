"""One request, before anything of it is believed."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
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


class Visit(msgspec.Struct, kw_only=True):
    """``peer`` is ``None`` over the Unix socket, and for a TCP peer that is gone already.

    ``own``: our address that it came to, as text. ``path`` begins behind ``root``, where the
    application is mounted. ``standing`` is what the guards have found out; ``by_cookie``: whether a
    cookie was what proved it; ``still_owner``: asks anew whether it is one who has all rights,
    which a session that ends meanwhile takes away.
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
    still_owner: Callable[[], bool] = lambda: False
    _local: bool | None = None

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read from an ASGI scope. A Unix socket has a path and no port."""
        client, server = scope.get("client"), scope.get("server")
        root = scope.get("root_path", "")
        path = scope["path"]
        return cls(
            peer=address_of(client[0]) if client else None,
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
        if self.peer is None or not self.peer.is_loopback:
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
        return str(self.peer) if self.peer is not None else ""

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
        """Its value; empty where there is none."""
        if name not in self.headers.get("cookie", ""):
            return ""
        try:
            found = SimpleCookie(self.headers["cookie"]).get(name)
        except CookieError:
            return ""
        return found.value if found is not None else ""


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
