"""The table of all goals is made from the tables of figures."""

import pytest
from benchmarks.goals import found, holds, table

PAGE = """\
# Benchmarks

## Goals

| Figure | Goal | Median | p95 | Outcome | Measured |
| --- | --- | ---: | ---: | --- | --- |
| old | at most 1 | 2 | 2 | MISSED | nowhere |

## On the host

Measured 2026-11-26 on Linux.

| Figure | Unit | Median | p95 | Least to most | Runs | Goal | Note |
| --- | --- | ---: | ---: | ---: | ---: | --- | --- |
| start | s | 0.4 | 0.7 | 0.3 to 0.7 | 15 | at most 0.5 |  |
| memory | MB | 34.9 | 34.9 | 34 to 35 | 7 | under 36, aim 29 |  |
| unjudged | s | 1 | 1 | 1 to 1 | 1 |  |  |
| first visit: requests |  | 6 | 6 | 6 to 6 | 1 |  |  |
| ratio |  | 6.97e-1 | 0.8 | 0.5 to 0.8 | 21 | at least 0.7 |  |
"""


def test_every_goal_is_in_it_and_nothing_else() -> None:
    assert [(one.figure, one.verdict) for one in found(PAGE)] == [
        ("start, s", "met by the median, missed by the p95"),
        ("memory, MB", "met"),
        ("first visit: requests", ""),
        ("ratio", "MISSED"),
    ]
    assert "| start, s | at most 0.5 | 0.4 | 0.7 |" in table(PAGE)
    assert "On the host, 2026-11-26" in table(PAGE)


@pytest.mark.parametrize(
    ("goal", "value", "within"),
    [
        ("at most 15 + 10", 25, True),
        ("at most 15 + 10", 25.1, False),
        ("under 36, aim 29", 36, False),
        ("at least 0.7", 0.7, True),
        ("at least 0.7", 0.69, False),
    ],
)
def test_what_a_goal_means(goal: str, value: float, within: bool) -> None:
    assert holds(goal, value) is within


def test_a_goal_without_a_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="no number"):
        holds("soon", 1)
