"""The files of a plan, on disk: written whole or not at all, and removed only if they are ours."""

import hashlib
import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path, PurePosixPath

import msgspec

from firstlight.cli.install.plan import MANIFEST, File
from firstlight.errors import Code, NotPermitted


class State(StrEnum):
    """What a file on disk is, held against the plan."""

    NEW = "new"
    SAME = "unchanged"
    OURS = "update"
    FOREIGN = "somebody else's"


class Manifest(msgspec.Struct, frozen=True):
    """What was written: SHA-256 in hexadecimal, by path."""

    files: dict[str, str] = {}


def place(root: Path, path: PurePosixPath) -> Path:
    """Where that path is under ``root``."""
    return root / path.relative_to("/")


def read_manifest(root: Path) -> Manifest:
    """Empty where there is none, or none that can be understood."""
    try:
        return msgspec.json.decode(place(root, MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Manifest()


def state_of(root: Path, file: File, manifest: Manifest) -> State:
    """Whether it may be written."""
    present = _digest(place(root, file.path))
    if present is None:
        return State.NEW
    if present == hashlib.sha256(file.content).hexdigest():
        return State.SAME
    return State.OURS if manifest.files.get(str(file.path)) == present else State.FOREIGN


def write(root: Path, files: Iterable[File]) -> None:
    """All of them, and the manifest. Raises ``NotPermitted`` naming the first that can't be."""
    written = dict(read_manifest(root).files)
    for file in files:
        _put(place(root, file.path), file.content, file.mode)
        written[str(file.path)] = hashlib.sha256(file.content).hexdigest()
        _put(place(root, MANIFEST), msgspec.json.encode(Manifest(written)) + b"\n", 0o644)


def remove(root: Path) -> tuple[list[str], list[str]]:
    """Everything that was written and is as it was written. Returns removed and kept paths."""
    removed: list[str] = []
    kept: list[str] = []
    for path, digest in read_manifest(root).files.items():
        there = place(root, PurePosixPath(path))
        present = _digest(there)
        if present is None:
            continue
        if present != digest:
            kept.append(path)
            continue
        _unlink(there)
        removed.append(path)
    if removed or not kept:
        _unlink(place(root, MANIFEST))
    return removed, kept


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, error) from error


def _put(path: Path, content: bytes, mode: int) -> None:
    waiting = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.unlink(missing_ok=True)
        handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> NotPermitted:
    reason = error.strerror or str(error)
    return NotPermitted(
        f"{path} can't be changed: {reason}.",
        code=Code.NOT_PERMITTED,
        hint="Run it as root, for example with sudo; --dry-run shows what it would write.",
    )
