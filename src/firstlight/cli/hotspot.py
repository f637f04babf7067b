"""``firstlight hotspot on|off|show``."""

import typer

from firstlight.cli.options import Json, StateDir, Token, Url


def build() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="The device's own network: on, off, show."
    )
    for command in (on, off, show):
        group.command()(command)
    return group


def on(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Raise the hotspot; nothing changes when it is up."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.enable_hotspot()
        typer.echo(answer.body if as_json else "The hotspot is up.")


def off(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Lower the hotspot; nothing changes when it is down."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.disable_hotspot()
        typer.echo(answer.body if as_json else "The hotspot is down.")


def show(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Tell the hotspot's name, state, password, address, channel, and who has joined it."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.hotspot()
        if as_json:
            typer.echo(answer.body)
            return
        from firstlight.cli.screen import console
        from firstlight.cli.views import hotspot_table

        console().print(hotspot_table(answer.value))
        if console().is_terminal:
            from firstlight.label.qr import terminal, wifi_text

            found = answer.value
            typer.echo(terminal(wifi_text(bytes.fromhex(found.ssid_hex), found.password)))
