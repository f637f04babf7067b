"""Nothing here depends on what this machine has in /etc."""

from pathlib import Path

import pytest

import firstlight.config


@pytest.fixture(autouse=True)
def no_system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This machine's own file has no say here."""
    path = tmp_path / "system.toml"
    monkeypatch.setattr(firstlight.config, "SYSTEM_FILE", path)
    return path
