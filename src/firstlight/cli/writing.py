"""A file for its owner only, which is there whole or not at all."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from firstlight.errors import Code, Conflict, InvalidInput


def write_private(path: Path, pieces: Iterable[bytes], *, force: bool) -> None:
    """Write it, mode 0600. What was there stays unless ``force``, and until the new one is whole.

    Raises ``Conflict`` for a file that is there, ``InvalidInput``, and what ``pieces`` raises.
    """
    temporary = _beside(path)
    try:
        _check_place(path, force=force)
        _fill(temporary, pieces)
        temporary.replace(path)
    except OSError as error:
        raise InvalidInput("--output", f"{path} can't be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    try:
        return path.with_name(f".{path.name}.{os.getpid()}.new")
    except ValueError as error:
        raise InvalidInput("--output", f"{path} is no name of a file") from error


def _check_place(path: Path, *, force: bool) -> None:
    """Only a file is replaced: a device, or a link to one, would be gone for everybody."""
    try:
        there = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(there):
        raise InvalidInput(
            "--output",
            f"{path} is there and is no ordinary file",
            hint="Choose another name.",
        )
    if not force:
        raise Conflict(
            f"{path} is there already.",
            code=Code.ALREADY_EXISTS,
            hint="Choose another name, or replace it with --force.",
        )


def _fill(path: Path, pieces: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
