"""Every command against a stub: what it asks for, what it says, how it ends."""

import io
import json
import os
import sys
from pathlib import Path

import pytest
from tests.unit.cli import samples
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, event, events, problem

API = "/api/provisioning"

READING = {
    "status": f"GET {API}/status",
    "scan": f"GET {API}/networks",
    "saved": f"GET {API}/networks/saved",
    "hotspot show": f"GET {API}/hotspot",
    "hotspot on": f"POST {API}/hotspot/enable",
    "hotspot off": f"POST {API}/hotspot/disable",
    "recover": f"POST {API}/recovery/trigger",
    "rollback": f"POST {API}/rollback",
    "restart": f"POST {API}/restart",
    "onboarding complete": f"POST {API}/onboarding/complete",
    "maintenance enter": f"POST {API}/maintenance/enter",
    "maintenance exit": f"POST {API}/maintenance/exit",
    "provisioning off": f"DELETE {API}",
    "provisioning status": f"GET {API}/session",
}


@pytest.mark.parametrize(("command", "route"), READING.items())
def test_json_is_the_answer_as_it_came(
    ask: Cli, daemon: StubDaemon, command: str, route: str
) -> None:
    daemon.say(route, Reply(b'{ "anything":  [1] }'))
    assert ask(command, "--json") == (0, '{ "anything":  [1] }\n', "")


@pytest.mark.parametrize(("command", "route"), READING.items())
def test_a_problem_is_told_and_decides_the_exit_code(
    ask: Cli, daemon: StubDaemon, command: str, route: str
) -> None:
    said = problem(503, "no_wifi_device", "There is no WiFi device.", "Plug one in.")
    daemon.say(route, said)
    told = ask(command)
    assert told == (4, "", "firstlight: There is no WiFi device.\n  Plug one in.\n")
    code, out, err = ask(command, "--json")
    assert (code, out, json.loads(err)) == (4, "", json.loads(said.body))


OTHERS = ["events", "events --follow", "diagnose", "factory-reset --yes"]


@pytest.mark.parametrize("command", [*READING, *OTHERS])
def test_without_a_daemon(cli: Cli, command: str, tmp_path: object) -> None:
    told = cli(*command.split(), "--state-dir", str(tmp_path))
    assert told.code == 3
    assert told.out == ""
    assert told.err.startswith("firstlight: No daemon answers at ")


def test_scan(ask: Cli, daemon: StubDaemon) -> None:
    found = [samples.network(b"Lighthouse"), samples.network(b"[red]\x1b[31m")]
    daemon.say(READING["scan"], {"networks": found})
    code, out, _ = ask("scan")
    assert code == 0
    assert "Lighthouse" in out
    assert "[red]\\x1b[31m" in out
    assert "\x1b" not in out


def test_scan_without_networks(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(READING["scan"], {"networks": []})
    assert ask("scan") == (0, "No network is in sight.\n", "")


def test_status(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(READING["status"], samples.status())
    code, out, _ = ask("status")
    assert code == 0
    assert "pier" in out


def test_saved(ask: Cli, daemon: StubDaemon) -> None:
    kept = {"name": "Home", "uuid": "u", "type": "wifi", "autoconnect": True, "active": False}
    daemon.say(READING["saved"], {"networks": [kept]}, {"networks": []})
    assert "Home" in ask("saved").out
    assert ask("saved").out == "No network is saved.\n"


def test_a_narrow_terminal_gets_the_name_escaped(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"name": "灯 é", "uuid": "u", "type": "wifi", "autoconnect": True, "active": False}
    daemon.say(READING["saved"], {"networks": [kept]})
    daemon.say(f"POST {API}/network/forget", Reply())
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "latin-1", write_through=True))
    assert ask("saved").code == 0
    assert ask("forget", "灯 é").code == 0
    assert b"\\u706f \xe9" in written.getvalue()
    assert written.getvalue().endswith(b"Forgot \\u706f \xe9.\n")


