"""``firstlight pair`` and ``firstlight sessions``: the code for the next phone, and who has one."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.errors import InvalidInput
from firstlight.model.pairing import CodeShown
from firstlight.model.session import SessionEntry
from firstlight.model.text import plain

New = Annotated[bool, typer.Option("--new", help="Make a new code first.")]
Unlock = Annotated[
    bool, typer.Option("--unlock", help="End the pause that follows five wrong codes.")
]
All = Annotated[bool, typer.Option("--all", help="Sign everybody out.")]
SessionId = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="As the list shows it.", show_default=False),
]

_LATEST_MS = 253_402_300_799_000


def pair(
    *,
    new: New = False,
    unlock: Unlock = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Show the six-digit code to type on the device's page, and the device ID."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.unlock_code() if unlock else client.answers.code()
        if new:
            answer = client.answers.new_code()
        typer.echo(answer.body if as_json else "\n".join(_code_lines(answer.value)))


def build() -> typer.Typer:
    """The group ``sessions``."""
    group = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        help="Paired phones and programs: list, sign out.",
    )
    group.command("list")(list_sessions)
    group.command("revoke")(revoke)
    return group


def list_sessions(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Tell who is paired, and until when."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.sessions()
        if as_json:
            typer.echo(answer.body)
            return
        for one in answer.value:
            typer.echo(_session_line(one))
        if not answer.value:
            typer.echo("Nobody is paired. `firstlight pair` shows the code for the first one.")


def revoke(
    session_id: SessionId = None,
    *,
    everybody: All = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Sign one out by the ID that the list shows, or everybody with --all."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        if (session_id is None) != everybody:
            raise InvalidInput("ID", "give one ID, or --all; `firstlight sessions list` shows them")
        answer = (
            client.answers.revoke_all_sessions()
            if session_id is None
            else client.answers.revoke_session(session_id)
        )
        typer.echo(answer.body if as_json else "Signed out.")


def _code_lines(shown: CodeShown) -> list[str]:
    code = plain(f"{shown.code[:3]} {shown.code[3:]}")
    lines = [
        f"Code       {code}   (good for {shown.expires_in} s, once)",
        f"Device ID  {plain(shown.device_id)}",
    ]
    if shown.paused_for:
        lines.append(
            f"Too many wrong codes: none is looked at for {shown.paused_for} s. "
            "`firstlight pair --unlock` ends that."
        )
    return lines


def _session_line(one: SessionEntry) -> str:
    until = datetime.fromtimestamp(min(one.expires_at, _LATEST_MS) / 1000, UTC)
    return f"{one.id}  until {until:%Y-%m-%d}  {plain(one.device_name)}"
