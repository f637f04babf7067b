"""Attacks and what stops them, from the marks of the tests.

``@pytest.mark.attack(name, guard=…)`` is on a test that shows it stopped, ``@pytest.mark.unguarded(
name)`` on one that shows it succeed without its guard. The tests are read, not imported. A name
stands once for each guard, with every test that shows it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from drawing.text import table

ROOT = Path(__file__).resolve().parents[2]
_MARK, _COUNTER = "pytest.mark.attack", "pytest.mark.unguarded"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def table_of_them() -> Iterator[str]:
    """Each attack with its guard, its tests, and those without the guard."""
    sources = {
        path.relative_to(ROOT): path.read_text("utf-8")
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }
    stopped: dict[tuple[str, str], list[str]] = {}
    succeeding: dict[str, list[str]] = {}
    for path, source in sources.items():
        for name, guard, test in marked(source):
            stopped.setdefault((name, guard), []).append(f"`{path}::{test}`")
        for name, test in unguarded(source):
            succeeding.setdefault(name, []).append(f"`{path}::{test}`")
    if unstopped := succeeding.keys() - {name for name, _ in stopped}:
        raise ValueError(f"no test shows that these are stopped: {sorted(unstopped)}")
    rows = (
        [name, guard, "<br>".join(tests), "<br>".join(succeeding.get(name, []))]
        for (name, guard), tests in stopped.items()
    )
    yield ""
    yield from table(["Attack", "What stops it", "Tests", "Without it"], *rows)
    yield ""


def marked(source: str) -> Iterator[tuple[str, str, str]]:
    """Name, guard and test of each attack in a file, the test as pytest names it there.

    Raises ``ValueError`` for a mark without name or guard.
    """
    if _MARK not in source:
        return
    for mark, test in _marks(source, _MARK):
        yield (*_words(mark), test)


def unguarded(source: str) -> Iterator[tuple[str, str]]:
    """Name of the attack, and the test that shows it succeed."""
    if _COUNTER not in source:
        return
    for mark, test in _marks(source, _COUNTER):
        yield ast.literal_eval(mark.args[0]), test


def _marks(source: str, kind: str) -> Iterator[tuple[ast.Call, str]]:
    for name, node in _tests(ast.parse(source)):
        for one in node.decorator_list:
            if isinstance(one, ast.Call) and ast.unparse(one.func) == kind:
                yield one, name


def _tests(within: ast.Module | ast.ClassDef) -> Iterator[tuple[str, _Function]]:
    for node in within.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}::{name}", test) for name, test in _tests(node))


def _words(mark: ast.Call) -> tuple[str, str]:
    given = [*mark.args, *(one.value for one in mark.keywords if one.arg == "guard")]
    words = [one.value for one in given if isinstance(one, ast.Constant)]
    match words:
        case [str(name), str(guard)]:
            return name, guard
        case _:
            raise ValueError(f"{ast.unparse(mark)} wants a name and a guard, both in quotes")
