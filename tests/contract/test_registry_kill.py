"""kill -9 at any moment of writing and of rotating loses nothing that was acknowledged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("KILLS", "25"))
"""How many; ``KILLS=1000`` takes about two minutes."""

SEED = int(os.environ.get("KILLS_SEED", "1"))

pytestmark = pytest.mark.timeout(30 + KILLS)


def killed(folder: Path, kills: int, flaw: str = "none") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.contract.killed_registry"]
    return subprocess.run(
        [*command, str(folder / "state"), str(kills), str(SEED), flaw],
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        text=True,
    )


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    done = killed(tmp_path, KILLS)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    print(seen)
    assert seen["kills"] == KILLS
    assert seen["writes"] > KILLS
    assert seen["killed within a write"] > 0
    assert seen["killed within a rotation"] > 0


def test_acknowledging_before_the_commit_would_be_seen(tmp_path: Path) -> None:
    done = killed(tmp_path, 25, "told-too-early")
    assert "Lost: kill" in done.stderr


def test_dropping_the_old_key_first_would_be_seen(tmp_path: Path) -> None:
    done = killed(tmp_path, 25, "old-key-dropped-first")
    assert done.returncode != 0
    assert "can't be read" in done.stderr or "is needed and not in" in done.stderr
