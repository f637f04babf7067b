import pytest

from firstlight.cli import exits
from firstlight.cli.exits import MEANINGS, ExitCode, of_attempt, of_code, of_ladder
from firstlight.errors import Code
from firstlight.model.attempt import Attempt, AttemptState, Cause
from firstlight.model.ladder import Ladder, RungName


def test_every_error_of_the_daemon_has_its_place() -> None:
    assert set(exits._BY_CODE) == set(Code)


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_no_error_counts_as_done() -> None:
    assert ExitCode.OK not in {of_code(code) for code in Code}


def test_the_numbers_stay() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "NO_DAEMON": 3,
        "NO_RADIO": 4,
        "NOT_PERMITTED": 5,
        "BUSY": 6,
        "INTERRUPTED": 130,
    }


def test_each_kind_of_error_is_told_apart() -> None:
    assert of_code("invalid_field") is ExitCode.USAGE
    assert of_code("not_enabled") is ExitCode.NO_DAEMON
    assert of_code("radio_blocked") is ExitCode.NO_RADIO
    assert of_code("unauthorized") is ExitCode.NOT_PERMITTED
    assert of_code("busy") is ExitCode.BUSY
    assert of_code("cooling_down") is ExitCode.BUSY
    assert of_code("wrong_mode") is ExitCode.BUSY
    assert of_code("unknown_profile") is ExitCode.FAILED


def test_an_error_of_a_newer_daemon_is_a_failure() -> None:
    assert of_code("made_up_tomorrow") is ExitCode.FAILED


def _attempt(state: AttemptState, cause: Cause | None = None) -> Attempt:
    return Attempt(id="a", ssid="x", ssid_hex="78", state=state, started_at=0, cause=cause)


def test_an_attempt_ends_by_its_cause() -> None:
    failed = AttemptState.FAILED
    assert of_attempt(_attempt(failed, Cause.WRONG_PASSWORD)) is ExitCode.FAILED
    assert of_attempt(_attempt(failed, Cause.RADIO_GONE)) is ExitCode.NO_RADIO
    assert of_attempt(_attempt(failed, Cause.BUSY)) is ExitCode.BUSY
    assert of_attempt(_attempt(failed)) is ExitCode.FAILED


def test_an_attempt_that_has_not_failed_is_fine() -> None:
    assert of_attempt(_attempt(AttemptState.SUCCEEDED)) is ExitCode.OK
    assert of_attempt(_attempt(AttemptState.RUNNING)) is ExitCode.OK


@pytest.mark.parametrize("verdict", [None, *RungName])
def test_a_ladder_ends_by_its_first_broken_rung(verdict: RungName | None) -> None:
    no_radio = {RungName.RADIO, RungName.UNBLOCKED}
    ladder = Ladder(rungs=(), verdict=verdict, summary="", at=0, elapsed_ms=0)
    if verdict is None:
        assert of_ladder(ladder) is ExitCode.OK
    else:
        assert of_ladder(ladder) is (ExitCode.NO_RADIO if verdict in no_radio else ExitCode.FAILED)
