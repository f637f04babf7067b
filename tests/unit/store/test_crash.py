"""A failure or a kill at any step of writing leaves the old file or the new one."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firstlight.errors import StoreFailure
from firstlight.store.files import write_atomically

OLD = b"old" * 5000
NEW = b"new" * 70_000

# What writing asks of the system, one after another. ``write`` happens inside the file object.
CALLS = ("unlink", "open", "fsync", "replace", "close")

# Kills itself at the given step: before or after the n-th call of that name.
CHILD = """
import os, signal, sys
from pathlib import Path
from firstlight.store.files import write_atomically

path, name, number, moment, size = sys.argv[1:]
real, count = getattr(os, name), 0

def killing(*given, **named):
    global count
    count += 1
    if count == int(number) and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        return real(*given, **named)
    finally:
        if count == int(number) and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

setattr(os, name, killing)
write_atomically(Path(path), b"new" * int(size))
"""


def counted(monkeypatch: pytest.MonkeyPatch, before: Callable[[str, int], None]) -> dict[str, int]:
    """Let ``before`` see every call with its number; it may raise."""
    counts = dict.fromkeys(CALLS, 0)

    def watched(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*given: object, **named: object) -> object:
            counts[name] += 1
            before(name, counts[name])
            return real(*given, **named)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, watched(name))
    return counts


def steps(folder: Path) -> list[tuple[str, int]]:
    """Every call that writing makes, in order."""
    made: list[tuple[str, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        counted(patch, lambda name, number: made.append((name, number)))
        write_atomically(folder / "steps", NEW)
    return made


def test_the_steps_are_known(tmp_path: Path) -> None:
    assert steps(tmp_path) == [
        ("unlink", 1),
        ("open", 1),
        ("fsync", 1),
        ("replace", 1),
        ("open", 2),
        ("fsync", 2),
        ("close", 1),
    ]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("old", [OLD, None])
def test_a_failing_step_leaves_the_old_file_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, old: bytes | None
) -> None:
    path = tmp_path / "file"
    for failing in steps(tmp_path):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)

        def fail(name: str, number: int, failing: tuple[str, int] = failing) -> None:
            if (name, number) == failing:
                raise OSError(error, os.strerror(error))

        with monkeypatch.context() as patch:
            counted(patch, fail)
            with pytest.raises(StoreFailure) as failure:
                write_atomically(path, NEW)
        assert os.strerror(error) in failure.value.message
        found = path.read_bytes() if path.exists() else None
        renamed = failing[0] == "close" or failing[1] == 2
        assert found == (NEW if renamed else old)
        (tmp_path / "steps").unlink(missing_ok=True)
        assert {one.name for one in tmp_path.iterdir()} <= {"file"}


def test_a_disk_that_stays_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(OLD)

    def fail(name: str, number: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        counted(patch, fail)
        with pytest.raises(StoreFailure, match="Read-only"):
            write_atomically(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == OLD


def test_a_full_disk(tmp_path: Path) -> None:
    """``/dev/full`` refuses what is written, not that it is opened."""
    path = tmp_path / "file"
    path.write_bytes(OLD)
    with pytest.MonkeyPatch.context() as patch:
        real = os.open
        patch.setattr(
            os,
            "open",
            lambda name, flags, *rest: (
                real("/dev/full", os.O_WRONLY)
                if str(name).endswith(".new")
                else real(name, flags, *rest)
            ),
        )
        with pytest.raises(StoreFailure, match="No space left"):
            write_atomically(path, NEW)
    assert path.read_bytes() == OLD


@pytest.mark.timeout(60)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "file"
    for name, number in steps(tmp_path):
        path.write_bytes(OLD)
        child = subprocess.run(
            [sys.executable, "-c", CHILD, path, name, str(number), moment, "70000"],
            check=False,
            capture_output=True,
            timeout=20,
        )
        assert child.returncode == -signal.SIGKILL, child.stderr
        renamed = number == 2 or name == "close" or (name == "replace" and moment == "after")
        assert path.read_bytes() == (NEW if renamed else OLD)
        write_atomically(path, b"next")
        assert path.read_bytes() == b"next"
        assert {one.name for one in tmp_path.iterdir()} == {"file", "steps"}
