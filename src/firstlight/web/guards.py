"""Who may ask for what. Each guard looks at one request and raises ``Refusal``, or lets it pass.

``GUARDS`` is the order of the checks. Only the peer's own address counts as its address: forwarding
headers are a claim that anybody can make. The daemon's Unix socket is guarded by the permissions of
its file, so whoever came through it needs neither token nor host name.

Reading a secret that opens the device is guarded like a change: ``SECRETS`` lists where they are.
Only ``BEACON`` takes a POST from whoever may see the page: it changes no setting and tells nothing.
"""

import hmac
import ipaddress
from collections.abc import Callable
from typing import Self

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from firstlight.errors import Code, ConfigError
from firstlight.web.problems import Refusal
from firstlight.web.settings import WebSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

TOKEN_HEADERS = ("x-firstlight-provisioning-token", "x-moonhub-provisioning-token")
TOKEN_VARIABLE = "FIRSTLIGHT_PROVISIONING_TOKEN"

PREFIX = "/api/provisioning"

SECRETS = (f"{PREFIX}/hotspot",)
"""Reading what begins like this may tell a secret, so it asks for what a change asks for.

Beginnings, for the router is more lenient than a comparison: it takes a trailing newline, too.
"""

BEACON = f"{PREFIX}/attended"
"""Where the page says that somebody is at it; also before that somebody has typed a token."""

_READING = frozenset({"GET", "HEAD"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Firstlight"'}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the guards hold a request against. ``networks`` empty: every address may ask."""

    networks: tuple[Network, ...]
    hosts: frozenset[str]
    token: bytes | None
    enabled: bool

    @classmethod
    def of(cls, settings: WebSettings, *, enabled: bool) -> Self:
        """Raises ``ConfigError`` for an address range that is none."""
        name = settings.hostname.lower().rstrip(".")
        own = {name, f"{name}.local", name.partition(".")[0]} if name else set[str]()
        further = (other.lower().rstrip(".") for other in settings.host_names)
        return cls(
            networks=tuple(_network(text) for text in settings.allowed_cidrs),
            hosts=frozenset({"localhost", *own, *further}),
            token=settings.token.encode() if settings.token else None,
            enabled=enabled,
        )


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request, before anything of it is believed.

    ``peer`` is ``None`` over the Unix socket, and for a TCP peer that is gone already.
    """

    peer: Address | None
    over_unix_socket: bool
    scheme: str
    method: str
    path: str
    headers: Headers

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read from an ASGI scope. A Unix socket has a path and no port."""
        client, server = scope.get("client"), scope.get("server")
        return cls(
            peer=_address(client[0]) if client else None,
            over_unix_socket=client is None and server is not None and server[1] is None,
            scheme=scope.get("scheme", "http"),
            method=scope["method"],
            path=scope["path"],
            headers=Headers(scope=scope),
        )

    @property
    def local(self) -> bool:
        """Whether it comes from this very machine."""
        return self.over_unix_socket or (self.peer is not None and self.peer.is_loopback)

    @property
    def changes(self) -> bool:
        """Whether it may change anything."""
        return self.method not in _READING

    @property
    def privileged(self) -> bool:
        """Whether it is only for those who may change the device."""
        return self.changes or tells_secrets(self.path)


Guard = Callable[[Visit, Policy], None]


def from_allowed_address(visit: Visit, policy: Policy) -> None:
    """The peer's address lies in a configured range, where there are any."""
    if visit.over_unix_socket:
        return
    peer = visit.peer
    if peer is None or (policy.networks and not any(peer in net for net in policy.networks)):
        raise Refusal(
            403,
            Code.FORBIDDEN,
            "Your address may not use this device.",
            hint="FIRSTLIGHT_ALLOWED_CIDRS lists the addresses that may.",
        )


def meant_for_this_host(visit: Visit, policy: Policy) -> None:
    """``Host`` is an address or a name of this device.

    A page of a stranger whose own name resolves to this device (DNS rebinding) still sends that
    name.
    """
    if visit.over_unix_socket:
        return
    host = _host_of(visit.headers.get("host", ""))
    if host not in policy.hosts and _address(host) is None:
        raise Refusal(
            403,
            Code.FORBIDDEN,
            "This device is not known by that name.",
            hint="Use its address, or one of: " + ", ".join(sorted(policy.hosts)) + ".",
        )


def from_own_page(visit: Visit, policy: Policy) -> None:
    """What a browser wants to change, or to know in secret, it asks from this device's own page."""
    origin = visit.headers.get("origin")
    if origin is None or not visit.privileged:
        return
    if origin.lower() != f"{visit.scheme}://{visit.headers.get('host', '')}".lower():
        raise Refusal(
            403,
            Code.FORBIDDEN,
            "A page of another site may neither change this device nor read its secrets.",
            hint="Open the device's own page and try again there.",
        )


def signed_in(visit: Visit, policy: Policy) -> None:
    """The device API asks for the token; with none, changes and secrets are for local peers."""
    if not policy.enabled or visit.over_unix_socket or not asks_for_sign_in(visit.path):
        return
    if policy.token is None:
        if visit.privileged and not visit.local:
            raise _unauthorized(
                "From another machine, changes and secrets need a token, and none is configured.",
                f"Set {TOKEN_VARIABLE} and restart Firstlight, or ask from the machine itself.",
            )
    elif not any(_same(given, policy.token) for given in _tokens(visit.headers)):
        raise _unauthorized(
            "This needs the provisioning token.",
            f"Send it as 'Authorization: Bearer …'. On the device it is {TOKEN_VARIABLE}.",
        )


GUARDS: tuple[Guard, ...] = (from_allowed_address, meant_for_this_host, from_own_page, signed_in)


def without(*left_out: Guard) -> tuple[Guard, ...]:
    """The guards, some left out: what the attacks in the test suite must succeed against."""
    return tuple(guard for guard in GUARDS if guard not in left_out)


def is_device_api(path: str) -> bool:
    """Whether it lies under ``PREFIX``."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def asks_for_sign_in(path: str) -> bool:
    """Whether it is for those only who hold the token, or sit at the machine."""
    return is_device_api(path) and path != BEACON


def tells_secrets(path: str) -> bool:
    """Whether an answer from there may hold a secret that opens the device."""
    return path.startswith(SECRETS)


def _unauthorized(message: str, hint: str) -> Refusal:
    return Refusal(401, Code.UNAUTHORIZED, message, hint=hint, headers=_CHALLENGE)


def _tokens(headers: Headers) -> list[bytes]:
    found = [value for name in TOKEN_HEADERS for value in headers.getlist(name)]
    for value in headers.getlist("authorization"):
        scheme, _, token = value.partition(" ")
        if scheme.lower() == "bearer":
            found.append(token.strip())
    return [value.encode("latin-1") for value in found]


def _same(given: bytes, expected: bytes) -> bool:
    return hmac.compare_digest(given, expected)


def _host_of(header: str) -> str:
    """The host of ``host[:port]``, lower case, without brackets and trailing dot."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower().rstrip(".")


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(
            "web.allowed_cidrs",
            f"{text!r} is not an address range",
            hint="Write it like 192.168.1.0/24 or fd00::/8.",
        ) from error
