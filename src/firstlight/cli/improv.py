"""``firstlight improv``: the way in over Bluetooth."""

import typer

from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.model.improv import ImprovAnswer, ImprovState
from firstlight.model.text import plain

_WORDS = {
    ImprovState.AUTHORIZATION_REQUIRED: "waits for somebody at the device: firstlight improv allow",
    ImprovState.AUTHORIZED: "ready; a client may hand over a network",
    ImprovState.PROVISIONING: "a client has handed over a network; it is being joined",
    ImprovState.PROVISIONED: "done; the network was joined",
}


def build() -> typer.Typer:
    """The command group."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Improv Wi-Fi over Bluetooth LE, a second way in: status, allow.",
    )
    group.callback()(_group)
    group.command()(status)
    group.command()(allow)
    return group


def _group() -> None:
    """Improv Wi-Fi over Bluetooth LE, a second way in."""


def status(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Show whether the device is on the air over Bluetooth, and what it waits for."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.improv()
        typer.echo(answer.body if as_json else in_words(answer.value))


def allow(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Let a client nearby hand over a network, for a minute unless configured otherwise.

    What a button at the device calls.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.authorize_improv()
        typer.echo(answer.body if as_json else in_words(answer.value))


def in_words(answer: ImprovAnswer) -> str:
    """For a person."""
    if not answer.enabled:
        return "Improv is not switched on: improv.enabled in the configuration."
    if answer.state is ImprovState.OFF:
        because = plain(answer.problem or "") or "It is on while the device waits for a network."
        return f"Improv is off the air. {because}"
    words = f"Improv is on the air over {plain(answer.adapter)}: {_WORDS[answer.state]}"
    if answer.authorized_seconds is not None:
        words += f", for another {answer.authorized_seconds:.0f} s"
    return f"{words}."
