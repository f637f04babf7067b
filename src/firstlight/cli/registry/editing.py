"""A record in the person's own editor. What they wrote is never lost."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import typer

from firstlight.cli.registry.asking import Record, put
from firstlight.client import Client
from firstlight.errors import Code, FirstlightError, InvalidInput
from firstlight.model.text import plain


def edit(client: Client, record: Record) -> bool:
    """Open it, and put back what comes of it; returns whether anything was changed.

    Raises ``FirstlightError`` when it is refused and nobody wants to go on: the text is kept then,
    in a folder for its owner only, and where that is has been told.
    """
    before = msgspec.json.format(record.body, indent=2) + b"\n"
    folder = Path(tempfile.mkdtemp(prefix="firstlight-"))  # for its owner only
    file = folder / f"{record.uuid}.json"
    file.touch(0o600)
    file.write_bytes(before)
    try:
        changed = _until_taken(file, before, lambda body: put(client, record, body))
    except BaseException:
        _keep_what_was_written(folder, file, before)
        raise
    shutil.rmtree(folder)
    return changed


def _until_taken(file: Path, before: bytes, take: Callable[[bytes], None]) -> bool:
    while True:
        _open_editor(file)
        written = file.read_bytes()
        if written == before:
            return False
        try:
            take(written)
        except FirstlightError as error:
            if error.code is Code.VERSION_CONFLICT or not sys.stdin.isatty():
                raise
            typer.echo(f"firstlight: {plain(error.message)}", err=True)
            if not typer.confirm("Open it again?", default=True, err=True):
                raise
        else:
            return True


def _open_editor(file: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(command), str(file)], check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        raise InvalidInput("EDITOR", f"{command} can't be started; name an editor") from error
    if done.returncode:
        raise InvalidInput("EDITOR", f"{command} ended with {done.returncode}; nothing was changed")


def _keep_what_was_written(folder: Path, file: Path, before: bytes) -> None:
    if not file.exists() or file.read_bytes() == before:
        shutil.rmtree(folder)
        return
    typer.echo(f"firstlight: What you wrote is kept in {file}. It may hold passwords.", err=True)
    typer.echo(f"  firstlight registry edit {file.stem} --file {file} takes it.", err=True)
