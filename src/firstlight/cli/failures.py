"""How a command fails: one sentence on standard error, and an exit code."""

from collections.abc import Generator
from contextlib import contextmanager

import msgspec
import typer

from firstlight.cli.exits import of_code
from firstlight.errors import FirstlightError
from firstlight.model.text import plain
from firstlight.model.wire import Problem


@contextmanager
def reported(as_json: bool) -> Generator[None]:
    """Turn ``FirstlightError`` into words, or Problem JSON, and ``typer.Exit``."""
    try:
        yield
    except FirstlightError as error:
        _tell(problem_of(error), as_json)
        raise typer.Exit(of_code(error.word)) from error


def problem_of(error: FirstlightError) -> Problem:
    """What the daemon answered, or would have. Names that are no Unicode are told all the same."""
    message = _encodable(error.message)
    hint = None if error.hint is None else _encodable(error.hint)
    return Problem(error=message, message=message, code=error.word, hint=hint)


def _tell(problem: Problem, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(problem), err=True)
        return
    typer.echo(f"firstlight: {plain(problem.message)}", err=True)
    if problem.hint:
        typer.echo(f"  {plain(problem.hint)}", err=True)


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
