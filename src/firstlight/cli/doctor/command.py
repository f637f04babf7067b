"""The command itself."""

import os
from typing import TYPE_CHECKING

import msgspec
import typer

from firstlight.cli.exits import ExitCode
from firstlight.cli.options import Json, StateDir
from firstlight.cli.screen import console, speaks_unicode
from firstlight.model.text import plain

if TYPE_CHECKING:
    from firstlight.cli.doctor.findings import Diagnosis


def doctor(state_dir: StateDir = None, as_json: Json = False) -> None:
    """Tell what on this machine stands in the way.

    Works without the daemon. Exit code 1 when there is a problem.
    """
    from firstlight.cli.doctor.checks import diagnose
    from firstlight.cli.doctor.findings import Verdict
    from firstlight.cli.doctor.gather import gather
    from firstlight.cli.doctor.machine import Machine

    diagnosis = diagnose(gather(Machine(), os.environ, state_dir))
    if as_json:
        typer.echo(msgspec.json.encode(diagnosis))
    else:
        show(diagnosis)
    failed = diagnosis.verdict is Verdict.PROBLEM
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.OK)


def show(diagnosis: "Diagnosis") -> None:
    """One line a finding, and under it what to do."""
    from rich.table import Table
    from rich.text import Text

    from firstlight.cli.doctor.findings import Verdict

    unicode = speaks_unicode()
    marks = {
        Verdict.OK: Text("✓" if unicode else "ok", style="green"),
        Verdict.WARNING: Text("!", style="yellow"),
        Verdict.PROBLEM: Text("✗" if unicode else "X", style="bold red"),
    }
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in diagnosis.findings:
        table.add_row(marks[finding.verdict], Text(plain(finding.sentence)))
        if finding.advice:
            table.add_row("", Text(plain(finding.advice), style="dim"))
    screen = console()
    screen.print(table)
    typer.echo(_closing(diagnosis))


def _closing(diagnosis: "Diagnosis") -> str:
    verdicts = [finding.verdict.value for finding in diagnosis.findings]
    problems, warnings = verdicts.count("problem"), verdicts.count("warning")
    if not problems + warnings:
        return "Nothing stands in the way."
    return f"{problems} in the way, {warnings} to look at."
