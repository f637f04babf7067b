"""``firstlight provisioning on|off|status``: handing configuration to devices nearby."""

from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.options import Json, StateDir, Token, Url

if TYPE_CHECKING:
    from firstlight.client import Answer
    from firstlight.model.provisioning_mode import ModeSession

Force = Annotated[
    bool, typer.Option("--force", help="Even if that ends the WiFi link that is in use.")
]
Follow = Annotated[
    bool, typer.Option("--follow", "-f", help="Keep showing it until it is off, or until Ctrl-C.")
]


def build() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Provisioning Mode, in which new devices fetch their configuration: on, off, status.",
    )
    for command in (on, off, status):
        group.command()(command)
    return group


def on(
    *,
    force: Force = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Switch it on, wait until its WiFi is up, and show name, password and devices."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        from firstlight.cli.mode_watching import of_session, settled

        before = client.provisioning_session().ended
        client.answers.enable_provisioning(force=force)
        answer = settled(client, before, sleep=sleep, monotonic=monotonic)
        _tell(answer, as_json=as_json)
        raise typer.Exit(of_session(answer.value))


def off(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Switch it off; nothing changes when it is off."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.disable_provisioning()
        typer.echo(answer.body if as_json else "Provisioning Mode is being switched off.")


def status(
    *,
    follow: Follow = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Tell how it stands: time left, name and password of its WiFi, and how far each device is.

    With --json and --follow: one answer a line.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        if not follow:
            _tell(client.answers.provisioning_session(), as_json=as_json)
            return
        from firstlight.cli.mode_watching import of_session, show, watched

        answers = watched(client, pause=sleep, note=_note)
        last = show(answers, as_json=as_json)
        raise typer.Exit(of_session(last.value))


def _tell(answer: "Answer[ModeSession]", *, as_json: bool) -> None:
    if as_json:
        typer.echo(answer.body)
        return
    from firstlight.cli.mode_views import access_code, session_view
    from firstlight.cli.mode_watching import now_ms
    from firstlight.cli.screen import console

    session = answer.value
    console().print(session_view(session, now_ms=now_ms()))
    if console().is_terminal and session.password:
        typer.echo(access_code(session))


def _note(text: str) -> None:
    typer.echo(f"firstlight: {text}", err=True)
