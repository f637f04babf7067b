"""``firstlight simulate``."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from firstlight.cli.exits import ExitCode
from firstlight.cli.screen import console

if TYPE_CHECKING:
    from rich.table import Table

    from firstlight.simulation.campaign import Report, Violated
    from firstlight.simulation.figures import Spread, Year


def simulate(
    *,
    years: Annotated[
        float, typer.Option(metavar="N", min=0.001, max=100_000, help="Device-years to simulate.")
    ] = 10.0,
    seed: Annotated[
        int, typer.Option(metavar="S", min=0, help="Where to begin; every year has one of its own.")
    ] = 1,
    jobs: Annotated[int, typer.Option(metavar="J", min=1, help="Processes at once.")] = 2,
    trace: Annotated[
        int, typer.Option(metavar="LINES", min=1, help="How much to show of a broken rule's past.")
    ] = 60,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print figures and broken rules for programs.")
    ] = False,
) -> None:
    """Let simulated devices live through outages, kills and people, and watch the promises."""
    from firstlight.simulation.campaign import run

    report = run(years, seed, jobs=jobs, on_done=None if as_json else _Progress(years))
    if as_json:
        typer.echo(msgspec.json.encode(report))
    else:
        _tell(report, trace)
    if report.violations:
        raise typer.Exit(ExitCode.FAILED)


class _Progress:
    """One line on standard error, where that is a terminal."""

    def __init__(self, years: float) -> None:
        from rich.console import Console

        self._years = years
        self._days = 0.0
        self._broken = 0
        self._console = Console(stderr=True, highlight=False)

    def __call__(self, part: "Year") -> None:
        self._days += part.days
        self._broken += part.violation is not None
        if self._console.is_terminal:
            line = f"{self._days / 365:.1f} of {self._years:g} years, {self._broken} broken rules"
            self._console.print(line, end="\r")


def _tell(report: "Report", lines: int) -> None:
    out = console()
    for table in (_figures(report), _homecomings(report), _events(report)):
        out.print(table)
    if not report.violations:
        typer.echo("Every rule held.")
        return
    _explain(report.violations[0], lines)
    for other in report.violations[1:]:
        typer.echo(f"Also broken: {other.rule}, seed {other.seed}, day {other.day:.1f}.", err=True)


def _explain(violated: "Violated", lines: int) -> None:
    for line in violated.trace[-lines:]:
        typer.echo(f"  {line}", err=True)
    typer.echo(f"Broken: {violated.rule}, on day {violated.day:.1f}: {violated.what}.", err=True)
    typer.echo(f"See it again: {violated.replay}", err=True)


def _figures(report: "Report") -> "Table":
    totals = report.totals
    minutes = totals.seconds / 60
    rows = [
        ("device-years", f"{totals.years:.1f}"),
        ("unreachable, longest", _longest(totals.unreachable)),
        ("joins by Firstlight", f"{totals.joins}"),
        ("joins an hour, most", f"{totals.joins_an_hour}"),
        ("processor time", f"{totals.seconds:.0f} s"),
        ("device-years a processor minute", f"{totals.years / minutes:.0f}" if minutes else "-"),
    ]
    table = _table("Figure", "Value")
    for row in rows:
        table.add_row(*row)
    return table


def _homecomings(report: "Report") -> "Table":
    table = _table("Home after", "Cases", "p50 s", "p95 s", "Longest s")
    for cause, spread in report.totals.home.items():
        figures = (f"{seconds:.1f}" for seconds in (spread.p50, spread.p95, spread.max))
        table.add_row(cause, str(spread.count), *figures)
    return table


def _events(report: "Report") -> "Table":
    table = _table("What happened", "Times")
    for what, times in report.totals.events.items():
        table.add_row(what, str(times))
    return table


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _longest(unreachable: "Spread | None") -> str:
    return "never" if unreachable is None else f"{unreachable.max:.1f} s"
