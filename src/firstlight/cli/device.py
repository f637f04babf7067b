"""``firstlight status``."""

import typer

from firstlight.cli.options import Json, StateDir, Token, Url


def status(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Tell how the device is."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.status()
        if as_json:
            typer.echo(answer.body)
            return
        from firstlight.cli.screen import console
        from firstlight.cli.views import status_table

        console().print(status_table(answer.value.status))
