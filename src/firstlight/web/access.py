"""Who may do what: one table of rights, one of who has them. ``docs/access.md`` is made from both.

The hotspot's password is the first factor: whoever came over the hotspot stands in front of the
device, may see how it is, and may set it up while it waits for that. Everything else is for those
who are signed in: by the code, by the token, or by the machine itself.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec

API = "/api/provisioning"

SOFTAP_ONLY = frozenset({f"{API}/nonce", f"{API}/client", f"{API}/controller", f"{API}/certs"})
"""What is answered inside the SoftAP of Provisioning Mode alone; refused to everybody here."""


class Right(StrEnum):
    """What a request asks for."""

    OPEN = "open"
    LOOK = "look"
    SET_UP = "set up"
    MANAGE = "manage"


MEANINGS: Mapping[Right, str] = {
    Right.OPEN: "whether it is alive, how to sign in, and what pages are made of",
    Right.LOOK: "how the device is, networks in sight, and how an attempt goes",
    Right.SET_UP: "join a network, and end the setup",
    Right.MANAGE: (
        "everything else: saved networks, the log, the metrics, the hotspot, restart, factory reset"
    ),
}


class Standing(StrEnum):
    """Who asks, as far as that is proven."""

    OWNER = "signed in, or on the machine itself"
    SETTING_UP = "on the hotspot, while the device waits to be set up"
    GUEST = "on the hotspot at any other time"
    ONLOOKER = "on the network, where no token is configured"
    STRANGER = "on the network, where a token is configured"


MAY: Mapping[Standing, frozenset[Right]] = {
    Standing.OWNER: frozenset(Right),
    Standing.SETTING_UP: frozenset({Right.OPEN, Right.LOOK, Right.SET_UP}),
    Standing.GUEST: frozenset({Right.OPEN, Right.LOOK}),
    Standing.ONLOOKER: frozenset({Right.OPEN, Right.LOOK}),
    Standing.STRANGER: frozenset({Right.OPEN}),
}


class Rule(msgspec.Struct, frozen=True):
    """What a path asks for. ``{name}`` stands for one segment, a trailing ``/*`` for any rest."""

    methods: str
    path: str
    right: Right


RULES: tuple[Rule, ...] = (
    Rule("GET", "/api/health", Right.OPEN),
    Rule("GET", "/api/openapi.json", Right.OPEN),
    Rule("GET", "/api/captive", Right.OPEN),
    Rule("POST", "/api/auth/pair", Right.OPEN),
    Rule("POST", "/auth", Right.OPEN),
    Rule("POST", f"{API}/attended", Right.OPEN),
    *(Rule("GET", path, Right.OPEN) for path in sorted(SOFTAP_ONLY)),
    Rule("GET", "/static/*", Right.OPEN),
    Rule("GET POST", "/pair", Right.OPEN),
    Rule("POST", "/language", Right.OPEN),
    Rule("GET", "/", Right.OPEN),
    Rule("GET", "/offline", Right.OPEN),
    Rule("GET", "/manifest.webmanifest", Right.OPEN),
    Rule("GET", "/service-worker.js", Right.OPEN),
    Rule("GET", f"{API}/status", Right.LOOK),
    Rule("GET", f"{API}/events", Right.LOOK),
    Rule("GET", f"{API}/networks", Right.LOOK),
    Rule("GET", f"{API}/network/attempt", Right.LOOK),
    Rule("GET", f"{API}/network/attempts/{{id}}", Right.LOOK),
    Rule("GET", f"{API}/network/diagnostics", Right.LOOK),
    Rule("GET", "/qr.svg", Right.LOOK),
    Rule("POST", f"{API}/network/connect", Right.SET_UP),
    Rule("POST", f"{API}/onboarding/complete", Right.SET_UP),
    Rule("POST", "/connect", Right.SET_UP),
    Rule("POST", "/finish", Right.SET_UP),
)
"""Everything that asks for less than ``MANAGE``. What is not here asks for that."""


@lru_cache(maxsize=256)
def right_for(method: str, path: str) -> Right:
    """What that request asks for. HEAD is GET; a path that nobody knows asks for ``MANAGE``."""
    asked = "GET" if method == "HEAD" else method
    for rule in RULES:
        if asked in rule.methods.split() and _matches(rule.path, path):
            return rule.right
    return Right.MANAGE


def may(standing: Standing, right: Right) -> bool:
    """Whether that caller has that right."""
    return right in MAY[standing]


def _matches(template: str, path: str) -> bool:
    if template.endswith("/*"):
        return path.startswith(template[:-1])
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        one == other or (one.startswith("{") and other != "")
        for one, other in zip(wanted, given, strict=True)
    )
