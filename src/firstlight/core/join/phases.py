"""The phases of an attempt, and the table that joins them."""

from enum import StrEnum


class Phase(StrEnum):
    """Where an attempt stands."""

    PROTECTING = "protecting"
    SEARCHING = "searching"
    LINKING = "linking"
    ADDRESSING = "addressing"
    PROVING = "proving"
    PROMOTING = "promoting"
    RELEASING = "releasing"
    RETIRING = "retiring"
    RETURNING = "returning"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the attempt is over."""
        return self in {Phase.SUCCEEDED, Phase.FAILED}


class Signal(StrEnum):
    """What an event amounts to."""

    PROTECTED = "protected"
    ELSEWHERE = "elsewhere"
    FOUND = "found"
    AUTHENTICATED = "authenticated"
    ADDRESSED = "addressed"
    PROVEN = "proven"
    PROMOTED = "promoted"
    RELEASED = "released"
    RETIRED = "retired"
    RESTORED = "restored"
    BROKEN = "broken"


TRANSITIONS: dict[tuple[Phase, Signal], Phase] = {
    (Phase.PROTECTING, Signal.PROTECTED): Phase.SEARCHING,
    (Phase.PROTECTING, Signal.BROKEN): Phase.RETURNING,
    (Phase.SEARCHING, Signal.ELSEWHERE): Phase.SEARCHING,
    (Phase.SEARCHING, Signal.FOUND): Phase.LINKING,
    (Phase.SEARCHING, Signal.BROKEN): Phase.RETURNING,
    (Phase.LINKING, Signal.AUTHENTICATED): Phase.ADDRESSING,
    (Phase.LINKING, Signal.ADDRESSED): Phase.PROVING,
    (Phase.LINKING, Signal.BROKEN): Phase.RETURNING,
    (Phase.ADDRESSING, Signal.ADDRESSED): Phase.PROVING,
    (Phase.ADDRESSING, Signal.BROKEN): Phase.RETURNING,
    (Phase.PROVING, Signal.PROVEN): Phase.PROMOTING,
    (Phase.PROVING, Signal.BROKEN): Phase.RETURNING,
    (Phase.PROMOTING, Signal.PROMOTED): Phase.RELEASING,
    (Phase.PROMOTING, Signal.BROKEN): Phase.RETURNING,
    (Phase.RELEASING, Signal.RELEASED): Phase.RETIRING,
    (Phase.RELEASING, Signal.BROKEN): Phase.RETIRING,
    (Phase.RETIRING, Signal.RETIRED): Phase.SUCCEEDED,
    (Phase.RETIRING, Signal.BROKEN): Phase.SUCCEEDED,
    (Phase.RETURNING, Signal.RESTORED): Phase.FAILED,
    (Phase.RETURNING, Signal.BROKEN): Phase.FAILED,
}

DEADLINES: dict[Phase, float] = {
    Phase.PROTECTING: 20,
    Phase.SEARCHING: 25,
    Phase.LINKING: 35,
    Phase.ADDRESSING: 30,
    Phase.PROVING: 12,
    Phase.PROMOTING: 18,
    Phase.RELEASING: 5,
    Phase.RETIRING: 20,
    Phase.RETURNING: 45,
}
"""Seconds a phase may last. In an emulated machine a full scan alone takes 15.

NetworkManager asks polkit whether this user may, and polkit 122 (Debian 12) now and then sleeps
through its own rules' end: the answer is yes, but comes after 15 s. No phase fails for that; the
request of ``RELEASING`` is carried out in any case, whoever still waits for it.
"""

FULL_SEARCHES = 2
"""How often to look everywhere: one scan misses a beacon now and then."""

TRIAL_SECONDS = 85.0
"""Seconds from the beginning until the proof must be there, whatever the phases took."""

BEFORE_PROOF = frozenset(
    {Phase.PROTECTING, Phase.SEARCHING, Phase.LINKING, Phase.ADDRESSING, Phase.PROVING}
)
"""A failure in one of these leads back to the old state; nothing is saved yet."""
