"""Writing files so that a power cut leaves the old content or the new, never half of either.

Temp file in the same folder, fsync, rename, fsync of the folder (rename(2): atomic replacement;
fsync(2): the entry in a directory needs a sync of its own).
"""

import contextlib
import os
from pathlib import Path

from firstlight.errors import StoreFailure


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path``, mode 0600.

    Raises ``StoreFailure``; the old file then remains, or the new one when only the folder's sync
    failed, which a power cut may undo.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        _write_new(temporary, content)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):  # what failed before is what is told
            temporary.unlink(missing_ok=True)
        raise StoreFailure(
            f"{path} can't be written: {error.strerror}",
            hint="Check the free space and the permissions of the state folder.",
        ) from error


def remove_durably(path: Path) -> None:
    """Remove ``path``; fine if it is not there. It stays away after a power cut.

    Raises ``StoreFailure``; the file then remains, or may come back.
    """
    try:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreFailure(
            f"{path} can't be removed: {error.strerror}",
            hint="Check the permissions of the state folder.",
        ) from error


def read_bounded(path: Path, limit: int) -> bytes | None:
    """The content, at most one byte more than ``limit`` of it. ``None``: there is no such file.

    Raises ``StoreFailure`` when it is there and can't be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreFailure(
            f"{path} can't be read: {error.strerror}",
            hint="Check the permissions of the state folder.",
        ) from error


def make_private_folder(path: Path) -> None:
    """Create ``path`` with mode 0700 if it is missing. Raises ``StoreFailure``."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFailure(
            f"{path} can't be made a folder: {error.strerror}",
            hint="Choose another one with --state-dir.",
        ) from error


def _write_new(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # left behind by a kill; its mode can't be trusted
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
