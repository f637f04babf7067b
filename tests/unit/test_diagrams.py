"""The drawn diagrams are those of the code, and one that is not is noticed."""

import subprocess
import sys
from pathlib import Path

from firstlight.core.recovery import Phase, Signal

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
    join, modes, recovery = (
        tmp_path / "new" / f"{name}.md" for name in ("join", "modes", "recovery")
    )
    assert diagrams("--check", "--folder", tmp_path / "new").returncode == 0
    modes.write_text(modes.read_text() + "\n")
    join.unlink()
    drawn = recovery.read_bytes()
    checked = diagrams("--check", "--folder", tmp_path / "new")
    assert checked.returncode == 1
    assert checked.stderr.splitlines() == [
        f"{path} is older than the code; run: make diagrams" for path in (join, modes)
    ]
    assert not join.exists()
    assert recovery.read_bytes() == drawn


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
    assert "    connecting --> ready: home\n" in modes
    assert "    onboarding --> ready: home, completed\n" in modes
    assert "    maintenance --> provisioning: left\n" in modes
    assert "From every mode `entered` leads to `maintenance`." in modes
    recovery = (tmp_path / "recovery.md").read_text("utf-8")
    assert "    looking --> rejoining: found\n" in recovery
    assert "--> resting: held" not in recovery
    assert "| `scouting` | End whatever work and deadline there is. Look round: " in recovery
    assert "| `HOME_SECONDS` | 30 | From one look for home to the next. |" in recovery


def test_every_phase_of_recovery_is_met_and_something_is_said_of_it(tmp_path: Path) -> None:
    diagrams("--folder", tmp_path)
    recovery = (tmp_path / "recovery.md").read_text("utf-8")
    assert [phase for phase in Phase if f"| `{phase}` |  |" in recovery] == []
    assert [one for one in [*Phase, *Signal] if f"| `{one}` |" not in recovery] == []
