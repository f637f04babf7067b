"""``firstlight events``."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.model.event import DeviceEvent, EventType, Level
from firstlight.model.text import plain

if TYPE_CHECKING:
    from firstlight.client.sse import Message


def events(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep telling what happens, until Ctrl-C.")
    ] = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Tell what happened lately. With --json: one event a line."""
    from firstlight.cli.dial import daemon
    from firstlight.client.following import followed, recent

    with daemon(url, token, state_dir, as_json=as_json) as client:
        told = followed(client, pause=sleep, note=_note) if follow else recent(client)
        lines = (message.data for message in told) if as_json else sentences(told)
        for line in lines:
            typer.echo(line)


def sentences(messages: Iterable["Message"]) -> Iterator[str]:
    """Lines for a person. A new status that reads like the last one is passed over."""
    from firstlight.client.following import event_in

    summary = ""
    for message in messages:
        event = event_in(message)
        if event is None:
            yield plain(message.data.decode(errors="replace"))
            continue
        if event.type is EventType.STATUS:
            if event.message == summary:
                continue
            summary = event.message
        yield sentence(event)


def sentence(event: DeviceEvent) -> str:
    """Local time, level unless it is ``info``, what happened."""
    when = datetime.fromtimestamp(event.ts / 1000, UTC).astimezone()
    level = "" if event.level is Level.INFO else f"{event.level}: "
    return f"{when:%H:%M:%S}  {level}{plain(event.message)}"


def _note(text: str) -> None:
    typer.echo(f"firstlight: {text}", err=True)
