"""What becomes of a claimed network that could not be joined."""

import pytest

from firstlight.model.attempt import Cause
from firstlight.model.claim import AfterFailure
from firstlight.provisioning.operation import Verdict, after_failed_join


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
