"""The phases of a claim, and the table that joins them."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a claim stands."""

    SEARCHING = "searching"
    LIMITING = "limiting"
    PROTECTING = "protecting"
    STARTING = "starting"
    LINKING = "linking"
    ADDRESSING = "addressing"
    ASKING_NONCE = "asking_nonce"
    ASKING_CONFIGURATION = "asking_configuration"
    ASKING_CERTIFICATE = "asking_certificate"
    STORING = "storing"
    MEASURING = "measuring"
    LEAVING = "leaving"
    RESTORING = "restoring"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the claim is over."""
        return self in {Phase.SUCCEEDED, Phase.FAILED}


class Signal(StrEnum):
    """What an event amounts to."""

    ELSEWHERE = "elsewhere"
    FOUND = "found"
    LIMITED = "limited"
    PROTECTED = "protected"
    STARTED = "started"
    AUTHENTICATED = "authenticated"
    ADDRESSED = "addressed"
    ANSWERED = "answered"
    STORED = "stored"
    NEXT = "next"
    LEFT = "left"
    DONE = "done"
    GIVEN_UP = "given up"
    BROKEN = "broken"


TRANSITIONS: dict[tuple[Phase, Signal], Phase] = {
    (Phase.SEARCHING, Signal.ELSEWHERE): Phase.SEARCHING,
    (Phase.SEARCHING, Signal.FOUND): Phase.LIMITING,
    (Phase.SEARCHING, Signal.BROKEN): Phase.RESTORING,
    (Phase.LIMITING, Signal.LIMITED): Phase.PROTECTING,
    (Phase.LIMITING, Signal.BROKEN): Phase.RESTORING,
    (Phase.PROTECTING, Signal.PROTECTED): Phase.STARTING,
    (Phase.PROTECTING, Signal.BROKEN): Phase.LEAVING,
    (Phase.STARTING, Signal.STARTED): Phase.LINKING,
    (Phase.STARTING, Signal.AUTHENTICATED): Phase.ADDRESSING,
    (Phase.STARTING, Signal.ADDRESSED): Phase.ASKING_NONCE,
    (Phase.STARTING, Signal.BROKEN): Phase.LEAVING,
    (Phase.LINKING, Signal.AUTHENTICATED): Phase.ADDRESSING,
    (Phase.LINKING, Signal.ADDRESSED): Phase.ASKING_NONCE,
    (Phase.LINKING, Signal.BROKEN): Phase.LEAVING,
    (Phase.ADDRESSING, Signal.ADDRESSED): Phase.ASKING_NONCE,
    (Phase.ADDRESSING, Signal.BROKEN): Phase.LEAVING,
    (Phase.ASKING_NONCE, Signal.ANSWERED): Phase.ASKING_CONFIGURATION,
    (Phase.ASKING_NONCE, Signal.BROKEN): Phase.LEAVING,
    (Phase.ASKING_CONFIGURATION, Signal.ANSWERED): Phase.ASKING_CERTIFICATE,
    (Phase.ASKING_CONFIGURATION, Signal.BROKEN): Phase.LEAVING,
    (Phase.ASKING_CERTIFICATE, Signal.ANSWERED): Phase.STORING,
    (Phase.ASKING_CERTIFICATE, Signal.BROKEN): Phase.LEAVING,
    (Phase.STORING, Signal.STORED): Phase.MEASURING,
    (Phase.STORING, Signal.BROKEN): Phase.LEAVING,
    (Phase.MEASURING, Signal.LIMITED): Phase.LEAVING,
    (Phase.LEAVING, Signal.NEXT): Phase.PROTECTING,
    (Phase.LEAVING, Signal.ELSEWHERE): Phase.SEARCHING,
    (Phase.LEAVING, Signal.LEFT): Phase.RESTORING,
    (Phase.LEAVING, Signal.BROKEN): Phase.RESTORING,
    (Phase.RESTORING, Signal.DONE): Phase.SUCCEEDED,
    (Phase.RESTORING, Signal.GIVEN_UP): Phase.FAILED,
}

DEADLINES: dict[Phase, float] = {
    Phase.SEARCHING: 25,
    Phase.LIMITING: 5,
    Phase.PROTECTING: 20,
    Phase.STARTING: 20,
    Phase.LINKING: 10,
    Phase.ADDRESSING: 15,
    Phase.ASKING_NONCE: 5,
    Phase.ASKING_CONFIGURATION: 30,
    Phase.ASKING_CERTIFICATE: 5,
    Phase.STORING: 35,
    Phase.MEASURING: 5,
    Phase.LEAVING: 45,
    Phase.RESTORING: 5,
}
"""Seconds a phase may last; ten for the join are the reference's.

They begin once NetworkManager has let the join begin, for polkit 122 (Debian 12) now and then takes
15 s to say that this user may.
"""

TRIAL_SECONDS = 68.0
"""Seconds from the switch until everything must have been asked, whatever the phases took.

With ``STORING`` and ``MEASURING`` after it, that stays within the dead-man's switch of a trial.
"""

BEFORE_STORING = (
    Phase.STARTING,
    Phase.LINKING,
    Phase.ADDRESSING,
    Phase.ASKING_NONCE,
    Phase.ASKING_CONFIGURATION,
    Phase.ASKING_CERTIFICATE,
)
"""While there is a trial, and nothing is kept of it yet."""

ASKING = frozenset({Phase.ASKING_NONCE, Phase.ASKING_CONFIGURATION, Phase.ASKING_CERTIFICATE})
"""While a request may be in flight."""
