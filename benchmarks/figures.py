"""A measured figure, and the page that lists them."""

import math
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

PAGE = Path("docs/benchmarks.md")


class Figure(NamedTuple):
    """``values`` in ``unit``; ``goal`` in words."""

    name: str
    unit: str
    values: tuple[float, ...]
    goal: str
    note: str = ""


def figure(name: str, unit: str, values: Sequence[float], goal: str, note: str = "") -> Figure:
    """From any sequence of values."""
    return Figure(name, unit, tuple(values), goal, note)


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that ``percent`` of them do not exceed (nearest rank)."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(0, rank - 1)]


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table: median, 95th percentile, spread, number, goal."""
    lines = [
        "| Figure | Unit | Median | p95 | Least to most | Runs | Goal | Note |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for one in figures:
        middle = f"{statistics.median(one.values):.3g}"
        most = f"{percentile(one.values, 95):.3g}"
        spread = f"{min(one.values):.3g} to {max(one.values):.3g}"
        lines.append(
            f"| {one.name} | {one.unit} | {middle} | {most} | {spread} | {len(one.values)} "
            f"| {one.goal} | {one.note} |"
        )
    return "\n".join(lines)


def replace_section(heading: str, body: str) -> None:
    """Put ``body`` under ``## heading`` of the page, which keeps its other sections."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    before, found, rest = page.partition(f"\n## {heading}\n")
    after = rest[rest.index("\n## ") :] if found and "\n## " in rest else ""
    PAGE.write_text(
        f"{before.rstrip()}\n\n## {heading}\n\n{body.strip()}\n{after}", encoding="utf-8"
    )


def circumstances() -> str:
    """Machine, versions and day, in a sentence."""
    parts = ("firstlight", "starlette", "uvicorn", "msgspec", "dbus-fast")
    versions = ", ".join(f"{part} {version(part)}" for part in parts)
    model = platform.processor() or platform.machine()
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on Linux {platform.release()} ({model}), "
        f"CPython {platform.python_version()}; {versions}."
    )
