"""A failure or a kill at any step of writing leaves the old file or the new one."""

import errno
import os
from pathlib import Path

import pytest
from tests.unit.store.killing import Step, counted, killed, steps

from firstlight.errors import StoreFailure
from firstlight.store.files import write_atomically

OLD = b"old" * 5000
NEW = b"new" * 70_000

WRITING = """
from firstlight.store.files import write_atomically
armed()
write_atomically(folder / "file", b"new" * 70_000)
"""


def writing(folder: Path) -> list[Step]:
    return steps(lambda: write_atomically(folder / "steps", NEW))


def test_the_steps_are_known(tmp_path: Path) -> None:
    assert writing(tmp_path) == [
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
    for failing in writing(tmp_path):
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


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "file"
    for name, number in writing(tmp_path):
        path.write_bytes(OLD)
        killed(WRITING, tmp_path, (name, number), moment)
        renamed = number == 2 or name == "close" or (name == "replace" and moment == "after")
        assert path.read_bytes() == (NEW if renamed else OLD)
        write_atomically(path, b"next")
        assert path.read_bytes() == b"next"
        assert {one.name for one in tmp_path.iterdir()} == {"file", "steps"}