def test_forget(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {API}/network/forget", Reply())
    assert ask("forget", "Old \x1b") == (0, "Forgot Old \\x1b.\n", "")
    assert json.loads(daemon.requests[0].body) == {"name": "Old \x1b"}
    assert ask("forget", "--json", "x").out == '{"ok":true}\n'


def test_forget_what_is_not_saved(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {API}/network/forget", problem(404, "unknown_profile", "Not saved."))
    assert ask("forget", "Nope").code == 1


def test_hotspot(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(READING["hotspot on"], Reply())
    daemon.say(READING["hotspot off"], Reply())
    daemon.say(READING["hotspot show"], samples.hotspot())
    assert ask("hotspot on").out == "The hotspot is up.\n"
    assert ask("hotspot off").out == "The hotspot is down.\n"
    shown = ask("hotspot show").out
    assert "Firstlight-PIER" in shown
    assert "hidden-harbour" in shown


def test_a_hotspot_that_only_the_owner_may_know(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(READING["hotspot show"], problem(401, "unauthorized", "A token.", "Send it."))
    assert ask("hotspot show") == (5, "", "firstlight: A token.\n  Send it.\n")


def test_events(ask: Cli, daemon: StubDaemon) -> None:
    connected = event(0, "", kind="connected")
    daemon.say(f"GET {API}/events", events(connected, event(1, "one"), event(2, "\x1btwo")))
    one, two = ask("events").out.splitlines()
    assert one.endswith("  one")
    assert two.endswith("  \\x1btwo")
    lines = ask("events", "--json").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["7-1", "7-2"]


def test_events_end_where_the_live_ones_begin(ask: Cli, daemon: StubDaemon) -> None:
    live = event(2, "live").replace(b'"ts": 1', b'"ts": 2')
    connected = event(0, "", kind="connected")
    daemon.say(f"GET {API}/events", events(connected, event(1, "old"), live, hold=True))
    (line,) = ask("events").out.splitlines()
    assert line.endswith("old")


def test_a_status_that_says_nothing_new_is_passed_over(ask: Cli, daemon: StubDaemon) -> None:
    def status(number: int, message: str) -> bytes:
        return event(number, message).replace(b'"system"', b'"status"')

    parts = [status(1, "Ready."), event(2, "one"), status(3, "Ready."), status(4, "Off.")]
    daemon.say(f"GET {API}/events", events(*parts))
    told = [line[10:] for line in ask("events").out.splitlines()]
    assert told == ["Ready.", "one", "Off."]


def test_an_event_of_a_newer_daemon_is_shown_raw(ask: Cli, daemon: StubDaemon) -> None:
    strange = event(1, "x").replace(b'"system"', b'"wonder\\u001b"')
    daemon.say(f"GET {API}/events", events(strange))
    assert '"wonder\\u001b"' in ask("events").out


def test_levels_are_told(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {API}/events", events(event(1, "Hot.").replace(b'"info"', b'"warning"')))
    assert ask("events").out[10:] == "warning: Hot.\n"


def test_another_web_server_on_the_event_path(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {API}/events", events(b"data: hello\n\n"))
    told = ask("events")
    assert told.code == 1
    assert "no events" in told.err


def test_a_folder_that_only_another_user_may_read(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cli("status", "--state-dir", str(tmp_path)).code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("forget",),
        ("scan", "extra"),
        ("hotspot",),
        ("onboarding",),
        ("maintenance",),
        ("maintenance", "pause"),
        ("restart", "now"),
        ("rollback", "--reason"),
    ],
)
def test_bad_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).code == 2


def test_help_names_every_exit_code(cli: Cli) -> None:
    told = cli("--help")
    assert told.code == 0
    assert "Exit codes:\n    0    done\n" in told.out
    assert "130  interrupted" in told.out


def test_version(cli: Cli) -> None:
    assert cli("--version").out == cli("--version", "--help").out


def test_following_goes_on_until_it_is_interrupted(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("firstlight.cli.events.sleep", interrupted)
    daemon.say(f"GET {API}/events", events(event(1, "one")))
    code, out, err = ask("events", "--follow")
    assert code == 130
    assert out.endswith("  one\n")
    assert "connection to the daemon was lost" in err
