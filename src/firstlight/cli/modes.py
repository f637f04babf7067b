"""``firstlight onboarding complete`` and ``firstlight maintenance enter|exit``."""

import typer

from firstlight.cli.options import Json, StateDir, Token, Url


def onboarding() -> typer.Typer:
    """The end of the setup."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The end of the setup.")
    group.callback()(_group)
    group.command()(complete)
    return group


def maintenance() -> typer.Typer:
    """A pause for whoever works on the device."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="A pause in which the device repairs nothing by itself: enter, exit.",
    )
    group.command("enter")(enter)
    group.command("exit")(leave)
    return group


def _group() -> None:
    """The end of the setup."""


def complete(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Finish the setup; nothing changes when it is finished."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.complete_onboarding()
        typer.echo(answer.body if as_json else "The setup is finished; the device is ready.")


def enter(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Let the device repair nothing by itself from now on."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.enter_maintenance()
        typer.echo(answer.body if as_json else "The device is in maintenance.")


def leave(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Let the device look after itself again."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.exit_maintenance()
        typer.echo(answer.body if as_json else "The device is out of maintenance.")
