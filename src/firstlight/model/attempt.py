"""One try to join a network, as it is told to people and programs."""

from enum import StrEnum

import msgspec


class Cause(StrEnum):
    """Why an attempt failed."""

    WRONG_PASSWORD = "wrong_password"
    NETWORK_NOT_FOUND = "network_not_found"
    AUTH_MISMATCH = "auth_mismatch"
    NO_ADDRESS = "no_address"
    NO_GATEWAY = "no_gateway"
    DNS_FAILURE = "dns_failure"
    CAPTIVE_PORTAL = "captive_portal"
    NO_INTERNET = "no_internet"
    RADIO_BLOCKED = "radio_blocked"
    RADIO_GONE = "radio_gone"
    BUSY = "busy"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    CANCELLED = "cancelled"


class StepName(StrEnum):
    """What has been reached, in order."""

    FOUND = "found"
    ASSOCIATED = "associated"
    PASSWORD_ACCEPTED = "password_accepted"
    ADDRESS = "address"
    GATEWAY = "gateway"
    INTERNET = "internet"
    SAVED = "saved"
    RESTORED = "restored"


class AttemptState(StrEnum):
    """Whether an attempt is over, and how."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Step(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A step that was reached. ``at`` in Unix ms; ``elapsed_ms`` since the attempt began."""

    name: StepName
    at: int
    elapsed_ms: int


class Attempt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One attempt. ``cause``, ``message`` and ``hint`` are null unless it failed; times in Unix ms.

    ``warning`` is set when it succeeded although the internet was not reached and not required.
    """

    id: str
    ssid: str
    ssid_hex: str
    state: AttemptState
    started_at: int
    steps: tuple[Step, ...] = ()
    ended_at: int | None = None
    cause: Cause | None = None
    message: str | None = None
    hint: str | None = None
    warning: Cause | None = None
