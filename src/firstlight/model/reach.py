"""What was found behind the link."""

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta


class Internet(StrEnum):
    """What the probe of the internet met."""

    REACHABLE = "reachable"
    NO_NAMES = "no_names"
    PORTAL = "portal"
    UNREACHABLE = "unreachable"


class ReachTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page whose answer is known: its HTTP status and, if given, its whole text."""

    url: str
    status: Annotated[int, Meta(ge=200, le=599)] = 204
    body: str | None = None

    @property
    def host(self) -> str:
        """The name or the IPv4 address in the URL."""
        return re.split(r"[/:?#]", self.url.partition("//")[2], maxsplit=1)[0].lower()


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """A program that waits for TCP connections; ``host`` is a name or an IPv4 address."""

    host: str
    port: int


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """One look behind the link. ``evidence`` is a short sentence on what was seen."""

    gateway: bool
    internet: Internet
    evidence: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether something was there. ``evidence``: a sentence on what was seen."""

    holds: bool
    evidence: str
    elapsed_ms: int = 0


class InternetFinding(msgspec.Struct, frozen=True, kw_only=True):
    """The best answer of all targets. ``date``: the server's clock in Unix seconds, if it told.

    Only an answer as expected has a ``date``: whoever answers in its place may think what it likes.
    """

    internet: Internet
    evidence: str
    elapsed_ms: int = 0
    date: int | None = None


class BrokerFinding(Finding, frozen=True, kw_only=True):
    """``address``: where the broker was looked for; ``None`` when its name did not resolve."""

    address: str | None = None


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything behind the link, each thing looked at by itself.

    ``None``: there was nothing to look for. ``names`` is that while every target is set by its
    address, ``internet`` without targets, ``broker`` without a broker.
    """

    gateway: Finding
    names: Finding | None = None
    internet: InternetFinding | None = None
    broker: BrokerFinding | None = None

    @property
    def reach(self) -> Reach:
        """The two things that joining and recovery ask for."""
        met = self.internet
        return Reach(
            gateway=self.gateway.holds,
            internet=met.internet if met else Internet.REACHABLE,
            evidence=met.evidence if met else "No target is set.",
        )


def names_in_question(targets: Sequence[ReachTarget], broker: Broker | None) -> tuple[str, ...]:
    """The names whose resolution proves DNS: those of the targets, else that of the broker."""
    hosts = dict.fromkeys(target.host for target in targets)
    names = tuple(host for host in hosts if not is_address(host))
    if names or broker is None or is_address(broker.host):
        return names
    return (broker.host,)


def is_address(host: str) -> bool:
    """Whether ``host`` is an IPv4 address, and not a name."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
