"""The diagnostic ladder: from the radio up to the internet, rung by rung."""

from enum import StrEnum

import msgspec


class RungName(StrEnum):
    """What is looked at, from the bottom up."""

    RADIO = "radio"
    UNBLOCKED = "unblocked"
    ASSOCIATED = "associated"
    ADDRESS = "address"
    GATEWAY = "gateway"
    DNS = "dns"
    INTERNET = "internet"
    NO_PORTAL = "no_portal"
    CLOCK = "clock"
    BROKER = "broker"


class RungState(StrEnum):
    """``SKIPPED``: not looked at, because it can't hold or nobody needs it."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Rung(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One rung. ``elapsed_ms``: how long the look took; ``evidence``: what was seen, a sentence.

    ``hint`` says what to do, where the rung is broken.
    """

    name: RungName
    state: RungState
    elapsed_ms: int = 0
    evidence: str = ""
    hint: str | None = None


class Ladder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All rungs from the bottom up. ``verdict`` is the first broken one, null when all hold.

    ``summary`` says it in words. ``at`` in Unix ms.
    """

    rungs: tuple[Rung, ...]
    verdict: RungName | None
    summary: str
    at: int
    elapsed_ms: int


class Diagnostics(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The ladder, and its main points as flat fields.

    ``nmcli_state`` is NetworkManager's word for the radio's state; ``details`` a sentence a rung.
    """

    connected: bool
    internet_reachable: bool
    dns_resolved: bool
    nmcli_state: str
    active_connection: str
    ipv4_address: str
    gateway: str
    details: tuple[str, ...]
    ladder: Ladder
