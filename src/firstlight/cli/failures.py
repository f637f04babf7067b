"""How a command fails: one sentence on standard error, and an exit code."""

from collections.abc import Generator
from contextlib import contextmanager

import msgspec
import typer

from firstlight.cli.exits import ExitCode, of_code
from firstlight.errors import FirstlightError
from firstlight.model.text import plain
from firstlight.model.wire import Problem

NO_DAEMON = "no_daemon"
"""The ``code`` of not reaching the daemon, which the daemon itself can't have."""


class Failure(Exception):
    """A command can't go on. ``problem`` is what the daemon answered, or would have."""

    def __init__(self, problem: Problem, exit_code: ExitCode | None = None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.exit_code = of_code(problem.code) if exit_code is None else exit_code


def failure(
    message: str, *, code: str, exit_code: ExitCode | None = None, hint: str | None = None
) -> Failure:
    """A ``Failure`` that the command line found by itself."""
    return Failure(Problem(error=message, message=message, code=code, hint=hint), exit_code)


@contextmanager
def reported(as_json: bool) -> Generator[None]:
    """Turn ``Failure`` and ``FirstlightError`` into words, or Problem JSON, and ``typer.Exit``."""
    try:
        yield
    except Failure as error:
        _tell(error.problem, as_json)
        raise typer.Exit(error.exit_code) from error
    except FirstlightError as error:
        found = failure(error.message, code=error.code, hint=error.hint)
        _tell(found.problem, as_json)
        raise typer.Exit(found.exit_code) from error


def _tell(problem: Problem, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(problem), err=True)
        return
    typer.echo(f"firstlight: {plain(problem.message)}", err=True)
    if problem.hint:
        typer.echo(f"  {plain(problem.hint)}", err=True)
