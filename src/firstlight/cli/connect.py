"""``firstlight connect``."""

import sys
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.exits import of_attempt
from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.cli.secrets import secret_in, typed
from firstlight.errors import InvalidInput
from firstlight.model.wire import ConnectBody

if TYPE_CHECKING:
    from firstlight.client import Client

_NO_PASSWORD = "holds none; an open network takes --no-password"


def _refuse(value: str | None) -> None:
    if value is not None:
        raise typer.BadParameter(
            "other users can read arguments; use --password-stdin or --password-file, or type it "
            "when asked"
        )


def connect(
    *,
    ssid: Annotated[
        str | None,
        typer.Argument(metavar="SSID", help="Its name; after -- if it begins with a dash."),
    ] = None,
    ssid_hex: Annotated[
        str | None, typer.Option(metavar="HEX", help="The name as bytes, instead of SSID.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="Its first line is it; - is stdin."),
    ] = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The network is open; don't ask.")
    ] = False,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="The network does not announce its name.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Watch until it is decided, or return at once.")
    ] = True,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
    _password: Annotated[
        str | None, typer.Option("--password", hidden=True, callback=_refuse)
    ] = None,
) -> None:
    """Join a network.

    The network in use is given up for good only once the new one works. In a terminal the
    password is asked for, unless an option says where it is.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        named = _named(ssid, ssid_hex)
        secret = _password_of(named, password_stdin, password_file, no_password)
        attempt_id = client.begin_connect(
            named.ssid, ssid_hex=named.ssid_hex, password=secret, hidden=hidden
        )
        if wait:
            _watch(client, attempt_id, as_json)
        elif as_json:
            typer.echo(client.answers.attempt(attempt_id).body)
        else:
            typer.echo("Accepted. `firstlight events --follow` tells what comes of it.")


def _watch(client: "Client", attempt_id: str, as_json: bool) -> None:
    from firstlight.cli.watching import show, until_decided

    told = until_decided(
        lambda: client.answers.attempt(attempt_id),
        remote=client.remote,
        sleep=sleep,
        monotonic=monotonic,
    )
    try:
        if as_json:
            *_, last = told
            typer.echo(last.body)
        else:
            last = show(told)
    except KeyboardInterrupt:
        typer.echo("firstlight: no longer watching; the attempt goes on.", err=True)
        raise
    raise typer.Exit(of_attempt(last.value))


def _named(ssid: str | None, ssid_hex: str | None) -> ConnectBody:
    """Which network. An argument that is not UTF-8 goes on as the bytes that were typed."""
    if ssid is not None and ssid_hex is not None:
        raise InvalidInput("--ssid-hex", "and SSID exclude each other; give one of them")
    if ssid is None:
        if ssid_hex is None:
            raise InvalidInput("SSID", "is missing; give the network's name, or --ssid-hex")
        return ConnectBody(ssid_hex=ssid_hex)
    raw = ssid.encode(errors="surrogateescape")
    try:
        return ConnectBody(ssid=raw.decode())
    except UnicodeDecodeError:
        return ConnectBody(ssid_hex=raw.hex())


def _password_of(named: ConnectBody, from_stdin: bool, file: Path | None, none: bool) -> str | None:
    if from_stdin + (file is not None) + none > 1:
        raise InvalidInput(
            "password", "comes from one place: --password-stdin, --password-file or --no-password"
        )
    if from_stdin:
        return secret_in(None, "--password-stdin", empty=_NO_PASSWORD)
    if file is not None:
        return secret_in(file, "--password-file", empty=_NO_PASSWORD)
    if none or not sys.stdin.isatty():
        return None
    from firstlight.model.text import plain

    name = plain(named.ssid) if named.ssid is not None else named.ssid_hex
    return typed(f"Password for {name} (empty: open network): ", "password") or None
