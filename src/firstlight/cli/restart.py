"""``firstlight restart``."""

from typing import Annotated

import typer

from firstlight.cli.options import Json, Reason, StateDir, Token, Url, as_text
from firstlight.model.wire import RestartScope


def restart(
    *,
    device: Annotated[
        bool, typer.Option("--device", help="The whole machine, not only Firstlight.")
    ] = False,
    reason: Reason = "",
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Restart Firstlight. Where system control is not allowed, the daemon only says so."""
    from firstlight.cli.dial import daemon

    scope = RestartScope.DEVICE if device else RestartScope.APP
    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.restart(scope, reason=as_text(reason))
        accepted = "Accepted. `firstlight events` tells whether it restarts or only would."
        typer.echo(answer.body if as_json else accepted)
