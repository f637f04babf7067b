"""``firstlight provisioning``: what it asks for, what it shows, how it ends."""

import json
import time
from typing import Any

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import StubDaemon, event, events, problem

from firstlight.cli import mode_watching
from firstlight.cli.exits import ExitCode, of_code
from firstlight.cli.mode_views import access_code, session_view
from firstlight.cli.mode_watching import of_session, settled
from firstlight.cli.screen import console
from firstlight.client import Client
from firstlight.errors import NoDaemon
from firstlight.model.provisioning_mode import ModeEnd, ModeEnded, ModeSession, ModeState

MODE = "/api/provisioning"
SESSION = f"GET {MODE}/session"
OFF: dict[str, Any] = {"state": "off"}
STARTING = {"state": "starting"}
HALL = {"mac": "a1:b2:c3:d4:e5:f6", "state": "joined", "name": "Hall", "kind": "clients"}
ACTIVE = {
    "state": "active",
    "ssid": "FireFly-Provisioning",
    "password": "A6B5C4D3E2F1",
    "channel": 1,
    "expiresAt": round(time.time() * 1000) + 3_600_000,
    "txPowerRequested": 2.0,
    "expected": 1,
    "joined": 1,
    "devices": [HALL],
    "warnings": ["It sends too \x1b[31mloud."],
}
DONE = ACTIVE | {"devices": [HALL | {"state": "configured"}], "configured": 1}
REFUSED = {"mac": "0a:b2:c3:d4:e5:f8", "state": "refused", "reason": "It is not registered."}


def ended(reason: str, **more: str) -> dict[str, Any]:
    return OFF | {"ended": {"reason": reason, "message": "It is over.", "at": 5, **more}}


def test_on_waits_until_it_is_on(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"PUT {MODE}", {"ok": True})
    daemon.say(SESSION, ended("asked"), STARTING, ended("asked"), ACTIVE)
    code, out, err = ask("provisioning on")
    assert (code, err) == (0, "")
    for words in ("on", " min", "FireFly-Provisioning", "A6B5C4D3E2F1", "2 dBm asked for"):
        assert words in out
    assert "does not say" in out
    assert "\x1b" not in out
    assert json.loads(next(one.body for one in daemon.requests if one.method == "PUT")) == {
        "force": False
    }


@pytest.mark.parametrize(
    ("reason", "code"),
    [("radio_in_use", 6), ("another_controller", 6), ("registry_failed", 1), ("radio_failed", 1)],
)
def test_on_says_why_it_did_not_begin(ask: Cli, daemon: StubDaemon, reason: str, code: int) -> None:
    daemon.say(f"PUT {MODE}", {"ok": True})
    daemon.say(SESSION, OFF, ended(reason, hint="Do this.", mac="0a:b2:c3:d4:e5:f8"))
    told = ask("provisioning on", "--force")
    assert told.code == code
    assert "It is over. (0a:b2:c3:d4:e5:f8)" in told.out
    assert "Do this." in told.out
    assert b'"force":true' in next(one.body for one in daemon.requests if one.method == "PUT")


