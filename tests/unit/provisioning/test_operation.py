"""What becomes of a claimed network that could not be joined."""

import pytest

from firstlight.model.attempt import Cause
from firstlight.model.claim import AfterFailure
from firstlight.model.mqtt import BrokerCause
from firstlight.provisioning.operation import Verdict, after_failed_broker, after_failed_join


@pytest.mark.parametrize("cause", Cause)
def test_kept_is_kept_whatever_comes(cause: Cause) -> None:
    assert after_failed_join(cause, 100, AfterFailure.KEEP) is Verdict.RETRY


@pytest.mark.parametrize(
    ("cause", "failed", "verdict"),
    [
        (Cause.WRONG_PASSWORD, 1, Verdict.DROP),
        (Cause.AUTH_MISMATCH, 1, Verdict.DROP),
        (Cause.NETWORK_NOT_FOUND, 2, Verdict.RETRY),
        (Cause.NETWORK_NOT_FOUND, 3, Verdict.DROP),
        (Cause.NO_ADDRESS, 3, Verdict.DROP),
        (Cause.RADIO_GONE, 9, Verdict.RETRY),
        (Cause.BUSY, 9, Verdict.RETRY),
        (None, 1, Verdict.RETRY),
    ],
)
def test_dropped_once_it_is_certain(cause: Cause | None, failed: int, verdict: Verdict) -> None:
    assert after_failed_join(cause, failed, AfterFailure.DROP) is verdict


@pytest.mark.parametrize("cause", BrokerCause)
def test_a_broker_that_is_kept_is_kept_whatever_comes(cause: BrokerCause) -> None:
    assert after_failed_broker(cause, 100, AfterFailure.KEEP) is Verdict.RETRY


@pytest.mark.parametrize(
    ("cause", "failed", "verdict"),
    [
        (BrokerCause.NOT_AUTHORIZED, 2, Verdict.RETRY),
        (BrokerCause.NOT_AUTHORIZED, 3, Verdict.DROP),
        (BrokerCause.CA_MISMATCH, 3, Verdict.DROP),
        (BrokerCause.UNREACHABLE, 99, Verdict.RETRY),
        (BrokerCause.CERTIFICATE_EXPIRED, 99, Verdict.RETRY),
    ],
)
def test_a_broker_that_is_away_may_return(
    cause: BrokerCause, failed: int, verdict: Verdict
) -> None:
    assert after_failed_broker(cause, failed, AfterFailure.DROP) is verdict
