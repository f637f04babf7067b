"""Which saved networks to try, in which order, and how."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from firstlight.core.networks import find
from firstlight.model.access_point import AccessPoint
from firstlight.model.attempt import Cause
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Abilities

# The first is short: a handshake or a lease goes wrong now and then, most of all with a router that
# has just come back.
_PAUSES = (20.0, 60.0, 120.0, 240.0, 480.0, 900.0)
_REFUSED_PAUSES = (20.0, 120.0, 300.0, 900.0, 1800.0)
_NO_FAULT_OF_THE_NETWORK = frozenset({Cause.UNAVAILABLE, Cause.TIMEOUT, Cause.BUSY})
_BAND_END = 2484


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A saved network in sight. ``frequency`` in MHz, 0 if unknown."""

    uuid: str
    name: str
    frequency: int


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """How often in a row a network was in sight and could not be joined; when to try again."""

    count: int
    until: float
    cause: Cause

    @property
    def doubtful(self) -> bool:
        """Whether it may be the rehearsal that does not work, and not the network."""
        return self.count > 1 and self.cause in _NO_FAULT_OF_THE_NETWORK


class Approach(StrEnum):
    """How to try a network from the hotspot.

    ``DIRECT``: the hotspot goes down for it. ``BESIDE``: it stays. ``RETUNED``: it stays, but first
    changes to the network's channel.
    """

    DIRECT = "direct"
    BESIDE = "beside"
    RETUNED = "retuned"


def networks(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """Saved networks that may be joined without being asked."""
    return tuple(
        one
        for one in profiles
        if one.kind is ProfileKind.STATION and not one.trial and one.autoconnect and one.ssid
    )


def hidden(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """Those among them that must be asked for by name."""
    return tuple(one for one in networks(profiles) if one.hidden)


def in_order(
    profiles: Iterable[Profile],
    heard: Sequence[AccessPoint],
    *,
    last: str,
) -> tuple[Candidate, ...]:
    """Saved networks in sight: the one joined last, then by priority, signal and name.

    ``last``: the name of that network as it was remembered. One candidate a profile.
    """
    found = [
        (profile, seen)
        for profile in networks(profiles)
        if profile.ssid is not None and (seen := find(profile.ssid, heard)) is not None
    ]
    found.sort(
        key=lambda one: (
            last not in {one[0].name, one[1].ssid.text},
            -one[0].priority,
            -one[1].signal,
            one[0].name,
            one[0].uuid,
        )
    )
    return tuple(
        Candidate(uuid=profile.uuid, name=profile.name, frequency=seen.frequency)
        for profile, seen in found
    )


def failed(before: Failures | None, cause: Cause, now: float) -> Failures:
    """Take note of a failure; a password that is wrong now is likely to be wrong for longer."""
    count = before.count if before is not None else 0
    pauses = _REFUSED_PAUSES if cause is Cause.WRONG_PASSWORD else _PAUSES
    pause = pauses[min(count, len(pauses) - 1)]
    return Failures(count=count + 1, until=now + pause, cause=cause)


def approach(abilities: Abilities, hotspot: int | None, target: int) -> Approach:
    """``hotspot`` and ``target``: frequencies in MHz; ``None`` while no hotspot is up.

    A hotspot is on 2.4 GHz always, so it can't follow a network elsewhere.
    """
    if hotspot is None or not abilities.join_as_hotspot:
        return Approach.DIRECT
    if not abilities.one_channel or hotspot == target:
        return Approach.BESIDE
    return Approach.RETUNED if 0 < target < _BAND_END else Approach.DIRECT
