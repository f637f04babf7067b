"""``firstlight claim``."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.exits import ExitCode, of_claim
from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.errors import FirstlightError
from firstlight.model.claim import (
    Claim,
    ClaimAnswer,
    ClaimState,
    ClaimStepName,
    Role,
)
from firstlight.model.text import plain

if TYPE_CHECKING:
    from firstlight.client import Answer, Client

_STEPS = {
    ClaimStepName.FOUND: "controller found",
    ClaimStepName.JOINED: "joined it",
    ClaimStepName.NONCE: "nonce received",
    ClaimStepName.CONFIGURATION: "configuration received",
    ClaimStepName.CERTIFICATE: "certificate checked",
    ClaimStepName.STORED: "stored",
}


class AsRole(StrEnum):
    """As ``model.claim.Role``, for the command's help."""

    CLIENT = "client"
    CONTROLLER = "controller"


def claim(
    *,
    role: Annotated[
        AsRole | None, typer.Option("--role", help="What this device is, if not as configured.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Go on, with growing pauses, until it works.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Although configuration was claimed already.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Begin nothing; say how the last one ended.")
    ] = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Get this device's configuration from a controller in Provisioning Mode nearby.

    Ctrl-C ends a claim that waits; one that is under way goes on to its end.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        if show:
            last = client.answers.claim()
        else:
            chosen = None if role is None else Role(role.value)
            client.answers.begin_claim(chosen, wait=wait, again=again)
            last = _watch(client, wait=wait, as_json=as_json)
        if as_json:
            typer.echo(last.body)
        else:
            told = last.value
            for line in outcome(told):
                typer.echo(line, err=told.claim.state is ClaimState.FAILED)
        raise typer.Exit(ExitCode.OK if show else of_claim(last.value.claim))


def _watch(client: "Client", *, wait: bool, as_json: bool) -> "Answer[ClaimAnswer]":
    from firstlight.cli.screen import speaks_unicode

    mark = "✓" if speaks_unicode() else "+"
    told: list[str] = []
    last: Answer[ClaimAnswer] | None = None
    try:
        for last in until_decided(client, forever=wait, sleep=sleep, monotonic=monotonic):
            lines = [] if as_json else progress(last.value.claim, mark)
            for line in lines[len(told) :] if lines[: len(told)] == told else lines:
                typer.echo(line)
            told = lines
    except KeyboardInterrupt:
        if last is not None and last.value.claim.state is ClaimState.WAITING:
            _end(client)
        else:
            typer.echo("firstlight: no longer watching; the claim goes on.", err=True)
        raise
    if last is None:
        raise ValueError("there was no answer to show")
    return last


def _end(client: "Client") -> None:
    try:
        client.answers.end_claim()
    except FirstlightError as error:
        typer.echo(f"firstlight: the claim goes on: {plain(error.message)}", err=True)
    else:
        typer.echo("firstlight: the claim was ended.", err=True)


def until_decided(
    client: "Client",
    *,
    forever: bool,
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
) -> "Iterator[Answer[ClaimAnswer]]":
    """Every answer, to the one that is final. Raises as ``client.jobs.until``."""
    from firstlight.client.jobs import until
    from firstlight.client.undertakings import CLAIM_UNDER_WAY, CLAIMING, ENDLESS

    return until(
        client.answers.claim,
        lambda answer: answer.value.claim.state not in CLAIM_UNDER_WAY,
        ENDLESS if forever else CLAIMING,
        remote=client.remote,
        sleep=sleep,
        monotonic=monotonic,
    )


def progress(claim: Claim, mark: str) -> list[str]:
    """A line for each step, and one while it waits for another round."""
    lines = [
        f"{mark} {_STEPS[step.name]:<24}{step.elapsed_ms / 1000:>6.1f} s" for step in claim.steps
    ]
    if claim.state is ClaimState.WAITING:
        lines.append(f"{plain(claim.message)} Trying again later.")
    return lines


def outcome(told: ClaimAnswer) -> list[str]:
    """How it ended, in a sentence or two."""
    claim = told.claim
    match claim.state:
        case ClaimState.SUCCEEDED:
            lines = ["Configuration was claimed and stored."]
        case ClaimState.FAILED:
            hint = [f"  {plain(claim.hint)}"] if claim.hint else []
            lines = [f"firstlight: {plain(claim.message)}", *hint]
        case ClaimState.NONE:
            lines = ["Nothing was claimed yet." if not told.stored else "Configuration is stored."]
        case _:
            lines = ["A claim is under way."]
    return lines + ([plain(told.problem)] if told.problem else [])
