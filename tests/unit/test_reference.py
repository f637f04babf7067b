"""The lists of docs/ are those of the code, and one that is not is noticed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "reference"


def reference(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], check=False, capture_output=True, text=True
    )


def test_the_lists_are_those_of_the_code() -> None:
    checked = reference("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_one_that_is_old_is_noticed_and_made_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    mark = "<!-- made by tools/reference: {} -->\n"
    page.write_text(
        "Before\n"
        + mark.format("exit codes")
        + "| 0 | something else |\n<!-- end -->\nBetween\n"
        + mark.format("event moments")
        + "<!-- end -->\nAfter\n"
    )
    old = page.read_text()
    checked = reference("--check", "--folder", tmp_path)
    assert checked.returncode == 1
    assert checked.stderr == f"{page} is older than the code; run: make reference\n"
    assert page.read_text() == old
    assert reference("--folder", tmp_path).returncode == 0
    new = page.read_text()
    assert "something else" not in new
    assert "| 0 | Done |" in new
    assert "| `factory.reset` | everything is forgotten |" in new
    assert [line for line in ("Before", "Between", "After") if line not in new.splitlines()] == []
    assert reference("--check", "--folder", tmp_path).returncode == 0


def test_a_list_that_nobody_makes_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("<!-- made by tools/reference: nonsense -->\n<!-- end -->\n")
    checked = reference("--folder", tmp_path)
    assert checked.returncode == 1
    assert "nonsense" in checked.stderr


@pytest.mark.parametrize(
    ("mark", "row"),
    [
        ('"a lie", guard="a truth"', "| a lie | a truth | `tests/test_x.py::test_it` |  |"),
        ('"a lie"', None),
        ("NAME, guard=GUARD", None),
    ],
)
def test_an_attack_has_a_name_and_a_guard(tmp_path: Path, mark: str, row: str | None) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_x.py").write_text(f"@pytest.mark.attack({mark})\ndef test_it():\n    pass\n")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from listing import attacks; attacks.ROOT = Path(sys.argv[2]);"
        "print('\\n'.join(attacks.table_of_them()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, ROOT / "tools", tmp_path],
        check=False,
        capture_output=True,
        text=True,
    )
    if row is None:
        assert "wants a name and a guard" in done.stderr
    else:
        assert row in done.stdout.splitlines()
