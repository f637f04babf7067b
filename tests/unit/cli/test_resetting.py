"""``firstlight factory-reset``: asking first, following it to the end."""

import json
import sys

import pytest
from tests.unit.cli import samples
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, event, events, problem

from firstlight.cli.resetting import FORGOTTEN, PATIENCE_SECONDS

API = "/api/provisioning"
EVENTS = f"GET {API}/events"
SESSIONS = f"GET {API}/sessions"
RESET = f"POST {API}/factory-reset"
OLD = events(event(0, "", kind="connected"), event(1, "Of before."))


def told(number: int, message: str, phase: str | None = None) -> bytes:
    fields = {"action": "factory.reset"} | ({"phase": phase} if phase else {})
    return event(number, message).replace(b'{"id"', json.dumps(fields)[:-1].encode() + b', "id"')


def stream(*parts: bytes, hold: bool = False) -> Reply:
    return events(event(1, "", kind="connected"), *parts, hold=hold)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstlight.cli.recovery.sleep", lambda _: None)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed there."""
    typed: list[str] = []

    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self, *_: int) -> str:
            return f"{typed.pop(0)}\n"

    monkeypatch.setattr(sys, "stdin", Terminal())
    return typed


def asked(daemon: StubDaemon) -> list[str]:
    return [f"{request.method} {request.path}" for request in daemon.requests]


def test_it_is_followed_to_its_end(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    step = event(3, "Forgot Home.")
    other = event(4, "Joining Attic.").replace(b'"system"', b'"action"')
    daemon.say(
        EVENTS,
        OLD,
        stream(
            told(2, "Resetting.", "started"), step, other, told(5, "As new.", "completed"),
            hold=True,
        ),
    )  # fmt: skip
    code, out, err = ask("factory-reset", "--yes")
    assert (code, err) == (0, "")
    assert [line[10:] for line in out.splitlines()] == ["Resetting.", "Forgot Home.", "As new."]
    assert asked(daemon) == [EVENTS, EVENTS, RESET]
    assert daemon.requests[1].headers["last-event-id"] == "7-1"


def test_an_older_reset_is_not_taken_for_this_one(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    old = events(event(0, "", kind="connected"), told(1, "Long ago.", "completed"))
    daemon.say(EVENTS, old, stream(told(2, "As new.", "completed")))
    assert [line[10:] for line in ask("factory-reset", "--yes").out.splitlines()] == ["As new."]
    assert daemon.requests[1].headers["last-event-id"] == "7-1"


def test_it_is_followed_across_a_lost_connection(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    daemon.say(
        EVENTS,
        OLD,
        stream(told(2, "Resetting.", "started")),
        problem(409, "busy", "Too many readers."),
        stream(told(3, "As new.", "completed")),
    )
    daemon.say(SESSIONS, {"sessions": []})
    code, out, err = ask("factory-reset", "--yes")
    assert code == 0
    assert [line[10:] for line in out.splitlines()] == ["Resetting.", "As new."]
    assert err.splitlines() == [
        "firstlight: The connection to the daemon was lost; trying again until it is back.",
        "firstlight: The daemon answers again.",
    ]
    assert daemon.requests[-2].headers["last-event-id"] == "7-2"


@pytest.mark.parametrize(
    "again",
    [problem(401, "unauthorized", "Sign in."), stream(hold=True)],
    ids=["a token is wanted", "everybody may look"],
)
def test_somebody_whom_the_reset_has_forgotten(ask: Cli, daemon: StubDaemon, again: Reply) -> None:
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "Resetting.", "started")), again)
    daemon.say(SESSIONS, problem(401, "unauthorized", "Sign in."))
    code, out, err = ask("factory-reset", "--yes")
    assert code == 0
    assert [line[10:] for line in out.splitlines()] == ["Resetting."]
    assert err.endswith(f"firstlight: {FORGOTTEN}\n")


@pytest.mark.parametrize("heard", [True, False])
def test_to_a_program_that_was_forgotten_the_last_event_is_told(
    ask: Cli, daemon: StubDaemon, heard: bool
) -> None:
    daemon.say(RESET, Reply())
    begun = stream(told(2, "Resetting.", "started")) if heard else stream()
    daemon.say(EVENTS, OLD, begun, problem(401, "unauthorized", "Sign in."))
    code, out, _ = ask("factory-reset", "--yes", "--json")
    assert code == 0
    assert [json.loads(out) and json.loads(out)["message"]] == ["Resetting." if heard else None]


def test_somebody_who_may_not_is_not_told_that_it_goes_on(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(EVENTS, OLD)
    daemon.say(RESET, problem(401, "unauthorized", "Sign in."))
    assert ask("factory-reset", "--yes") == (5, "", "firstlight: Sign in.\n")


def test_a_reset_that_fails(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "The disk is full.", "failed")))
    code, out, _ = ask("factory-reset", "--yes")
    assert code == 1
    assert out.endswith("The disk is full.\n")


def test_one_that_is_under_way_already(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(EVENTS, OLD)
    daemon.say(RESET, problem(409, "busy", "It is under way."))
    assert ask("factory-reset", "--yes") == (6, "", "firstlight: It is under way.\n")


def test_where_nothing_can_be_heard_nothing_is_begun(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 100_000, 50))
    monkeypatch.setattr("firstlight.cli.recovery.monotonic", lambda: next(ticks))
    daemon.say(EVENTS, OLD, problem(409, "busy", "Too many readers."))
    told_ = ask("factory-reset", "--yes")
    assert told_.code == 1
    assert told_.err.endswith("could not be followed, so the reset was not begun.\n")
    assert RESET not in asked(daemon)


