"""What became of each attack: a pytest plugin that listens, and the table that it makes."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest


class Course(NamedTuple):
    """The cases of one kind, by how they ended."""

    well: int = 0
    badly: int = 0
    skipped: int = 0

    @property
    def ran(self) -> int:
        """How many there are to go by."""
        return self.well + self.badly


class Known(NamedTuple):
    """One attack: its guard, the cases against the guard, and those without it."""

    guard: str = ""
    held: Course = Course()
    open: Course = Course()


class Outcomes:
    """Listens to pytest; ``told`` is what a person reads afterwards."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self._names: dict[str, tuple[list[str], list[str]]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take note of what each case is about."""
        for item in session.items:
            attacks = list(item.iter_markers("attack"))
            unguarded = list(item.iter_markers("unguarded"))
            for mark in attacks:
                self.add(mark.args[0], mark.kwargs["guard"])
            self._names[item.nodeid] = (
                [mark.args[0] for mark in attacks],
                [mark.args[0] for mark in unguarded],
            )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of how it went."""
        if report.when == "call" or report.outcome != "passed":
            held, unguarded = self._names[report.nodeid]
            self.ended(held, unguarded, report.outcome)

    def add(self, name: str, guard: str) -> None:
        """There is that attack."""
        self.known[name] = self.known.get(name, Known())._replace(guard=guard)

    def ended(self, held: list[str], unguarded: list[str], outcome: str) -> None:
        """A case of these has ended: ``passed``, ``failed`` or ``skipped``."""
        for name in held:
            one = self.known[name]
            self.known[name] = one._replace(held=_with(one.held, outcome))
        for name in unguarded:
            one = self.known.get(name, Known())
            self.known[name] = one._replace(open=_with(one.open, outcome))

    @property
    def are_well(self) -> bool:
        """Whether every attack that ran was stopped, and every open door was one."""
        return bool(self.known) and not any(
            one.held.badly or one.open.badly for one in self.known.values()
        )

    def told(self) -> Iterator[str]:
        """A paragraph for each, and the sum."""
        for name, one in sorted(self.known.items()):
            yield ""
            yield name
            yield f"  guard:      {one.guard or 'NONE IS NAMED'}"
            yield f"  with it:    {_held(one.held)}"
            yield f"  without it: {_open(one.open)}"
        yield ""
        stopped = [one for one in self.known.values() if one.held.well and not one.held.badly]
        proven = [one for one in stopped if one.open.well and not one.open.badly]
        yield f"Attacks: {len(self.known)}"
        yield f"  stopped: {len(stopped)}"
        yield f"  and shown to succeed without their guard: {len(proven)}"


def _with(course: Course, outcome: str) -> Course:
    match outcome:
        case "passed":
            return course._replace(well=course.well + 1)
        case "failed":
            return course._replace(badly=course.badly + 1)
        case _:
            return course._replace(skipped=course.skipped + 1)


def _cases(number: int) -> str:
    return "1 case" if number == 1 else f"{number} cases"


def _held(course: Course) -> str:
    if course.badly:
        return f"NOT STOPPED in {course.badly} of {_cases(course.ran)}"
    if not course.well:
        return f"not run ({_cases(course.skipped)} skipped)"
    return f"stopped in {_cases(course.well)}"


def _open(course: Course) -> str:
    if course.badly:
        return f"IS STOPPED all the same in {course.badly} of {_cases(course.ran)}"
    if not course.well:
        return "no case shows it"
    return f"succeeds in {_cases(course.well)}"
