"""``sessions.json``: whole or nothing, and whatever is wrong with it signs nobody in."""

import errno
import os
import stat
from pathlib import Path

import msgspec
import pytest
from tests.unit.store.killing import counted, killed, steps

from firstlight.errors import StoreFailure
from firstlight.model.session import Session, SessionBook
from firstlight.store.sessions import LIMIT, SessionFile

PHONE = Session(
    id="0f1e",
    device_name="Ada's phone",
    created_at=1_780_000_000_000,
    used_at=1_780_000_000_000,
    expires_at=1_782_592_000_000,
    token_hash="ab" * 32,
    boot_id="one",
)
BOOK = SessionBook(sessions=(PHONE,), latest=1_780_000_000_000, at=50.25, boot_id="one")

SAVING = """
from tests.unit.store.test_sessions import BOOK
from firstlight.store.sessions import SessionFile
file = SessionFile(folder)
armed()
file.save(BOOK)
"""


@pytest.fixture
def file(tmp_path: Path) -> SessionFile:
    return SessionFile(tmp_path)


def names(file: SessionFile) -> set[str]:
    return {one.name for one in file.path.parent.iterdir()}


def test_nobody_has_paired_yet(file: SessionFile) -> None:
    assert file.load() == (SessionBook(), "")
    assert names(file) == set()


def test_what_is_saved_comes_back_and_is_for_its_owner_only(file: SessionFile) -> None:
    file.save(BOOK)
    assert file.load() == (BOOK, "")
    assert names(file) == {"sessions.json"}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert b'"deviceName": "Ada\'s phone"' in file.path.read_bytes()


def test_a_folder_that_is_not_there_yet_is_made_private(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "state")
    file.save(BOOK)
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_without_sessions_there_is_no_file(file: SessionFile) -> None:
    file.save(BOOK)
    file.save(SessionBook(latest=5, boot_id="one"))
    assert names(file) == set()
    file.save(SessionBook())
    assert file.load() == (SessionBook(), "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"sessions": 5}',
        b'{"sessions": [{}]}',
        b'{"sessions": [[]]}',
        b'{"latest": -1}',
        b"[" * 100_000,
        msgspec.json.encode(BOOK)[:-1],
        msgspec.json.encode(BOOK).replace(b"abab", b"ABab"),
        msgspec.json.encode(BOOK) + b" " * LIMIT,
    ],
)
def test_a_damaged_file_signs_nobody_in(file: SessionFile, content: bytes) -> None:
    file.path.write_bytes(content)
    book, said = file.load()
    assert book == SessionBook()
    assert str(file.path) in said
    assert "everybody has to pair again" in said
    assert "set aside as sessions.json.damaged" in said
    assert names(file) == {"sessions.json.damaged"}
    assert file.load() == (SessionBook(), "")


def test_only_the_newest_damaged_one_is_kept_until_it_is_removed(file: SessionFile) -> None:
    for content in (b"first", b"second"):
        file.path.write_bytes(content)
        file.load()
    aside = file.path.with_name("sessions.json.damaged")
    assert aside.read_bytes() == b"second"
    file.remove_aside()
    assert names(file) == set()
    file.remove_aside()


def test_a_damaged_file_that_can_not_be_set_aside_signs_nobody_in_either(file: SessionFile) -> None:
    file.path.write_bytes(b"damage")
    file.path.with_name("sessions.json.damaged").mkdir()
    book, said = file.load()
    assert book == SessionBook()
    assert "could not be set aside" in said
    file.save(BOOK)
    assert file.load() == (BOOK, "")


def test_a_file_that_can_not_be_read_is_said(file: SessionFile) -> None:
    file.path.mkdir()
    with pytest.raises(StoreFailure, match="can't be read"):
        file.load()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_full_disk_leaves_what_was_there(
    file: SessionFile, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    old = SessionBook(sessions=(PHONE,), latest=7)
    file.save(old)

    def fail(name: str, number: int) -> None:
        if name == "open":
            raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        counted(patch, fail)
        with pytest.raises(StoreFailure):
            file.save(BOOK)
    assert file.load() == (old, "")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_leaves_the_old_sessions_or_the_new(tmp_path: Path, moment: str) -> None:
    old = SessionBook(sessions=(PHONE,), latest=7)
    for step in steps(lambda: SessionFile(tmp_path).save(BOOK)):
        file = SessionFile(tmp_path)
        file.save(old)
        killed(SAVING, tmp_path, step, moment)
        assert file.load() in [(old, ""), (BOOK, "")]
