"""What ``make attack`` says of each attack."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "attack"
PROVEN = "and shown to succeed without their guard"
STOPPED = """\
import pytest

@pytest.mark.attack("A lie", guard="a truth")
@pytest.mark.parametrize("n", [1, 2])
def test_it(n):
    pass

@pytest.mark.unguarded("A lie")
def test_without():
    pass

@pytest.mark.attack("A secret", guard="silence")
def test_other():
    pass
"""
BROKEN = """\
import pytest

@pytest.mark.attack("A lie", guard="a truth")
def test_it():
    assert False

@pytest.mark.unguarded("A lie")
def test_without():
    assert False
"""


def attacked(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """The tool as it is, over other tests."""
    (folder / "test_x.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  attack\n  unguarded\n")
    program = (
        "import pathlib, runpy, sys; main = runpy.run_path(sys.argv[1])['main'];"
        "sys.exit(main(['-p', 'no:cacheprovider', '-p', 'no:randomly'], pathlib.Path.cwd()))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, SCRIPT],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


def test_what_is_stopped(tmp_path: Path) -> None:
    done = attacked(tmp_path, STOPPED)
    assert done.returncode == 0, done.stdout
    lie = "A lie\n  guard:      a truth\n  with it:    stopped in 2 cases\n"
    assert f"{lie}  without it: succeeds in 1 case\n" in done.stdout
    secret = "A secret\n  guard:      silence\n  with it:    stopped in 1 case\n"
    assert f"{secret}  without it: no case shows it\n" in done.stdout
    assert f"Attacks: 2\n  stopped: 2\n  {PROVEN}: 1\n" in done.stdout
    assert "LAB=all" in done.stdout


def test_what_is_not(tmp_path: Path) -> None:
    done = attacked(tmp_path, BROKEN)
    assert done.returncode == 1
    assert "NOT STOPPED in 1 of 1 case" in done.stdout
    assert "IS STOPPED all the same in 1 of 1 case" in done.stdout
    assert f"Attacks: 1\n  stopped: 0\n  {PROVEN}: 0\n" in done.stdout
