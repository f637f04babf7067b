"""The lists of docs/ are those of the code, and one that is not is noticed."""

import re
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
    done = attacks(tmp_path, test_x=f"@pytest.mark.attack({mark})\ndef test_it():\n    pass\n")
    if row is None:
        assert "wants a name and a guard" in done.stderr
    else:
        assert row in done.stdout.splitlines()


def test_every_test_of_an_attack_is_named(tmp_path: Path) -> None:
    stops = '@pytest.mark.attack("a lie", guard="a truth")\ndef test_{}():\n    pass\n'
    lets = '@pytest.mark.unguarded("a lie")\ndef test_{}():\n    pass\n'
    done = attacks(
        tmp_path,
        test_x=stops.format("one") + lets.format("two"),
        test_y=stops.format("one") + lets.format("three"),
    )
    cells = ("x.py::test_one", "y.py::test_one"), ("x.py::test_two", "y.py::test_three")
    both = ("<br>".join(f"`tests/test_{name}`" for name in names) for names in cells)
    assert f"| a lie | a truth | {' | '.join(both)} |" in done.stdout.splitlines()


def test_a_test_in_a_class_is_named_as_pytest_names_it(tmp_path: Path) -> None:
    test = (
        '    @pytest.mark.attack("a lie", guard="a truth")\n    def test_it(self):\n        pass\n'
    )
    done = attacks(tmp_path, test_x=f"class TestAll:\n{test}")
    assert (
        "| a lie | a truth | `tests/test_x.py::TestAll::test_it` |  |" in done.stdout.splitlines()
    )


def test_what_nothing_stops_is_no_attack(tmp_path: Path) -> None:
    lets = '@pytest.mark.unguarded("another lie")\ndef test_it():\n    pass\n'
    done = attacks(tmp_path, test_x=lets)
    assert "these are stopped: ['another lie']" in done.stderr


def test_every_test_in_the_table_is_there() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    named = re.findall(r"`(tests/[^`:]+\.py)::([^`]+)`", page)
    assert len(named) > 100
    for file, test in named:
        *classes, function = test.split("::")
        text = (ROOT / file).read_text("utf-8")
        where = "    " * len(classes)
        found = re.search(rf"^{where}(async )?def {function}\(", text, re.MULTILINE)
        assert found, f"{file} has no {test}"
        outer = re.findall(r"^class (\w+)", text[: found.start()], re.MULTILINE)
        assert outer[len(outer) - len(classes) :] == classes, f"{file} has no {test}"


def test_these_have_no_rule_to_take_away() -> None:
    """The page says why."""
    page = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|  \|$", page, re.MULTILINE) == [
        "A path that leads out of the certificates (traversal)",
        "Asking the device's pages for a configuration",
        "Reading passwords from the broker",
    ]


def attacks(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """The table of the attacks that those tests show."""
    tests = folder / "tests"
    tests.mkdir()
    for name, text in files.items():
        (tests / f"{name}.py").write_text(text)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from listing import attacks; attacks.ROOT = Path(sys.argv[2]);"
        "print('\\n'.join(attacks.table_of_them()))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, ROOT / "tools", folder],
        check=False,
        capture_output=True,
        text=True,
    )
