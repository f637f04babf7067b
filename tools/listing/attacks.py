"""Attacks and what stops them, from the marks of the tests: ``@pytest.mark.attack(name, guard=…)``.

The tests are read, not imported. A name stands once for each guard; several tests may show it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from drawing.text import table

ROOT = Path(__file__).resolve().parents[2]
_MARK = "pytest.mark.attack"


def table_of_them() -> Iterator[str]:
    """Each attack with its guard and its test."""
    rows = [
        [name, guard, f"`{path.relative_to(ROOT)}::{test}`"]
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name, guard, test in marked(path.read_text("utf-8"))
    ]
    yield ""
    yield from table(["Attack", "What stops it", "Test"], *rows)
    yield ""


def marked(source: str) -> Iterator[tuple[str, str, str]]:
    """Name, guard and test of each attack in a file. Raises ``ValueError`` for a mark without."""
    if _MARK not in source:
        return
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for one in node.decorator_list:
                if isinstance(one, ast.Call) and ast.unparse(one.func) == _MARK:
                    yield (*_words(one), node.name)


def _words(mark: ast.Call) -> tuple[str, str]:
    given = [*mark.args, *(one.value for one in mark.keywords if one.arg == "guard")]
    words = [one.value for one in given if isinstance(one, ast.Constant)]
    match words:
        case [str(name), str(guard)]:
            return name, guard
        case _:
            raise ValueError(f"{ast.unparse(mark)} wants a name and a guard, both in quotes")
