"""The command line, run in this process."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.cli.stub_daemon import StubDaemon, stub_daemon

from firstlight.cli import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine's reaches a test."""
    for name in ("PROVISIONING_ENABLED", "PROVISIONING_TOKEN", "STATE_DIR", "BACKEND"):
        monkeypatch.delenv(f"FIRSTLIGHT_{name}", raising=False)
    monkeypatch.delenv("MOONHUB_PROVISIONING_TOKEN", raising=False)
    settings = tmp_path / "settings.toml"
    settings.touch()
    monkeypatch.setenv("FIRSTLIGHT_CONFIG", str(settings))
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["firstlight", *arguments])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[StubDaemon]:
    with stub_daemon(tmp_path) as stub:
        yield stub


@pytest.fixture
def ask(cli: Cli, daemon: StubDaemon) -> Cli:
    """A command to the stub."""

    def run(command: str, *arguments: str) -> Outcome:
        where = ("--state-dir", str(daemon.state_dir))
        *group, name = command.split()
        return cli(*group, name, *where, *arguments)

    return run
