"""``firstlight recover``, ``rollback`` and ``factory-reset``: the ways back."""

import sys
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.confirming import confirm
from firstlight.cli.options import Json, Reason, StateDir, Token, Url, as_text
from firstlight.errors import InvalidInput

if TYPE_CHECKING:
    from firstlight.client import Client


def recover(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Begin recovery now: the saved networks are tried, then the hotspot goes up."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.recover()
        begun = "Recovery has begun. `firstlight events --follow` tells what comes of it."
        typer.echo(answer.body if as_json else begun)


def rollback(
    reason: Reason = "",
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Go back to provisioning mode, hotspot up. Saved networks stay saved."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.rollback(as_text(reason))
        typer.echo(answer.body if as_json else "Back in provisioning mode; the hotspot is up.")


def factory_reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask; it is meant.")] = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Forget everything that was set up, and follow it to the end. It can't be undone.

    Saved WiFi networks, a claimed configuration, the registry, the pairing code and everybody's
    sign-in are lost; the hotspot's name and password stay. With --json: the event that ended it, or
    the last one heard, if any, of a reset that has forgotten your sign-in meanwhile.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        if not yes:
            _confirm(client, as_json)
        from firstlight.cli.resetting import Reset, ended_well, show

        reset = Reset(client, pause=sleep, note=_note, monotonic=monotonic)
        try:
            last = show(reset.events(), as_json=as_json)
        except KeyboardInterrupt:
            _note(f"no longer watching; {reset.how_far()}.")
            raise
        raise typer.Exit(ended_well(last))


def _confirm(client: "Client", as_json: bool) -> None:
    """Ask, naming what is lost. Raises ``InvalidInput`` where nobody can be asked."""
    if as_json or not sys.stdin.isatty():
        raise InvalidInput("--yes", "is missing; without it somebody has to be asked")
    from firstlight.cli.resetting import what_is_lost

    for line in what_is_lost(client):
        typer.echo(line, err=True)
    confirm("Reset it?", yes=False)


def _note(text: str) -> None:
    typer.echo(f"firstlight: {text}", err=True)
