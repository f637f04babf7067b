"""The examples, and what is promised of both clients, as a strict type checker sees them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent

pytestmark = pytest.mark.timeout(120)  # seconds; a type checker reads a great deal


def complaints(*files: Path) -> str:
    checker = Path(sys.executable).with_name("basedpyright")
    done = subprocess.run(
        [checker, "--project", ROOT, *files], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_programs_and_promises_are_typed() -> None:
    examples = sorted((ROOT / "examples/python").glob("*.py"))
    assert len(examples) >= 3
    assert complaints(*examples, HERE / "typed.py") == ""


def test_what_is_wrong_is_noticed(tmp_path: Path) -> None:
    text = (HERE / "typed.py").read_text("utf-8")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(text.replace("device.status(), DeviceStatus", "device.status(), Attempt"))
    assert complaints(wrong).count("reportAssertTypeFailure") == 2
