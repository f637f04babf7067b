"""The diagnostic ladder as a table. What was seen comes last in its row, as a stranger's name may.

A name that reorders text could otherwise reach the marks.
"""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstlight.cli.words import RUNGS
from firstlight.model.ladder import Ladder, Rung, RungState
from firstlight.model.text import plain

_MARKS = {RungState.OK: "✓", RungState.FAILED: "✗", RungState.SKIPPED: "·"}
_ASCII_MARKS = {RungState.OK: "+", RungState.FAILED: "x", RungState.SKIPPED: "-"}
_STYLES = {RungState.OK: "green", RungState.FAILED: "bold red", RungState.SKIPPED: "dim"}


def ladder_table(ladder: Ladder, *, unicode: bool) -> RenderableType:
    """A row a rung, from the bottom up: mark, name, time, what was seen, and what to do."""
    marks = _MARKS if unicode else _ASCII_MARKS
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for rung in ladder.rungs:
        style = _STYLES[rung.state]
        table.add_row(
            Text(marks[rung.state], style=style), Text(RUNGS[rung.name]), _time(rung), _seen(rung)
        )
        if rung.hint:
            table.add_row("", "", "", Text(plain(rung.hint), style="bold"))
    return table


def _time(rung: Rung) -> str:
    return "" if rung.state is RungState.SKIPPED else f"{rung.elapsed_ms / 1000:.1f} s"


def _seen(rung: Rung) -> Text:
    if rung.state is RungState.SKIPPED:
        return Text(plain(rung.evidence) or "not looked at", style="dim")
    return Text(plain(rung.evidence))
