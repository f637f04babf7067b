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

from firstlight.cli.confirming import agreed
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
    except BaseException as error:
        overtaken = isinstance(error, FirstlightError) and error.code is Code.VERSION_CONFLICT
        _keep_what_was_written(folder, file, before, overtaken=overtaken)
        raise
    shutil.rmtree(folder)
    return changed


def _until_taken(file: Path, before: bytes, take: Callable[[bytes], None]) -> bool:
    while True:
        _open_editor(file)
        written = _read(file)
        if written == before:
            return False
        try:
            take(written)
        except FirstlightError as error:
            if error.code is Code.VERSION_CONFLICT or not sys.stdin.isatty():
                raise
            typer.echo(f"firstlight: {plain(error.message)}", err=True)
            if not agreed("Open it again?", default=True):
                raise
        else:
            return True


def _open_editor(file: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        editor = subprocess.Popen([*shlex.split(command), str(file)])  # noqa: S603
    except (OSError, ValueError) as error:
        raise InvalidInput("EDITOR", f"{command} can't be started; name an editor") from error
    if code := _ended(editor):
        raise InvalidInput("EDITOR", f"{command} ended with {code}; nothing was changed")


def _ended(editor: "subprocess.Popen[bytes]") -> int:
    """Wait for it. Ctrl-C is the editor's to understand: killed, it would lose what was typed."""
    while True:
        try:
            return editor.wait()
        except KeyboardInterrupt:
            continue


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "EDITOR", f"left no file to read ({error.strerror}); nothing was changed"
        ) from error


def _keep_what_was_written(folder: Path, file: Path, before: bytes, *, overtaken: bool) -> None:
    if not file.exists() or file.read_bytes() == before:
        shutil.rmtree(folder)
        return
    typer.echo(f"firstlight: What you wrote is kept in {file}. It may hold passwords.", err=True)
    again = f"firstlight registry edit {file.stem} --file {file}"
    if overtaken:
        typer.echo(
            "  Compare it with the record as it is now (`firstlight registry show`):", err=True
        )
        typer.echo(f"  {again} replaces what was changed meanwhile.", err=True)
    else:
        typer.echo(f"  {again} takes it.", err=True)
