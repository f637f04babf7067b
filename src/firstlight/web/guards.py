"""What a request must pass, in order. Each guard refuses a request or lets it by.

Only the peer's own address counts as its address: forwarding headers are a claim that anybody can
make. The daemon's Unix socket is guarded by the permissions of its file, so whoever came through it
needs neither sign-in nor host name. ``access`` says what a request asks for and who may have it.
"""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from firstlight.errors import Code
from firstlight.web.access import Right, may, right_for
from firstlight.web.policy import Policy
from firstlight.web.problems import Refusal
from firstlight.web.rates import Kind
from firstlight.web.standing import recognise
from firstlight.web.visit import CERTIFICATES, Visit, address_of, subscriber

PREFIX = "/api/provisioning"

DEVICE_API = (PREFIX, "/api/controllers", "/api/clients", "/api/registry", CERTIFICATES)
"""What there is nothing of while Firstlight is not enabled."""

BEACON = f"{PREFIX}/attended"
"""Where the page says that somebody is at it; also before that somebody has signed in."""

SIGN_IN = frozenset({"/api/auth/pair", "/auth", "/pair"})
"""Where a code or a token is tried."""

SECRET_NAMES = frozenset({"token", "access_token", "code", "password", "visual-token", "key"})
"""What may not stand in an address: addresses are logged, kept in histories, and passed on."""

_HTTPS = 443
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Firstlight"'}

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
    host = host_of(visit.headers.get("host", ""))
    if host not in policy.hosts and address_of(host) is None:
        raise Refusal(
            403,
            Code.FORBIDDEN,
            "This device is not known by that name.",
            hint="Use its address, or one of: " + ", ".join(sorted(policy.hosts)) + ".",
        )


def over_tls(visit: Visit, policy: Policy) -> None:
    """Where there is TLS, plain HTTP only leads there. The Unix socket needs none."""
    if not policy.tls_port or visit.over_unix_socket or visit.scheme == "https":
        return
    host = host_of(visit.headers.get("host", ""))
    named = f"[{host}]" if ":" in host else host
    port = "" if policy.tls_port == _HTTPS else f":{policy.tls_port}"
    query = f"?{visit.query.decode('latin-1')}" if visit.query else ""
    there = f"https://{named}{port}{quote(visit.root + visit.path)}{query}"
    raise Refusal(
        308,
        Code.FORBIDDEN,
        "This device speaks TLS only.",
        hint="Ask at the address that this answer leads to.",
        headers={"Location": there, "Connection": "close"},
    )


def no_secret_in_address(visit: Visit, policy: Policy) -> None:
    """Nothing secret stands in the query."""
    if not visit.query:
        return
    named = {name.lower() for name, _ in parse_qsl(visit.query.decode("latin-1"))}
    if found := sorted(named & SECRET_NAMES):
        raise Refusal(
            400,
            Code.INVALID_FIELD,
            f"{found[0]}: must not stand in the address, where others may come to see it.",
            hint="Send a token as 'Authorization: Bearer …', and anything else in the body.",
        )


def not_too_fast(visit: Visit, policy: Policy) -> None:
    """The address has not used up what it may ask in this time. This machine has no limit."""
    if visit.peer is None or visit.local:
        return
    wait = policy.rates.wait(subscriber(visit.caller), _kind(visit))
    if wait:
        raise Refusal(
            429,
            Code.RATE_LIMITED,
            "Your address asks too much at once.",
            headers={"Retry-After": str(max(1, round(wait + 0.5)))},
        )


def is_recognised(visit: Visit, policy: Policy) -> None:
    """It is found out who asks; nobody is refused for that."""
    recognise(visit, policy)


def from_own_page(visit: Visit, policy: Policy) -> None:
    """What a browser wants to change, or to know in secret, it asks from this device's own page."""
    if visit.over_unix_socket or not _is_delicate(visit):
        return
    origin = visit.headers.get("origin")
    own = f"{visit.scheme}://{visit.headers.get('host', '')}".lower()
    foreign = origin is not None and origin.lower() != own
    # A browser names the origin of whatever changes something: a cookie without is no page's.
    unnamed = origin is None and visit.by_cookie and visit.changes
    site = visit.headers.get("sec-fetch-site", "none")
    elsewhere = site not in {"none", "same-origin"} and not _opens_page(visit)
    if foreign or unnamed or elsewhere:
        raise Refusal(
            403,
            Code.FORBIDDEN,
            "A page of another site may neither change this device nor read its secrets.",
            hint="Open the device's own page and try again there.",
        )


def has_the_right(visit: Visit, policy: Policy) -> None:
    """``access`` gives the caller what the request asks for. A browser is led to the sign-in."""
    if policy.service is None or may(visit.standing, right_for(visit.method, visit.path)):
        return
    if visit.wants_page and not visit.changes:
        here = quote(visit.path)
        raise Refusal(
            303,
            Code.UNAUTHORIZED,
            "This page is for those who are signed in.",
            headers={"Location": f"{visit.root}/pair?next={here}", "Cache-Control": "no-store"},
        )
    raise Refusal(
        401,
        Code.UNAUTHORIZED,
        "This is for those who are signed in.",
        hint="Pair with the code that `firstlight pair` shows (POST /api/auth/pair), and send the "
        "token as 'Authorization: Bearer …'.",
        headers=_CHALLENGE,
    )


GUARDS: tuple[Guard, ...] = (
    from_allowed_address,
    meant_for_this_host,
    no_secret_in_address,
    over_tls,
    not_too_fast,
    is_recognised,
    from_own_page,
    has_the_right,
)


def without(*left_out: Guard) -> tuple[Guard, ...]:
    """The guards, some left out: what the attacks in the test suite must succeed against."""
    return tuple(guard for guard in GUARDS if guard not in left_out)


def is_device_api(path: str) -> bool:
    """Whether it lies under one of ``DEVICE_API``."""
    return any(path == root or path.startswith(f"{root}/") for root in DEVICE_API)


@lru_cache(maxsize=256)
def host_of(header: str) -> str:
    """The host of ``host[:port]``, lower case, without brackets and trailing dot."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower().rstrip(".")


def _kind(visit: Visit) -> Kind:
    if not visit.changes:
        return Kind.READ
    return Kind.SIGN_IN if visit.path in SIGN_IN else Kind.CHANGE


def _is_delicate(visit: Visit) -> bool:
    return visit.changes or right_for(visit.method, visit.path) is Right.MANAGE


def _opens_page(visit: Visit) -> bool:
    """Whether a person follows a link: what is shown then, the page that led here can't read."""
    return not visit.changes and visit.headers.get("sec-fetch-mode") == "navigate"
