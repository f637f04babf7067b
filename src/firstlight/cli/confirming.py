"""Yes/no questions, for somebody at a terminal."""

import sys

import typer

from firstlight.errors import InvalidInput


def agreed(question: str, *, default: bool = False) -> bool:
    """Ask, on standard error. Raises ``KeyboardInterrupt`` for Ctrl-C, as everywhere else.

    ``typer`` makes one error of Ctrl-C and of an end of the input, which is no interruption.
    """
    try:
        return typer.confirm(question, default=default, err=True)
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            typer.echo(err=True)
            raise error.__context__ from None
        raise


def confirm(question: str, *, yes: bool) -> None:
    """Go on only if somebody agrees, or has done so with ``--yes``.

    Raises ``InvalidInput`` where nobody can be asked, and ``typer.Exit`` for a no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", "is missing; without it somebody has to be asked")
    if not agreed(question):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(1)
