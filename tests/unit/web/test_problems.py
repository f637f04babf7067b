"""Errors as they leave over HTTP."""

import pytest

from firstlight.errors import Busy, FirstlightError, LockedOut, Unauthorized
from firstlight.web.problems import answer_to


@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [
        (LockedOut("Too many wrong codes.", retry_after=29.2), 429, "30"),
        (LockedOut("Too many wrong codes.", retry_after=0.0), 429, "1"),
        (Unauthorized("That is not the code."), 401, None),
        (Unauthorized("That is not the code.", retry_after=30), 401, "30"),
        (Busy("Not now.", retry_after=0.01), 409, "1"),
        (Busy("Not now."), 409, None),
    ],
)
def test_who_may_come_again_is_told_when(
    error: FirstlightError, status: int, wait: str | None
) -> None:
    answer = answer_to(error)
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == wait
