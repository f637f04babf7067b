"""What becomes of a claimed configuration that does not work."""

from enum import StrEnum

from firstlight.model.attempt import Cause
from firstlight.model.claim import AfterFailure
from firstlight.model.mqtt import BrokerCause

FAILURES_BEFORE_DROP = 3
"""A router may be off while the device is claimed; a wrong password stays wrong."""

_CERTAIN = frozenset({Cause.WRONG_PASSWORD, Cause.AUTH_MISMATCH})
_NOT_ITS_FAULT = frozenset(
    {Cause.RADIO_BLOCKED, Cause.RADIO_GONE, Cause.BUSY, Cause.UNAVAILABLE, Cause.CANCELLED}
)


_BROKER_CERTAIN = frozenset(
    {
        BrokerCause.NOT_AUTHORIZED,
        BrokerCause.BAD_CA,
        BrokerCause.CA_MISMATCH,
        BrokerCause.HOST_NAME_MISMATCH,
    }
)
"""The broker was there, and what was claimed does not open it. A broker that is away may return."""


class Verdict(StrEnum):
    """``RETRY``: after a pause; ``DROP``: the device can be claimed anew."""

    RETRY = "retry"
    DROP = "drop"


def after_failed_join(cause: Cause | None, failed: int, policy: AfterFailure) -> Verdict:
    """What to do after the ``failed``-th failed join in a row (from 1)."""
    if policy is AfterFailure.KEEP or cause in _NOT_ITS_FAULT:
        return Verdict.RETRY
    if cause in _CERTAIN or failed >= FAILURES_BEFORE_DROP:
        return Verdict.DROP
    return Verdict.RETRY


def after_failed_broker(cause: BrokerCause, failed: int, policy: AfterFailure) -> Verdict:
    """What to do after the ``failed``-th connection in a row (from 1) that came to nothing."""
    if policy is AfterFailure.KEEP or cause not in _BROKER_CERTAIN:
        return Verdict.RETRY
    return Verdict.DROP if failed >= FAILURES_BEFORE_DROP else Verdict.RETRY
