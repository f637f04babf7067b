"""A file of one's own: whole or not at all, and nothing else in its place."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstlight.cli.writing import write_private
from firstlight.errors import Conflict, InvalidInput, NoDaemon


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With nothing else in it."""
    made = tmp_path / "folder"
    made.mkdir()
    return made


@pytest.mark.parametrize("force", [True, False])
def test_half_a_file_is_none(folder: Path, *, force: bool) -> None:
    file = folder / "out.json"
    if force:
        file.write_bytes(b"of before")

    def breaking_off() -> Iterator[bytes]:
        yield b"half"
        raise NoDaemon("It broke off.")

    with pytest.raises(NoDaemon):
        write_private(file, breaking_off(), force=force)
    assert [one.read_bytes() for one in file.parent.iterdir()] == [b"of before"] * force


def test_a_file_is_for_its_owner_only(folder: Path) -> None:
    file = folder / "out.json"
    write_private(file, [b"one", b"two"], force=False)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"onetwo", 0o600)
    with pytest.raises(Conflict, match="is there already"):
        write_private(file, [b"three"], force=False)
    write_private(file, [b"three"], force=True)
    assert [one.read_bytes() for one in folder.iterdir()] == [b"three"]


@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_what_is_no_file_is_never_replaced(folder: Path, kind: str, *, force: bool) -> None:
    """With --force a rename would take away a device like /dev/null from everybody."""
    place = folder / "there"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "folder":
            place.mkdir()
        case _:
            place.symlink_to("/dev/null")
    before = place.lstat()
    with pytest.raises(InvalidInput, match=r"--output: .* is no ordinary file"):
        write_private(place, [b"new"], force=force)
    assert place.lstat().st_ino == before.st_ino
    assert list(folder.iterdir()) == [place]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is no name of a file"),
        ("/", "is no name of a file"),
        ("x" * 300, "File name too long"),
        ("nowhere/out.json", "No such file or directory"),
        ("/dev/null/out.json", "Not a directory"),
    ],
)
def test_a_place_that_there_is_not(folder: Path, name: str, words: str) -> None:
    place = folder / name if name.strip("/") else Path(name)
    with pytest.raises(InvalidInput, match=f"--output: .*{words}"):
        write_private(place, [b"new"], force=True)
    assert list(folder.iterdir()) == []
