"""Files that are the old or the new, and nobody else's to read."""

import os
import stat
from pathlib import Path

import pytest

from firstlight.errors import StoreFailure
from firstlight.store import files
from firstlight.store.files import make_private_folder, write_atomically


@pytest.fixture
def open_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_an_old_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"long old content")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.usefixtures("open_umask")
def test_it_is_private_whatever_the_umask(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"secret")
    assert mode(tmp_path / "file") == 0o600


@pytest.mark.usefixtures("open_umask")
def test_it_is_private_whatever_was_there_before(tmp_path: Path) -> None:
    path, stale = tmp_path / "file", tmp_path / ".file.new"
    for other in (path, stale):
        other.write_bytes(b"old")
        other.chmod(0o644)
    write_atomically(path, b"secret")
    assert mode(path) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.attack(
    "A link where the daemon is about to write a file",
    guard="a file is written under a name that was made anew",
)
def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    assert elsewhere_after_writing(tmp_path) == b"precious"
    assert (tmp_path / "file").read_bytes() == b"content"


@pytest.mark.unguarded("A link where the daemon is about to write a file")
def test_where_a_file_is_only_opened_a_link_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_write_new", Path.write_bytes)
    assert elsewhere_after_writing(tmp_path) == b"content"


def elsewhere_after_writing(folder: Path) -> bytes:
    """What is in a file that somebody has linked to, where a new one is written first."""
    elsewhere = folder / "elsewhere"
    elsewhere.write_bytes(b"precious")
    (folder / ".file.new").symlink_to(elsewhere)
    write_atomically(folder / "file", b"content")
    return elsewhere.read_bytes()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreFailure, match="No such file") as failure:
        write_atomically(tmp_path / "nowhere" / "file", b"content")
    assert failure.value.hint


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(StoreFailure, match="can't be written"):
        write_atomically(tmp_path / "file", b"content")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_folder_in_the_place_of_the_temporary_file(tmp_path: Path) -> None:
    (tmp_path / ".file.new").mkdir()
    with pytest.raises(StoreFailure, match="can't be written"):
        write_atomically(tmp_path / "file", b"content")


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(StoreFailure, match="can't be written"):
        write_atomically(tmp_path / "folder" / "file", b"content")
    with pytest.raises(StoreFailure, match="can't be made a folder") as failure:
        make_private_folder(tmp_path / "folder" / "inner")
    assert "--state-dir" in (failure.value.hint or "")


@pytest.mark.usefixtures("open_umask")
def test_a_private_folder(tmp_path: Path) -> None:
    folder = tmp_path / "outer" / "inner"
    make_private_folder(folder)
    assert mode(folder) == 0o700
    make_private_folder(folder)
    assert folder.is_dir()
