"""``firstlight claim`` against a stub: what it asks for, what it shows, how it ends."""

import json
from typing import Any

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import StubDaemon, problem

from firstlight.cli import claim as command
from firstlight.cli.exits import ExitCode, of_claim
from firstlight.model.claim import Claim, ClaimAnswer, ClaimCause, ClaimState

PATH = "/api/provisioning/claim"


def told(state: str, *steps: str, stored: bool = False, **more: Any) -> dict[str, Any]:
    reached = [
        {"name": name, "at": 1, "elapsedMs": 500 * number} for number, name in enumerate(steps, 1)
    ]
    return {"claim": {"state": state, "role": "client", "steps": reached} | more, "stored": stored}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "sleep", lambda _seconds: None)


def test_each_step_is_shown_once(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {PATH}", told("running"))
    daemon.say(
        f"GET {PATH}",
        told("running"),
        told("running", "found"),
        told("running", "found", "joined"),
        told("succeeded", "found", "joined", "nonce", "configuration", "stored", stored=True),
    )
    code, out, err = ask("claim")
    assert (code, err) == (0, "")
    assert [line.split()[1] for line in out.splitlines()[:-1]] == [
        "controller",
        "joined",
        "nonce",
        "configuration",
        "stored",
    ]
    assert out.endswith("Configuration was claimed and stored.\n")
    assert json.loads(daemon.requests[0].body) == {"role": None, "wait": False, "again": False}


def test_a_failure_says_what_to_do(ask: Cli, daemon: StubDaemon) -> None:
    failed = told("failed", cause="not_registered", message="Not known.", hint="Register it.")
    daemon.say(f"POST {PATH}", told("running"))
    daemon.say(f"GET {PATH}", failed)
    assert ask("claim", "--role", "controller", "--wait", "--again") == (
        1,
        "",
        "firstlight: Not known.\n  Register it.\n",
    )
    sent = {"role": "controller", "wait": True, "again": True}
    assert json.loads(daemon.requests[0].body) == sent


def test_the_next_controller_begins_anew(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {PATH}", told("running"))
    daemon.say(
        f"GET {PATH}",
        told("running", "found", "joined"),
        told("waiting", "found", message="Nobody."),
        told("failed", cause="cancelled", message="Ended."),
    )
    code, out, _ = ask("claim", "--wait")
    assert code == 1
    assert "Nobody. Trying again later." in out


def test_json_is_the_last_answer(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {PATH}", told("running"))
    daemon.say(f"GET {PATH}", told("running", "found"), told("succeeded", stored=True))
    code, out, err = ask("claim", "--json")
    assert (code, json.loads(out), err) == (0, told("succeeded", stored=True), "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (told("none"), "Nothing was claimed yet."),
        (told("none", stored=True), "Configuration is stored."),
        (told("running"), "A claim is under way."),
        (told("succeeded") | {"problem": "It does not work."}, "It does not work."),
    ],
)
def test_show_begins_nothing(
    ask: Cli, daemon: StubDaemon, answer: dict[str, Any], words: str
) -> None:
    daemon.say(f"GET {PATH}", answer)
    code, out, _ = ask("claim", "--show")
    assert code == 0
    assert words in out
    assert [request.method for request in daemon.requests] == ["GET"]


def test_what_is_claimed_already(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {PATH}", problem(409, "already_exists", "It has.", "--again"))
    assert ask("claim").code == 1


@pytest.mark.parametrize(
    ("state", "last", "words"),
    [("waiting", "DELETE", "was ended"), ("running", "GET", "goes on")],
)
def test_ctrl_c_ends_a_claim_that_waits_and_no_other(
    ask: Cli,
    daemon: StubDaemon,
    monkeypatch: pytest.MonkeyPatch,
    *,
    state: str,
    last: str,
    words: str,
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "sleep", interrupted)
    daemon.say(f"POST {PATH}", told(state))
    daemon.say(f"GET {PATH}", told(state))
    daemon.say(f"DELETE {PATH}", told("failed", cause="cancelled", message="Ended."))
    code, _, err = ask("claim", "--wait")
    assert code == ExitCode.INTERRUPTED
    assert words in err
    assert daemon.requests[-1].method == last


def test_ctrl_c_while_the_daemon_is_away(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "sleep", interrupted)
    daemon.say(f"POST {PATH}", told("waiting"))
    daemon.say(f"GET {PATH}", told("waiting"))
    daemon.say(f"DELETE {PATH}", problem(409, "busy", "It has no time."))
    code, _, err = ask("claim", "--wait")
    assert code == ExitCode.INTERRUPTED
    assert "the claim goes on: It has no time." in err


def test_patience_ends(ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 100_000, 200))
    monkeypatch.setattr(command, "monotonic", lambda: float(next(seconds)))
    daemon.say(f"POST {PATH}", told("running"))
    daemon.say(f"GET {PATH}", told("running"))
    code, _, err = ask("claim")
    assert code == 1
    assert "still not known" in err


def test_a_radio_that_failed_has_its_own_exit_code() -> None:
    failed = Claim(state=ClaimState.FAILED, cause=ClaimCause.RADIO_FAILED)
    assert of_claim(failed) is ExitCode.NO_RADIO
    assert of_claim(ClaimAnswer(claim=Claim(state=ClaimState.RUNNING)).claim) is ExitCode.OK