def test_json_is_the_event_that_ended_it(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "Begun.", "started"), told(3, "Done.", "completed")))
    (line,) = ask("factory-reset", "--yes", "--json").out.splitlines()
    assert json.loads(line)["message"] == "Done."


def test_patience_ends(ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 100_000, 50))
    monkeypatch.setattr("firstlight.cli.recovery.monotonic", lambda: next(ticks))
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "Resetting.", "started")))
    daemon.say(SESSIONS, {"sessions": []})
    code, out, err = ask("factory-reset", "--yes")
    assert code == 1
    assert "Resetting." in out
    assert f"After {PATIENCE_SECONDS:.0f} s" in err
    assert "--url" in err


def test_heartbeats_alone_do_not_hold_it_for_ever(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 100_000, 200))
    monkeypatch.setattr("firstlight.cli.recovery.monotonic", lambda: next(ticks))
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(b": heartbeat\n\n", hold=True))
    assert ask("factory-reset", "--yes").code == 1


def test_an_event_that_is_not_understood_is_passed_over(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply())
    strange = event(2, "x").replace(b'"system"', b'"wonder"')
    daemon.say(EVENTS, OLD, stream(strange, told(3, "As new.", "completed")))
    assert ask("factory-reset", "--yes").code == 0


def test_interrupted_it_says_that_the_reset_goes_on(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("firstlight.cli.recovery.sleep", interrupted)
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "Resetting.", "started")))
    told_ = ask("factory-reset", "--yes")
    assert told_.code == 130
    assert told_.err.endswith("firstlight: no longer watching; the reset goes on.\n")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (None, "the reset was not begun"),
        (Reply(cut=True), "it is not known whether the reset has begun"),
    ],
)
def test_interrupted_before_it_says_so(
    ask: Cli,
    daemon: StubDaemon,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply | None,
    said: str,
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("firstlight.cli.recovery.sleep", interrupted)
    daemon.say(EVENTS, OLD, stream() if reply else problem(409, "busy", "Too many readers."))
    if reply:
        daemon.say(RESET, reply)
    told_ = ask("factory-reset", "--yes")
    assert told_.code == 130
    assert told_.err.endswith(f"firstlight: no longer watching; {said}.\n")


def test_an_answer_that_is_lost_is_no_refusal(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(RESET, Reply(cut=True))
    daemon.say(
        EVENTS, OLD, stream(told(2, "Resetting.", "started"), told(3, "As new.", "completed"))
    )
    code, out, err = ask("factory-reset", "--yes")
    assert (code, err) == (0, "")
    assert [line[10:] for line in out.splitlines()] == ["Resetting.", "As new."]


def test_what_is_never_heard_of_may_not_have_begun(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 100_000, 50))
    monkeypatch.setattr("firstlight.cli.recovery.monotonic", lambda: next(ticks))
    daemon.say(RESET, Reply(cut=True))
    daemon.say(EVENTS, OLD, stream())
    daemon.say(SESSIONS, {"sessions": []})
    told_ = ask("factory-reset", "--yes")
    assert told_.code == 1
    assert "how the reset ended, nor whether it has begun.\n" in told_.err
    assert asked(daemon).count(RESET) == 1


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_where_nobody_can_be_asked_it_must_be_said(
    ask: Cli, daemon: StubDaemon, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pipe:
        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Pipe())
    told_ = ask("factory-reset", *options)
    assert told_.code == 2
    assert "--yes" in told_.err
    assert asked(daemon) == []


def test_json_asks_nobody(ask: Cli, daemon: StubDaemon, terminal: list[str]) -> None:
    assert ask("factory-reset", "--json").code == 2
    assert asked(daemon) == []


def offer(daemon: StubDaemon, *names: str) -> None:
    networks = [
        {"name": name, "uuid": "u", "type": "wifi", "autoconnect": True, "active": False}
        for name in names
    ]
    daemon.say(f"GET {API}/status", samples.status())
    daemon.say(f"GET {API}/networks/saved", {"networks": networks})
    daemon.say(RESET, Reply())
    daemon.say(EVENTS, OLD, stream(told(2, "As new.", "completed")))


def test_a_person_is_told_what_is_lost(ask: Cli, daemon: StubDaemon, terminal: list[str]) -> None:
    offer(daemon, "Home", "Of\x1bfice")
    terminal.append("y")
    code, out, err = ask("factory-reset")
    assert code == 0
    for words in (
        "pier",
        r"Home, Of\x1bfice",
        "pairing code",
        "sign-in",
        "registry",
        "password, Ethernet",
    ):
        assert words in err
    assert out.endswith("As new.\n")


def test_with_nothing_saved_it_says_so(ask: Cli, daemon: StubDaemon, terminal: list[str]) -> None:
    offer(daemon)
    terminal.append("y")
    assert "none is saved" in ask("factory-reset").err


@pytest.mark.parametrize("answer", ["", "n"])
def test_a_person_who_thinks_better_of_it(
    ask: Cli, daemon: StubDaemon, terminal: list[str], answer: str
) -> None:
    offer(daemon, "Home")
    terminal.append(answer)
    code, out, err = ask("factory-reset")
    assert (code, out.strip()) == (1, "")
    assert err.endswith("Nothing was changed.\n")
    assert RESET not in asked(daemon)


def test_without_a_radio_it_can_still_be_reset(
    ask: Cli, daemon: StubDaemon, terminal: list[str]
) -> None:
    offer(daemon)
    daemon.say(f"GET {API}/networks/saved", problem(503, "no_wifi_device", "None."))
    terminal.append("y")
    code, _, err = ask("factory-reset")
    assert code == 0
    assert "every saved WiFi network" in err
