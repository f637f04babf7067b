"""Every goal on the page, with its result, in one table.

A goal is written as ``at most 0.5``, ``under 36, aim 29``, ``at least 0.7`` or ``at most 15 + 10``;
the median is held against it, and the 95th percentile too, where there is one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

HEADING = "Goals"
ASKED = frozenset(
    {
        "status: p99 of a request",
        "an event to the last of 1000 readers",
        "memory of a reader, both ends",
        "first visit: requests",
        "first visit to a usable list",
        "events to a broker on loopback",
        "bundle of 10,000 records",
        "import of 100,000 rows of CSV",
        "claim: from the nonce to the record",
        "empty boot to first MQTT message",
        "simulated device-years a minute",
    }
)
"""Figures without a bound that are wanted all the same."""
_SECTION = re.compile(r"(?m)^## (.+)$")
_DATE = re.compile(r"Measured (\d{4}-\d{2}-\d{2})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Met(NamedTuple):
    """A goal, and what came of it."""

    figure: str
    goal: str
    median: str
    high: str
    section: str
    day: str

    @property
    def verdict(self) -> str:
        """In a word or two; empty where nothing is asked for."""
        if not self.goal:
            return ""
        if holds(self.goal, float(self.median)):
            if self.high and not _is_least(self.goal) and not holds(self.goal, float(self.high)):
                return "met by the median, missed by the p95"
            return "met"
        return "MISSED"


def holds(goal: str, value: float) -> bool:
    """Whether a value is within a goal. Raises ``ValueError`` for a goal without a number."""
    first = goal.partition(",")[0]
    numbers = [float(one) for one in _NUMBER.findall(first)]
    if not numbers:
        raise ValueError(f"no number in the goal {goal!r}")
    bound = sum(numbers)
    if _is_least(goal):
        return value >= bound
    return value < bound if first.startswith("under") else value <= bound


def table(page: str) -> str:
    """The table for all sections of ``page`` but itself."""
    rows = [
        "| Figure | Goal | Median | p95 | Outcome | Measured |",
        "| --- | --- | ---: | ---: | --- | --- |",
    ]
    rows += [
        f"| {one.figure} | {one.goal} | {one.median} | {one.high} | {one.verdict} "
        f"| {one.section}, {one.day} |"
        for one in found(page)
    ]
    return "\n".join(rows)


def found(page: str) -> Iterator[Met]:
    """Every row with a goal, and those that are asked for without one."""
    parts = _SECTION.split(page)
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        if heading == HEADING:
            continue
        day = _DATE.search(body)
        columns: list[str] = []
        for line in body.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| Figure "):
                columns = cells
            elif line.startswith("| ") and "Goal" in columns and not line.startswith("| ---"):
                row = dict(zip(columns, cells, strict=True))
                if row["Goal"] or row["Figure"] in ASKED:
                    name = f"{row['Figure']}, {row['Unit']}" if row["Unit"] else row["Figure"]
                    when = day[1] if day else "?"
                    high = row.get("p95", "")
                    yield Met(name, row["Goal"], row["Median"], high, heading, when)


def _is_least(goal: str) -> bool:
    return goal.startswith("at least")
