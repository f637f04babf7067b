"""Gathering and telling, with a daemon and without."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Cli, Outcome
from tests.unit.cli.doctor.machines import SILENT, facts
from tests.unit.cli.stub_daemon import StubDaemon

from firstlight.cli.doctor import gather as gathering
from firstlight.cli.doctor.checks import diagnose
from firstlight.cli.doctor.facts import Facts
from firstlight.cli.doctor.gather import gather
from firstlight.cli.doctor.machine import Machine

HEALTH = {"ok": True, "enabled": True, "version": "9.9"}
CLOSED_PORT = {"FIRSTLIGHT_PORT": "1"}


def test_without_a_daemon(tmp_path: Path) -> None:
    found = gather(Machine(tmp_path), CLOSED_PORT, tmp_path)
    assert found.daemon is None
    assert found.silence is not None
    assert found.silence.code == "no_daemon"
    assert found.state.path == str(tmp_path)


def test_with_a_daemon(daemon: StubDaemon) -> None:
    daemon.say("GET /api/health", HEALTH)
    found = gather(Machine(), CLOSED_PORT, daemon.state_dir)
    assert found.daemon is not None
    assert found.daemon.version == "9.9"
    assert found.silence is None


def test_a_daemon_without_a_socket_is_asked_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, Path | None]] = []
    real = gathering._asked

    def spy(url: str | None, state_dir: Path | None) -> object:
        asked.append((url, state_dir))
        return real(url, state_dir)

    monkeypatch.setattr(gathering, "_asked", spy)
    gather(Machine(tmp_path), CLOSED_PORT, tmp_path)
    assert asked == [(None, tmp_path), ("http://127.0.0.1:1", None)]


def test_settings_reach_the_checks(tmp_path: Path) -> None:
    environ = CLOSED_PORT | {
        "FIRSTLIGHT_INTERFACE": "wlan5",
        "FIRSTLIGHT_BACKEND": "simulated",
        "FIRSTLIGHT_PROVISIONING_ENABLED": "1",
    }
    found = gather(Machine(tmp_path), environ, tmp_path)
    assert (found.configured_interface, found.simulated, found.enabled) == ("wlan5", True, True)
    assert found.hotspot_address == "192.168.4.1"


def test_a_refused_configuration_is_a_finding_not_an_end(tmp_path: Path) -> None:
    found = gather(Machine(tmp_path), {"FIRSTLIGHT_PORT": "many"}, tmp_path)
    assert "many" in found.configuration_error
    assert diagnose(found).verdict == "problem"


@pytest.fixture
def tell(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    def run(found: Facts, *arguments: str) -> Outcome:
        monkeypatch.setattr("firstlight.cli.doctor.gather.gather", lambda *_: found)
        return cli("doctor", *arguments)

    return run


def test_nothing_in_the_way(tell: Callable[..., Outcome]) -> None:
    code, out, err = tell(facts())
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "Nothing stands in the way."


def test_warnings_alone_are_no_failure(tell: Callable[..., Outcome]) -> None:
    code, out, _ = tell(facts(daemon=None, silence=SILENT))
    assert code == 0
    assert out.splitlines()[-1] == "0 in the way, 1 to look at."


def test_a_problem_is_told_with_what_to_do(tell: Callable[..., Outcome]) -> None:
    code, out, _ = tell(facts(bus_socket=False))
    assert code == 1
    assert "systemctl start dbus" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_what_was_found_cannot_steer_the_terminal(tell: Callable[..., Outcome]) -> None:
    _, out, _ = tell(facts(wifi_devices=("[red]\x1b[31m",)))
    assert r"[red]\x1b[31m" in out


def test_json(tell: Callable[..., Outcome]) -> None:
    code, out, err = tell(facts(bus_socket=False), "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert told["verdict"] == "problem"
    bad = [finding for finding in told["findings"] if finding["verdict"] != "ok"]
    assert [finding["check"] for finding in bad] == ["bus"]


def test_this_machine(cli: Cli, tmp_path: Path) -> None:
    """Whatever it is, it gets an answer."""
    told = cli("doctor", "--state-dir", str(tmp_path), "--json")
    assert told.code in {0, 1}
    assert json.loads(told.out)["findings"]
