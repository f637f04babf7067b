"""``firstlight support``: a file for whoever helps."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from firstlight.cli.failures import reported
from firstlight.cli.options import StateDir, Token, Url
from firstlight.errors import ConfigError, FirstlightError, NotUnderstood

if TYPE_CHECKING:
    from firstlight.config import Config
    from firstlight.support.archive import Part

Files = list[tuple[str, str]]

_PAGE = "README.txt"
_SECONDS = 60.0

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        show_default=False,
        help="Where to; without it, a name with the time in it, in this folder.",
    ),
]
Show = Annotated[bool, typer.Option("--print", help="Print what would be in it; write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def support(
    output: Output = None,
    *,
    show: Show = False,
    force: Force = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Gather what somebody needs who helps you; every secret is taken out.

    Works without the daemon, too; what only the daemon knows is missing then. As root it takes up
    the system's log. Everything in the file is text: read it before you send it.
    """
    from firstlight.cli.writing import write_private
    from firstlight.support.archive import packed

    with reported(as_json=False):
        told, silence = _asked(url, token, state_dir)
        if silence is not None and url is not None:
            raise silence
        files = told if url is not None else _joined(told, _around(state_dir, silence))
        if show:
            for name, text in files:
                typer.echo(f"===== {name}\n{text}")
            return
        path = output or Path(f"firstlight-support-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
        write_private(path, [packed(files)], force=force)
        typer.echo(f"Wrote {path}: {', '.join(name for name, _ in files)}.")
        if silence is not None:
            typer.echo(f"The daemon told nothing: {silence.message}", err=True)
        typer.echo("Everything in it is text: read it before you send it.")


def _asked(
    url: str | None, token: str | None, state_dir: Path | None
) -> tuple[Files, FirstlightError | None]:
    """What the daemon gathered, or why it did not."""
    from firstlight.cli.dial import dial
    from firstlight.support.archive import unpacked

    try:
        with dial(url, token, state_dir, seconds=_SECONDS) as client:
            return unpacked(client.support_bundle()), None
    except FirstlightError as error:
        return [], error
    except ValueError:
        return [], NotUnderstood("What was answered is no support bundle.")


def _around(state_dir: Path | None, silence: FirstlightError | None) -> Files:
    """What this program sees by itself, with the rights of whoever started it."""
    from firstlight.cli.doctor.checks import diagnose
    from firstlight.cli.doctor.gather import gather
    from firstlight.cli.doctor.machine import Machine
    from firstlight.daemon.support.machine import machine_parts
    from firstlight.daemon.support.secrets import secrets_on_disk
    from firstlight.support.archive import Part, bundle, unpacked
    from firstlight.support.redaction import Redactor

    config, refused = _configuration(state_dir)
    found = msgspec.json.encode(diagnose(gather(Machine(), os.environ, state_dir)))
    parts = [
        Part(name="doctor.json", about="what `firstlight doctor` finds", text=found.decode()),
        *asyncio.run(machine_parts(config.state_path, logs=os.geteuid() == 0)),
    ]
    if silence is not None:
        why = Part(name="silence.txt", about="why the daemon told nothing", text=silence.message)
        parts = [why, _shown(config, refused), *parts]
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, by the command line"
    redactor = Redactor(secrets_on_disk(config))
    return unpacked(bundle(f"Support bundle of {config.brand.name}", made, parts, redactor))


def _shown(config: "Config", refused: str) -> "Part":
    """The configuration as this command reads it; a daemon that answers tells its own."""
    from firstlight.support.archive import Part
    from firstlight.support.redaction import masked

    text = msgspec.json.format(msgspec.json.encode(masked(msgspec.to_builtins(config))), indent=2)
    about = "the configuration as this command reads it"
    return Part(name="config.json", about=about, text=text.decode(), missing=refused)


def _configuration(state_dir: Path | None) -> tuple["Config", str]:
    """What is configured, or the built-in values and why it is refused."""
    from firstlight.config import SYSTEM_STATE_DIR, Config, load_config

    try:
        return load_config(None, os.environ, {"state_dir": state_dir and str(state_dir)}), ""
    except ConfigError as error:
        return Config(state_dir=str(state_dir or SYSTEM_STATE_DIR)), error.message


def _joined(told: Files, around: Files) -> Files:
    """Both; of what is in both, that which this program saw: root sees more than the daemon."""
    pages = "\n".join(text for files in (told, around) for name, text in files if name == _PAGE)
    rest = {**dict(told), **dict(around)}
    rest.pop(_PAGE, None)
    return [(_PAGE, pages), *rest.items()]
