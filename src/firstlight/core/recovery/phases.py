"""The phases of coming back, and the table that joins them."""

from enum import StrEnum


class Phase(StrEnum):
    """What is being done about the network."""

    RESTING = "resting"
    STEADY = "steady"
    DEGRADED = "degraded"
    LOOKING = "looking"
    REJOINING = "rejoining"
    FALLBACK = "fallback"
    SCOUTING = "scouting"
    REHEARSING = "rehearsing"
    HOMING = "homing"


class Signal(StrEnum):
    """What an event amounts to."""

    HELD = "held"
    ONLINE = "online"
    AILING = "ailing"
    STRANDED = "stranded"
    WORN = "worn"
    RESTRAINED = "restrained"
    FOUND = "found"
    REHEARSABLE = "rehearsable"
    PROVEN = "proven"
    EXHAUSTED = "exhausted"
    DUE = "due"
    WISHED = "wished"


USES_RADIO = frozenset(
    {Phase.LOOKING, Phase.REJOINING, Phase.SCOUTING, Phase.REHEARSING, Phase.HOMING}
)
"""In these the radio is the machine's alone: the hotspot is not raised by anybody else."""

_HELD = {(phase, Signal.HELD): Phase.RESTING for phase in Phase if phase is not Phase.RESTING}
_ONLINE = {
    (phase, Signal.ONLINE): Phase.STEADY
    for phase in (
        Phase.RESTING,
        Phase.DEGRADED,
        Phase.LOOKING,
        Phase.REJOINING,
        Phase.FALLBACK,
        Phase.SCOUTING,
        Phase.REHEARSING,
        Phase.HOMING,
    )
}

TRANSITIONS: dict[tuple[Phase, Signal], Phase] = {
    **_HELD,
    **_ONLINE,
    (Phase.RESTING, Signal.AILING): Phase.DEGRADED,
    (Phase.RESTING, Signal.STRANDED): Phase.FALLBACK,
    (Phase.STEADY, Signal.AILING): Phase.DEGRADED,
    (Phase.STEADY, Signal.STRANDED): Phase.FALLBACK,
    (Phase.STEADY, Signal.WISHED): Phase.LOOKING,
    (Phase.DEGRADED, Signal.WORN): Phase.LOOKING,
    (Phase.DEGRADED, Signal.WISHED): Phase.LOOKING,
    (Phase.DEGRADED, Signal.STRANDED): Phase.FALLBACK,
    (Phase.DEGRADED, Signal.RESTRAINED): Phase.FALLBACK,
    (Phase.LOOKING, Signal.FOUND): Phase.REJOINING,
    (Phase.LOOKING, Signal.EXHAUSTED): Phase.FALLBACK,
    (Phase.REJOINING, Signal.FOUND): Phase.REJOINING,
    (Phase.REJOINING, Signal.PROVEN): Phase.STEADY,
    (Phase.REJOINING, Signal.EXHAUSTED): Phase.FALLBACK,
    (Phase.FALLBACK, Signal.DUE): Phase.SCOUTING,
    (Phase.FALLBACK, Signal.WISHED): Phase.LOOKING,
    (Phase.SCOUTING, Signal.FOUND): Phase.HOMING,
    (Phase.SCOUTING, Signal.REHEARSABLE): Phase.REHEARSING,
    (Phase.SCOUTING, Signal.EXHAUSTED): Phase.FALLBACK,
    (Phase.REHEARSING, Signal.FOUND): Phase.HOMING,
    (Phase.REHEARSING, Signal.REHEARSABLE): Phase.REHEARSING,
    (Phase.REHEARSING, Signal.EXHAUSTED): Phase.FALLBACK,
    (Phase.HOMING, Signal.FOUND): Phase.HOMING,
    (Phase.HOMING, Signal.PROVEN): Phase.STEADY,
    (Phase.HOMING, Signal.EXHAUSTED): Phase.FALLBACK,
}

PATIENCE_SECONDS = 45.0
"""A link that stays away that long is lost, whatever the threshold says: the promise goes first."""

GRACE_SECONDS = 30.0
"""NetworkManager's own try to join is left alone until this long after the trouble began."""

RECOVERY_SECONDS = 65.0
"""From the beginning of the trouble until the hotspot's turn. A dead gateway is found within some
36 s, the last look at a network takes 6 and the hotspot a few, so all of it stays within the
promised 120 s."""

REJOIN_SECONDS = 30.0
"""How long one network may take to be joined and proven."""

LEAST_SECONDS = 8.0
"""With less time than that left, no further network is begun."""

SCAN_SECONDS = 20.0
"""How long a look round may take. An emulated machine takes 15."""

HOME_SECONDS = 30.0
"""From one look for home to the next."""

AWAY_SECONDS = 60.0
"""How long the hotspot may be away for one try to come home."""

TYPING_SECONDS = 60.0
"""Somebody who did something on the portal is left in peace that long."""

ARRIVAL_SECONDS = 45.0
"""So is somebody who has just joined the hotspot for the first time since it is up."""

ATTENDED_SECONDS = 1800.0
"""But nobody keeps the device away from home longer than that in one go."""
