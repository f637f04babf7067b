"""The state folder: real files, with a moment before every step at which the process can die."""

import errno
import os
from collections.abc import Callable
from pathlib import Path, PosixPath
from random import Random
from typing import Any, NamedTuple

from firstlight.simulation.chance import happens

_NEW = ".new"


class Writing(NamedTuple):
    """A file that is being replaced: what it held before, and how far it has come.

    The steps are those of ``store.files``: 1 the old temporary file goes, 2 the new one is made,
    3 and 4 it is renamed, 5 the folder is synced.
    """

    temporary: Path
    target: Path
    before: bytes | None
    step: int


_MAKING, _SYNCING = 2, 5


class Disk:
    """``folder`` tells of every use of it or of a path below it before the system is asked.

    ``before_step`` may raise; ``full``: nothing new can be written.
    """

    def __init__(self, folder: Path, before_step: Callable[[str], None]) -> None:
        self._real = folder
        self._before_step = before_step
        self._writing: Writing | None = None
        self.full = False
        self.writes = 0
        self.folder = _watched(folder, self._used)

    def carry_out(self, work: Callable[[], Any]) -> Any:
        """Do what blocks; whatever was written by it is then safely on disk."""
        self._before_step("work on the disk")
        result = work()
        self._writing = None
        self._before_step("work on the disk, done")
        return result

    def lose_power(self, rng: Random) -> None:
        """What was not synced yet is there, or not, or half."""
        writing, self._writing = self._writing, None
        if writing is None:
            return
        if writing.step >= _SYNCING and happens(rng, 0.5):
            self._undo(writing)
        elif writing.temporary.exists():
            content = writing.temporary.read_bytes()
            writing.temporary.write_bytes(content[: rng.randint(0, len(content))])

    def _undo(self, writing: Writing) -> None:
        if writing.before is None:
            writing.target.unlink(missing_ok=True)
        else:
            writing.target.write_bytes(writing.before)

    def _used(self, told: str) -> None:
        path = Path(told)
        self._follow(path)
        step = self._writing.step if self._writing is not None else 0
        # The folder has another name every time, and a story does not.
        name = "the folder" if path == self._real else path.name
        self._before_step(f"step {step} on {name}")
        if self.full and step == _MAKING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), told)

    def _follow(self, path: Path) -> None:
        name, writing = path.name, self._writing
        if name.startswith(".") and name.endswith(_NEW):
            if writing is None or writing.temporary != path or writing.step >= _SYNCING:
                target = path.with_name(name[1 : -len(_NEW)])
                before = target.read_bytes() if target.exists() else None
                self._writing = Writing(path, target, before, 1)
                self.writes += 1
            else:
                self._writing = writing._replace(step=writing.step + 1)
        elif writing is not None and path in {writing.target, self._real}:
            self._writing = writing._replace(step=writing.step + 1)


def _watched(folder: Path, used: Callable[[str], None]) -> Path:
    class Watched(PosixPath):
        """A path that tells when it is handed to the system."""

        def __fspath__(self) -> str:
            path = super().__fspath__()
            used(path)
            return path

    return Watched(folder)
