"""``firstlight scan``, ``saved`` and ``forget``."""

from typing import Annotated

import typer

from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.cli.screen import console, speaks_unicode
from firstlight.model.text import plain


def scan(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """List the networks in sight, strongest first."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.networks()
        if as_json:
            typer.echo(answer.body)
        elif found := answer.value:
            from firstlight.cli.views import networks_table

            console().print(networks_table(found, unicode=speaks_unicode()))
        else:
            typer.echo("No network is in sight.")


def saved(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """List the saved networks."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.saved()
        if as_json:
            typer.echo(answer.body)
        elif kept := answer.value:
            from firstlight.cli.views import saved_table

            console().print(saved_table(kept))
        else:
            typer.echo("No network is saved.")


def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `firstlight saved` lists it.")],
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Remove a saved network."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.forget(name)
        typer.echo(answer.body if as_json else f"Forgot {plain(name)}.")
