"""The drawn diagrams are those of the code, and one that is not is noticed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "diagrams"


def diagrams(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], check=False, capture_output=True, text=True
    )


def test_the_drawn_ones_are_those_of_the_code() -> None:
    checked = diagrams("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_one_that_is_missing_or_old_is_noticed(tmp_path: Path) -> None:
    assert diagrams("--folder", tmp_path / "new").returncode == 0
    join, modes = sorted((tmp_path / "new").iterdir())
    assert diagrams("--check", "--folder", tmp_path / "new").returncode == 0
    modes.write_text(modes.read_text() + "\n")
    join.unlink()
    checked = diagrams("--check", "--folder", tmp_path / "new")
    assert checked.returncode == 1
    assert checked.stderr.splitlines() == [
        f"{path} is older than the code; run: make diagrams" for path in (join, modes)
    ]
    assert not join.exists()


def test_they_are_the_same_every_time(tmp_path: Path) -> None:
    drawn = []
    for name in ("one", "two"):
        diagrams("--folder", tmp_path / name)
        drawn.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert drawn[0] == drawn[1]


def test_what_they_show(tmp_path: Path) -> None:
    diagrams("--folder", tmp_path)
    join = (tmp_path / "join.md").read_text("utf-8")
    assert "    proving --> promoting: proven\n" in join
    assert "| `returning` | Bring the old state back. | 45 |" in join
    modes = (tmp_path / "modes.md").read_text("utf-8")
    assert "    connecting --> ready: online, onboarded\n" in modes
    assert "maintenance -->" not in modes
