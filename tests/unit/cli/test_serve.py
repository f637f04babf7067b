from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Cli

from firstlight.config import Config
from firstlight.errors import ConfigError
from firstlight.model.backend import Backend

Runs = list[tuple[Config, str]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """What the daemon is run with; it ends at once with 7."""
    kept: Runs = []

    def run(config: Config, log_level: str) -> int:
        kept.append((config, log_level))
        return 7

    monkeypatch.setattr("firstlight.daemon.app.run", run)
    return kept


def test_options_become_settings(cli: Cli, runs: Runs, tmp_path: Path) -> None:
    options = [
        "--backend",
        "simulated",
        "--host",
        "127.0.0.2",
        "--port",
        "81",
        "--public",
        "--interface",
        "wlan7",
    ]
    paths = ["--state-dir", str(tmp_path), "--world", str(tmp_path / "w.toml")]
    assert cli("serve", *options, *paths, "--log-level", "debug").code == 7
    ((config, level),) = runs
    assert level == "debug"
    assert config.backend is Backend.SIMULATED
    assert (config.web.host, config.web.port, config.web.public) == ("127.0.0.2", 81, True)
    assert config.interface == "wlan7"
    assert config.state_path == tmp_path
    assert config.world == str(tmp_path / "w.toml")


def test_options_beat_the_environment_which_beats_the_file(
    cli: Cli, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('interface = "file0"\n[web]\nport = 1001\nhost = "127.0.0.3"\npublic = true\n')
    monkeypatch.setenv("FIRSTLIGHT_PORT", "1002")
    monkeypatch.setenv("FIRSTLIGHT_INTERFACE", "env0")
    cli("serve", "--config", str(file), "--interface", "option0")
    ((config, level),) = runs
    assert (config.interface, config.web.port, config.web.host) == ("option0", 1002, "127.0.0.3")
    assert config.web.public
    assert level == "info"


def test_port_0_is_an_option_like_any_other(cli: Cli, runs: Runs) -> None:
    cli("serve", "--port", "0")
    assert runs[0][0].web.port == 0


@pytest.mark.parametrize(
    "arguments",
    [("--port", "65536"), ("--backend", "magic"), ("--log-level", "loud"), ("--config", "/none")],
)
def test_bad_settings_never_start_it(cli: Cli, runs: Runs, arguments: tuple[str, ...]) -> None:
    told = cli("serve", *arguments)
    assert told.code == 2
    assert told.err
    assert runs == []


def test_a_refusal_at_start_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing() -> Callable[[Config, str], int]:
        def run(config: Config, log_level: str) -> int:
            raise ConfigError("web.port", f"{config.web.port} is taken ({log_level})")

        return run

    monkeypatch.setattr("firstlight.daemon.app.run", refusing())
    told = cli("serve")
    assert told.code == 2
    assert told.err.startswith("firstlight: web.port: 8080 is taken")