def test_a_refusal_decides_the_exit_code(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(SESSION, OFF)
    daemon.say(f"PUT {MODE}", problem(409, "radio_in_use", "The radio is in use.", "Use --force."))
    assert ask("provisioning on") == (6, "", "firstlight: The radio is in use.\n  Use --force.\n")


def test_off(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"DELETE {MODE}", {"ok": True})
    assert ask("provisioning off") == (0, "Provisioning Mode is being switched off.\n", "")
    assert ask("provisioning off", "--json").out == '{"ok": true}\n'


def test_status_as_a_table_and_as_it_came(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(SESSION, ACTIVE | {"devices": [HALL, REFUSED]})
    out = ask("provisioning status").out
    assert "1 expected, 1 joined, 0 configured, 0 refused" in out
    assert "a1:b2:c3:d4:e5:f6  client" in out
    assert "It is not registered." in out
    assert json.loads(ask("provisioning status", "--json").out)["ssid"] == "FireFly-Provisioning"


def test_it_is_followed_to_its_end(ask: Cli, daemon: StubDaemon) -> None:
    stream = events(event(1, "Joined."), event(2, "Configured."), event(3, "Over."))
    daemon.say(f"GET {MODE}/events", events(event(0, "On.")), stream)
    daemon.say(SESSION, ACTIVE, ACTIVE, DONE, ended("expired"))
    code, out, _ = ask("provisioning status", "--follow")
    assert code == 0
    assert "Hall (a1:b2:c3:d4:e5:f6) configured\n" in out
    assert out.rstrip().endswith("It is over.")


def test_an_answer_that_is_lost_does_not_end_it(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("firstlight.cli.provisioning.sleep", pauses.append)
    daemon.say(f"GET {MODE}/events", events(event(0, "On.")), events(event(1, "Joined.")))
    away = problem(429, "rate_limited", "Too many at once.")
    daemon.say(SESSION, ACTIVE, away, away, ended("expired"))
    code, out, err = ask("provisioning status", "--follow")
    assert code == 0
    assert out.rstrip().endswith("It is over.")
    assert [line.split()[-1] for line in err.splitlines()] == ["back.", "again."]
    assert pauses == [0.5, 1]


def test_a_refusal_ends_the_following(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {MODE}/events", events(event(0, "On.")), events(event(1, "Joined.")))
    daemon.say(SESSION, ACTIVE, problem(401, "unauthorized", "Token?"))
    told = ask("provisioning status", "--follow")
    assert (told.code, told.err) == (5, "firstlight: Token?\n")


def test_it_is_followed_as_json(ask: Cli, daemon: StubDaemon) -> None:
    stream = events(event(1, "Joined."), event(2, "Rogue."))
    daemon.say(f"GET {MODE}/events", events(event(0, "On.")), stream)
    daemon.say(SESSION, ACTIVE, ACTIVE | {"devices": [REFUSED]}, ended("rogue_station"))
    code, out, _ = ask("provisioning status", "--follow", "--json")
    assert code == 1
    states = [json.loads(line)["state"] for line in out.splitlines()]
    assert states == ["active", "active", "off"]


def test_there_is_nothing_to_follow_while_it_is_off(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {MODE}/events", events())
    daemon.say(SESSION, OFF)
    told = ask("provisioning status", "--follow")
    assert (told.code, told.out.split()) == (0, ["Provisioning", "Mode", "off"])


def test_on_does_not_wait_for_ever(daemon: StubDaemon) -> None:
    daemon.say(SESSION, {"state": "starting"})
    clock = iter(range(0, 1000, 20))
    with (
        Client(state_dir=daemon.state_dir) as client,
        pytest.raises(NoDaemon, match="still not on") as caught,
    ):
        settled(client, None, sleep=lambda _: None, monotonic=lambda: next(clock))
    assert of_code(caught.value.word) is ExitCode.FAILED


@pytest.mark.parametrize("reason", ModeEnd)
def test_every_end_has_its_exit_code(reason: ModeEnd) -> None:
    ended_ = ModeEnded(reason=reason, message="", at=0)
    well = reason in {ModeEnd.ASKED, ModeEnd.EXPIRED}
    assert (of_session(ModeSession(state=ModeState.OFF, ended=ended_)) is ExitCode.OK) == well
    assert of_session(ModeSession(state=ModeState.ACTIVE, ended=ended_)) is ExitCode.OK


def test_the_table_that_lives() -> None:
    screen = console()
    starting = ModeSession(state=ModeState.STARTING)
    active = ModeSession(state=ModeState.ACTIVE, ssid="FireFly-Provisioning", password="A" * 12)
    with screen.capture() as got:
        shown = mode_watching._Shown(starting, screen)
        for session in (active, active):
            shown.take(type("Answer", (), {"value": session}))  # type: ignore[arg-type]
        screen.print(shown.view())
    code, table = got.get().split("Provisioning Mode")
    assert code == access_code(active) + "\n"
    assert table.split()[:1] == ["on"]


def test_a_code_to_scan_only_where_there_is_something_to_join() -> None:
    assert access_code(ModeSession(state=ModeState.OFF)) == ""
    assert "█" in access_code(ModeSession(state=ModeState.ACTIVE, ssid="X", password="y" * 8))


def test_a_power_that_is_read_back() -> None:
    session = ModeSession(state=ModeState.ACTIVE, tx_power_requested=2.0, tx_power_actual=20.0)
    screen = console()
    with screen.capture() as got:
        screen.print(session_view(session, now_ms=0))
    assert "2 dBm asked for, 20 dBm read back" in got.get()
