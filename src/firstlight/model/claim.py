"""One claim of configuration, as it is told to people and programs."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a device that claims its configuration is."""

    CLIENT = "client"
    CONTROLLER = "controller"


class AfterFailure(StrEnum):
    """What becomes of a claimed configuration that does not work."""

    KEEP = "keep"
    DROP = "drop"


class ClaimCause(StrEnum):
    """Why a claim failed; of the causes that concern one controller, the later ones came farther.

    ``provisioning.claim.causes.WORDS`` has the words for each.
    """

    NOTHING_FOUND = "nothing_found"
    COULD_NOT_JOIN = "could_not_join"
    NO_ADDRESS = "no_address"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FORBIDDEN = "forbidden"
    INACTIVE = "inactive"
    UNAUTHORIZED = "unauthorized"
    NOT_REGISTERED = "not_registered"
    BAD_ANSWER = "bad_answer"
    FINGERPRINT_MISMATCH = "fingerprint_mismatch"
    STORE_FAILED = "store_failed"
    RADIO_FAILED = "radio_failed"
    CANCELLED = "cancelled"


class ClaimState(StrEnum):
    """Whether there is a claim, and how it stands. ``WAITING``: between two rounds."""

    NONE = "none"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class ClaimStepName(StrEnum):
    """What has been reached, in order; a later candidate begins again after ``FOUND``."""

    FOUND = "found"
    JOINED = "joined"
    NONCE = "nonce"
    CONFIGURATION = "configuration"
    CERTIFICATE = "certificate"
    STORED = "stored"


class ClaimStep(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A step that was reached. ``at`` in Unix ms; ``elapsed_ms`` since the claim began."""

    name: ClaimStepName
    at: int
    elapsed_ms: int


class ClaimTry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One controller that was tried in vain. ``detail``: what it did, as far as that is known."""

    bssid: str
    cause: ClaimCause
    detail: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One claim. Times in Unix ms.

    ``bssid``: the controller that is asked, or whose configuration was stored. ``tries``: those
    that were tried in vain, strongest first. ``tx_power`` in dBm: what the driver says that it
    used. ``next_at``: when the next round begins, while ``WAITING``.
    """

    state: ClaimState
    role: Role = Role.CLIENT
    started_at: int | None = None
    ended_at: int | None = None
    steps: tuple[ClaimStep, ...] = ()
    bssid: str = ""
    tries: tuple[ClaimTry, ...] = ()
    tx_power: float | None = None
    cause: ClaimCause | None = None
    message: str = ""
    hint: str = ""
    next_at: int | None = None


class ClaimBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to claim. ``role``: instead of the configured one.

    ``wait``: go on, with growing pauses, until there is something to claim. ``again``: although
    there is a claimed configuration, which is replaced once there is another.
    """

    role: Role | None = None
    wait: bool = False
    again: bool = False


class ClaimAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest claim, and what came of it.

    ``stored``: whether there is a claimed configuration; ``problem``: why it does not work.
    """

    claim: Claim
    stored: bool = False
    problem: str = ""
