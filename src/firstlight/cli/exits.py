"""Exit codes, and the one place that says which error leads to which."""

from enum import IntEnum

from firstlight.errors import Code
from firstlight.model.attempt import Attempt, AttemptState, Cause
from firstlight.model.claim import Claim, ClaimCause, ClaimState
from firstlight.model.ladder import Ladder, RungName


class ExitCode(IntEnum):
    """How a command ended, for the program that started it."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_DAEMON = 3
    NO_RADIO = 4
    NOT_PERMITTED = 5
    BUSY = 6
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "it was tried and failed",
    ExitCode.USAGE: "an argument or a setting is not valid",
    ExitCode.NO_DAEMON: "no daemon answers, or it is not enabled",
    ExitCode.NO_RADIO: "there is no radio to work with",
    ExitCode.NOT_PERMITTED: "not permitted, or a token is missing or wrong",
    ExitCode.BUSY: "something else is under way",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}

_BY_CODE: dict[Code, ExitCode] = {
    Code.INVALID_BODY: ExitCode.USAGE,
    Code.INVALID_FIELD: ExitCode.USAGE,
    Code.INVALID_CONFIG: ExitCode.USAGE,
    Code.BODY_TOO_LARGE: ExitCode.USAGE,
    Code.NOT_ENABLED: ExitCode.NO_DAEMON,
    Code.UNAUTHORIZED: ExitCode.NOT_PERMITTED,
    Code.FORBIDDEN: ExitCode.NOT_PERMITTED,
    Code.NOT_PERMITTED: ExitCode.NOT_PERMITTED,
    Code.BUSY: ExitCode.BUSY,
    Code.COOLING_DOWN: ExitCode.BUSY,
    Code.WRONG_MODE: ExitCode.BUSY,
    Code.LOCKED_OUT: ExitCode.BUSY,
    Code.RATE_LIMITED: ExitCode.BUSY,
    Code.NO_NETWORK_MANAGER: ExitCode.NO_RADIO,
    Code.NO_WIFI_DEVICE: ExitCode.NO_RADIO,
    Code.UNKNOWN_INTERFACE: ExitCode.NO_RADIO,
    Code.UNMANAGED: ExitCode.NO_RADIO,
    Code.RADIO_BLOCKED: ExitCode.NO_RADIO,
    Code.RADIO_GONE: ExitCode.NO_RADIO,
    Code.NOT_FOUND: ExitCode.FAILED,
    Code.METHOD_NOT_ALLOWED: ExitCode.FAILED,
    Code.UNKNOWN_PROFILE: ExitCode.FAILED,
    Code.UNKNOWN_ATTEMPT: ExitCode.FAILED,
    Code.SCAN_FAILED: ExitCode.FAILED,
    Code.HOTSPOT_FAILED: ExitCode.FAILED,
    Code.RADIO_FAILURE: ExitCode.FAILED,
    Code.TIMEOUT: ExitCode.FAILED,
    Code.STORE_FAILURE: ExitCode.FAILED,
    Code.UNKNOWN_SESSION: ExitCode.FAILED,
    Code.RESTART_FAILED: ExitCode.FAILED,
    Code.UNKNOWN_RECORD: ExitCode.FAILED,
    Code.UNKNOWN_CERTIFICATE: ExitCode.FAILED,
    Code.ALREADY_EXISTS: ExitCode.FAILED,
    Code.MAC_TAKEN: ExitCode.FAILED,
    Code.VERSION_CONFLICT: ExitCode.FAILED,
    Code.NOT_A_CERTIFICATE: ExitCode.USAGE,
    Code.PROVISIONING_INACTIVE: ExitCode.FAILED,
    Code.SOFTAP_ONLY: ExitCode.NOT_PERMITTED,
    Code.RADIO_IN_USE: ExitCode.BUSY,
    Code.ANOTHER_CONTROLLER: ExitCode.BUSY,
    Code.NO_FIREWALL: ExitCode.FAILED,
    Code.KEY_LOST: ExitCode.FAILED,
    Code.BROKER_FAILURE: ExitCode.FAILED,
    Code.NO_BLUETOOTH: ExitCode.FAILED,
    Code.NOT_ALLOWED: ExitCode.NOT_PERMITTED,
    Code.INTERNAL: ExitCode.FAILED,
    Code.NO_DAEMON: ExitCode.NO_DAEMON,
}

_BY_CAUSE: dict[Cause, ExitCode] = {
    Cause.RADIO_BLOCKED: ExitCode.NO_RADIO,
    Cause.RADIO_GONE: ExitCode.NO_RADIO,
    Cause.UNAVAILABLE: ExitCode.NO_RADIO,
    Cause.BUSY: ExitCode.BUSY,
}


def of_code(code: str) -> ExitCode:
    """The exit code for an error's ``code``; ``FAILED`` for one that another version made up."""
    try:
        return _BY_CODE[Code(code)]
    except ValueError:
        return ExitCode.FAILED


def of_claim(claim: Claim) -> ExitCode:
    """The exit code for a claim as it stands; one that is still under way is ``OK``."""
    if claim.state is not ClaimState.FAILED:
        return ExitCode.OK
    return ExitCode.NO_RADIO if claim.cause is ClaimCause.RADIO_FAILED else ExitCode.FAILED


def of_attempt(attempt: Attempt) -> ExitCode:
    """The exit code for an attempt as it stands; one that is still running is ``OK``."""
    if attempt.state is not AttemptState.FAILED:
        return ExitCode.OK
    return (
        ExitCode.FAILED if attempt.cause is None else _BY_CAUSE.get(attempt.cause, ExitCode.FAILED)
    )


def of_ladder(ladder: Ladder) -> ExitCode:
    """``OK`` when every rung holds; otherwise by the first that is broken."""
    match ladder.verdict:
        case None:
            return ExitCode.OK
        case RungName.RADIO | RungName.UNBLOCKED:
            return ExitCode.NO_RADIO
        case _:
            return ExitCode.FAILED
