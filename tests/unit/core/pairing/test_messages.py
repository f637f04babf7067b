"""What people are told."""

import pytest

from firstlight.core.pairing import messages
from firstlight.core.pairing.code import fresh
from firstlight.core.pairing.desk import Desk, Judged, Verdict
from firstlight.errors import Code, LockedOut, Unauthorized
from firstlight.model.pairing import CodeShown, Paired

DESK = Desk(fresh(271_828, 0.0))


def test_a_wrong_code() -> None:
    refused = messages.refusal(Judged(DESK, Verdict.WRONG))
    assert isinstance(refused, Unauthorized)
    assert (refused.code, refused.retry_after) == (Code.UNAUTHORIZED, None)
    assert refused.hint


def test_the_wrong_code_that_begins_a_pause() -> None:
    refused = messages.refusal(Judged(DESK, Verdict.WRONG, 30.0))
    assert isinstance(refused, Unauthorized)
    assert refused.retry_after == 30.0
    assert "Try again in 30 s." in refused.message
    assert "five wrong codes" in (refused.hint or "")


def test_a_code_that_was_not_looked_at() -> None:
    refused = messages.refusal(Judged(DESK, Verdict.REFUSED, 3599.2))
    assert isinstance(refused, LockedOut)
    assert (refused.code, refused.retry_after) == (Code.LOCKED_OUT, 3599.2)
    assert "Try again in 60 min." in refused.message


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.REFUSED])
@pytest.mark.parametrize("wait", [0.0, 30.0])
def test_no_refusal_tells_the_code(verdict: Verdict, wait: float) -> None:
    refused = messages.refusal(Judged(DESK, verdict, wait))
    assert DESK.code.digits not in f"{refused.message} {refused.hint}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (30.0, "30 s"), (119.0, "119 s"), (119.5, "2 min"), (121.0, "3 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert messages.in_words(seconds) == words


def test_events() -> None:
    assert messages.paired("Ada's phone") == "A device was paired: Ada's phone."
    assert messages.paused(30.0).startswith("Pairing was refused five times in a row. No code is")
    assert "32 paired devices" in messages.made_room("Ada's phone")
    assert "60 minutes" in messages.promoted("192.168.4.7")
    assert "Ada's phone" in messages.signed_out("Ada's phone")


def test_the_first_words_show_the_code_and_nothing_else_does() -> None:
    shown = CodeShown(code="271828", device_id="AUR-2026-ABCDEFGH", expires_in=300)
    said = messages.first_words(shown)
    assert "AUR-2026-ABCDEFGH" in said
    assert "271828 within 5 min" in said
    assert "271828" not in repr(shown)
    paired = Paired(token="secret", expires_at_ms=1, session_id="id", seconds=1)
    assert "secret" not in repr(paired)
