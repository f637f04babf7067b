"""Importing does nothing heavy: a board with 512 MB pays only for what it uses."""

import subprocess
import sys

import pytest

HEAVY = "dbus_fast dns h11 httpx pydantic rich starlette uvicorn"
SHOW = f"print(*(name for name in {HEAVY.split()} if name in sys.modules))"


@pytest.mark.parametrize("module", ["firstlight", "firstlight.cli", "firstlight.radio.select"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; {SHOW}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_heavy_import_would_be_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, uvicorn; {SHOW}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    assert "uvicorn" in done.stdout.split()
