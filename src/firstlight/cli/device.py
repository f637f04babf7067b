"""``firstlight status`` and ``diagnose``."""

import time

import typer

from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.model.text import plain


def status(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Tell how the device is."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.status()
        if as_json:
            typer.echo(answer.body)
            return
        from firstlight.cli.screen import console
        from firstlight.cli.views import status_table

        now_ms = round(time.time() * 1000)
        console().print(status_table(answer.value, now_ms=now_ms))


def diagnose(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Look, rung by rung, what is broken between the radio and the internet.

    The daemon does the looking, so it must run; `firstlight doctor` works without it.
    """
    from firstlight.cli.dial import daemon
    from firstlight.cli.exits import of_ladder

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.diagnose()
        if as_json:
            typer.echo(answer.body)
        ladder = answer.value.ladder
        if not as_json:
            from firstlight.cli.ladder import ladder_table
            from firstlight.cli.screen import console, speaks_unicode

            console().print(ladder_table(ladder, unicode=speaks_unicode()))
            typer.echo(f"\n{plain(ladder.summary)}")
        raise typer.Exit(of_ladder(ladder))
