from collections.abc import Callable, Iterator

import msgspec
import pytest
from tests.unit.cli import samples

from firstlight.cli.watching import outcome, show, step_line, until_decided
from firstlight.client import Answer
from firstlight.client.device import DeviceOperations
from firstlight.client.request import Reply
from firstlight.client.undertakings import JOINING
from firstlight.errors import Code, FirstlightError, NoDaemon, NotFound
from firstlight.model.attempt import Attempt, Step, StepName

AWAY = NoDaemon("gone")
SLOW = NoDaemon("slow", code=Code.TIMEOUT)
UNKNOWN = NotFound("unknown", code=Code.UNKNOWN_ATTEMPT)


def answer(state: str, *steps: str, **fields: object) -> Answer[Attempt]:
    body = msgspec.json.encode(samples.attempt(state, *steps, **fields))
    return Answer(DeviceOperations.attempt.request("a1"), Reply(200, {}, body), "here")


def attempt(state: str, *steps: str, **fields: object) -> Attempt:
    return answer(state, *steps, **fields).value


class Hands:
    """A clock whose hands only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def asking(*told: Answer[Attempt] | FirstlightError) -> Callable[[], Answer[Attempt]]:
    queue = list(told)

    def ask() -> Answer[Attempt]:
        said = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(said, FirstlightError):
            raise said
        return said

    return ask


def watched(
    *told: Answer[Attempt] | FirstlightError, remote: bool = False
) -> Iterator[Answer[Attempt]]:
    clock = Hands()
    return until_decided(asking(*told), remote=remote, sleep=clock.sleep, monotonic=clock.monotonic)


def test_it_ends_with_the_decision() -> None:
    running, done = answer("running"), answer("succeeded", "found")
    assert list(watched(running, running, done)) == [running, running, done]


def test_a_remote_daemon_may_be_out_of_reach_meanwhile() -> None:
    done = answer("failed")
    assert list(watched(AWAY, SLOW, AWAY, done, remote=True)) == [done]


def test_a_local_daemon_that_is_gone_is_gone() -> None:
    with pytest.raises(FirstlightError, match="gone"):
        list(watched(answer("running"), AWAY))


def test_a_refusal_is_final() -> None:
    with pytest.raises(FirstlightError, match="unknown"):
        list(watched(answer("running"), UNKNOWN, remote=True))


@pytest.mark.parametrize("said", [AWAY, answer("running")])
def test_patience_ends(said: Answer[Attempt] | FirstlightError) -> None:
    with pytest.raises(FirstlightError, match=f"After {JOINING.seconds:.0f} s") as caught:
        list(watched(said, remote=True))
    assert caught.value.code == "timeout"


def test_each_step_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    last = show(
        [
            answer("running", "found"),
            answer("running", "found"),
            answer("running", "found", "associated"),
            answer("succeeded", "found", "associated", "address"),
        ]
    )
    assert last.value.state == "succeeded"
    out, err = capsys.readouterr()
    assert [line.split("  ")[0].lstrip("✓+ ") for line in out.splitlines()] == [
        "network found",
        "associated",
        "address received",
        "Joined Lighthouse.",
    ]
    assert err == ""


def test_a_failure_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    show([answer("failed", "restored", cause="wrong_password", message="Wrong.", hint="Check it.")])
    out, err = capsys.readouterr()
    assert "back as before" in out
    assert err == "firstlight: Wrong.\n  Check it.\n"


def test_nothing_to_show_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no answer"):
        show([])


def test_a_step_has_its_time() -> None:
    step = Step(name=StepName.PASSWORD_ACCEPTED, at=0, elapsed_ms=1240)
    assert step_line(step, unicode=True) == "✓ password accepted      1.2 s"
    assert step_line(step, unicode=False).startswith("+ ")


def test_outcomes_in_words() -> None:
    assert outcome(attempt("succeeded")) == ["Joined Lighthouse."]
    assert outcome(attempt("succeeded", warning="captive_portal")) == [
        "Joined Lighthouse, but it wants a sign-in on a web page first."
    ]
    assert outcome(attempt("failed")) == ["firstlight: Lighthouse was not joined."]
    assert outcome(attempt("failed", ssid="\x1b")) == ["firstlight: \\x1b was not joined."]
    assert outcome(attempt("failed", message="\x1b", hint="\x07")) == [
        "firstlight: \\x1b",
        "  \\x07",
    ]
