import json

import pytest
import typer

from firstlight.cli.exits import ExitCode
from firstlight.cli.failures import reported
from firstlight.errors import Busy, FirstlightError, InvalidInput, NoDaemon


def outcome(
    error: Exception, *, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    with pytest.raises(typer.Exit) as caught, reported(as_json):
        raise error
    out, err = capsys.readouterr()
    assert out == ""
    return caught.value.exit_code, err


def test_a_person_gets_a_sentence_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    error = Busy("Another attempt is running.", hint="Wait.")
    code, err = outcome(error, as_json=False, capsys=capsys)
    assert code == ExitCode.BUSY
    assert err == "firstlight: Another attempt is running.\n  Wait.\n"


def test_a_program_gets_the_problem(capsys: pytest.CaptureFixture[str]) -> None:
    error = InvalidInput("ssid", "is empty")
    code, err = outcome(error, as_json=True, capsys=capsys)
    assert code == ExitCode.USAGE
    assert json.loads(err) == {
        "error": "ssid: is empty",
        "message": "ssid: is empty",
        "code": "invalid_field",
    }


def test_a_name_that_is_no_unicode_can_be_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    error = FirstlightError("no /tmp/\udcff", hint="look at \udcff")
    _, err = outcome(error, as_json=True, capsys=capsys)
    told = json.loads(err)
    assert (told["message"], told["hint"]) == ("no /tmp/\\udcff", "look at \\udcff")


def test_what_a_peer_says_is_made_plain(capsys: pytest.CaptureFixture[str]) -> None:
    error = FirstlightError("\x1b[2Jgone", hint="\x07")
    _, err = outcome(error, as_json=False, capsys=capsys)
    assert err == "firstlight: \\x1b[2Jgone\n  \\x07\n"


def test_no_daemon_has_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = outcome(NoDaemon("x"), as_json=True, capsys=capsys)
    assert code == ExitCode.NO_DAEMON
    assert json.loads(err)["code"] == "no_daemon"


def test_the_code_of_a_newer_daemon_is_told_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    error = FirstlightError("x")
    error.word = "brand_new"
    code, err = outcome(error, as_json=True, capsys=capsys)
    assert code == ExitCode.FAILED
    assert json.loads(err)["code"] == "brand_new"


def test_a_mistake_in_the_program_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), reported(as_json=False):
        raise ZeroDivisionError


def test_nothing_happens_without_an_error() -> None:
    with reported(as_json=True):
        pass
