"""Importing does nothing heavy: a board with 512 MB pays only for what it uses."""

import subprocess
import sys

import pytest

HEAVY = "aiomqtt dbus_fast dns h11 httpx paho prometheus_client pydantic rich starlette uvicorn"
SHOW = f"print(*(name for name in {HEAVY.split()} if name in sys.modules))"


@pytest.mark.parametrize("module", ["firstlight", "firstlight.cli", "firstlight.radio.select"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; {SHOW}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_daemon_without_a_broker_loads_no_mqtt() -> None:
    """And nothing for metrics that nobody has asked for."""
    script = """
import asyncio, sys, tempfile
from firstlight.config import Config
from firstlight.daemon.opening import open_device
from firstlight.model.backend import Backend

async def main():
    with tempfile.TemporaryDirectory() as folder:
        async with open_device(Config(enabled=True, backend=Backend.SIMULATED, state_dir=folder)):
            await asyncio.sleep(0.05)

asyncio.run(main())
print(*(name for name in ("aiomqtt", "paho", "prometheus_client") if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_heavy_import_would_be_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, uvicorn; {SHOW}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert "uvicorn" in done.stdout.split()
