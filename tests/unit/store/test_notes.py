"""Notes: there or not there, whole or told as damaged, through every kill."""

import errno
import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.store.killing import counted, killed, steps

from firstlight.errors import StoreFailure
from firstlight.store.notes import LIMIT, NoteFile, ResetNote, reset_note

OLD, NEW = ResetNote(1_700_000_000_000), ResetNote(1_800_000_000_000)


class CooldownNote(msgspec.Struct, frozen=True, rename="camel"):
    """A note with two values, one of them a fraction."""

    boot_id: str
    until: float


@pytest.fixture
def note(tmp_path: Path) -> NoteFile[ResetNote]:
    return reset_note(tmp_path)


def test_a_note_that_is_not_there(note: NoteFile[ResetNote]) -> None:
    assert note.read() == (None, "")
    note.remove()
    assert list(note.path.parent.iterdir()) == []


def test_it_comes_back_and_goes(note: NoteFile[ResetNote]) -> None:
    note.write(OLD)
    note.write(NEW)
    assert note.read() == (NEW, "")
    assert note.path.name == "factory-reset.json"
    assert note.path.read_bytes() == b'{"when":1800000000000}\n'
    assert stat.S_IMODE(note.path.stat().st_mode) == 0o600
    note.remove()
    assert note.read() == (None, "")
    assert list(note.path.parent.iterdir()) == []


def test_any_struct_makes_a_note(tmp_path: Path) -> None:
    note = NoteFile(tmp_path / "cooldown.json", CooldownNote)
    note.write(CooldownNote("1b4e28ba-2fa1-11d2-883f-0016d3cca427", 1234.5))
    assert note.read() == (CooldownNote("1b4e28ba-2fa1-11d2-883f-0016d3cca427", 1234.5), "")
    assert note.path.read_bytes() == (
        b'{"bootId":"1b4e28ba-2fa1-11d2-883f-0016d3cca427","until":1234.5}\n'
    )


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "Input data was truncated"),
        (b"\x00" * 100, "malformed"),
        (b"\xff", "malformed"),
        (b'{"when": "\xff"}', "Expected `int`"),
        (b'{"\xff": 1}', "missing required field `when`"),
        (b'{"when": "now"}', "Expected `int`"),
        (b'{"when": -1}', "Expected `int` >= 0"),
        (b'{"when": NaN}', "malformed"),
        (b"{}", "missing required field `when`"),
        (b"[]", "Expected `object`"),
        (b'{"x": ' + b"[" * 4000, "recursion"),
        (b'{"when": 1}' + b" " * LIMIT, f"longer than {LIMIT} bytes"),
        (b"x" * 10_000_000, f"longer than {LIMIT} bytes"),
    ],
)
def test_a_damaged_note_is_told(note: NoteFile[ResetNote], content: bytes, wrong: str) -> None:
    note.path.write_bytes(content)
    value, sentence = note.read()
    assert value is None
    assert sentence.startswith(f"{note.path} is damaged (")
    assert wrong in sentence
    note.remove()
    assert note.read() == (None, "")


def test_text_that_is_not_utf_8_is_damage(tmp_path: Path) -> None:
    note = NoteFile(tmp_path / "cooldown.json", CooldownNote)
    note.path.write_bytes(b'{"bootId": "\xff", "until": 1}')
    value, sentence = note.read()
    assert (value, "is damaged ('utf-8'" in sentence) == (None, True)


@given(content=st.binary(max_size=60) | st.text().map(str.encode))
def test_any_bytes_are_a_note_or_damage(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    note = reset_note(tmp_path_factory.getbasetemp())
    note.path.write_bytes(content)
    value, sentence = note.read()
    assert (value is None) == (sentence != "")


def test_what_can_not_be_read_written_or_removed(note: NoteFile[ResetNote]) -> None:
    note.path.mkdir()
    with pytest.raises(StoreFailure, match="can't be read: Is a directory"):
        note.read()
    with pytest.raises(StoreFailure, match="can't be written"):
        note.write(NEW)
    with pytest.raises(StoreFailure, match="can't be removed") as failure:
        note.remove()
    assert failure.value.hint


def test_a_failing_step_leaves_the_note_or_takes_it_away(
    note: NoteFile[ResetNote], monkeypatch: pytest.MonkeyPatch
) -> None:
    note.write(OLD)
    made = steps(note.remove)
    assert made == [("unlink", 1), ("open", 1), ("fsync", 1), ("close", 1)]
    for failing in made:
        note.write(OLD)

        def fail(name: str, number: int, failing: tuple[str, int] = failing) -> None:
            if (name, number) == failing:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        with monkeypatch.context() as patch:
            counted(patch, fail)
            with pytest.raises(StoreFailure, match="Input/output error"):
                note.remove()
        assert note.read() == ((OLD, "") if failing[0] == "unlink" else (None, ""))


CODE = """
from firstlight.store.notes import ResetNote, reset_note
armed()
reset_note(folder).{}
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_of_writing_leaves_the_old_note_or_the_new(
    note: NoteFile[ResetNote], moment: str
) -> None:
    for step in steps(lambda: note.write(NEW)):
        note.write(OLD)
        killed(CODE.format("write(ResetNote(1_800_000_000_000))"), note.path.parent, step, moment)
        assert note.read() in [(OLD, ""), (NEW, "")]
        note.write(NEW)
        assert [one.name for one in note.path.parent.iterdir()] == [note.path.name]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_of_removing_leaves_the_note_or_none(
    note: NoteFile[ResetNote], moment: str
) -> None:
    note.write(OLD)
    for step in steps(note.remove):
        note.write(OLD)
        killed(CODE.format("remove()"), note.path.parent, step, moment)
        there = step[0] == "unlink" and moment == "before"
        assert note.read() == ((OLD, "") if there else (None, ""))
        note.remove()
        assert list(note.path.parent.iterdir()) == []
