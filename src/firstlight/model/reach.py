"""What was found behind the link."""

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


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """One look behind the link. ``evidence`` is a short sentence on what was seen."""

    gateway: bool
    internet: Internet
    evidence: str = ""
