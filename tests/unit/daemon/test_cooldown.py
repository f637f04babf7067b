"""The cooldown's note over crashes, reboots and full disks."""

from pathlib import Path

import pytest

from firstlight.core.recovery.cooldown import CooldownNote
from firstlight.daemon.cooldown import Cooldown
from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.store.notes import NoteFile

KEPT = Kept(cooldown_until=1_780_000_000_000)
WHOLE = KEPT.cooldown_ms / 1000


class Boot(VirtualClock):
    """One boot of several."""

    def __init__(self, number: int) -> None:
        super().__init__(monotonic=0.0)
        self.number = number

    @property
    def boot_id(self) -> str:
        return f"boot-{self.number}"


@pytest.fixture
def note(tmp_path: Path) -> NoteFile[CooldownNote]:
    return NoteFile(tmp_path / "cooldown.json", CooldownNote)


def at(seconds: float) -> Moment:
    return Moment(seconds, 0.0)


async def test_a_reboot_amid_it_begins_it_anew(note: NoteFile[CooldownNote]) -> None:
    before = Cooldown(note, Boot(1))
    await before.keep(620.0)
    await before.look(at(619.0))
    assert Cooldown(note, Boot(1)).left(KEPT, at(619.0)) == 1.0
    assert Cooldown(note, Boot(2)).left(KEPT, at(9.0)) == WHOLE - 9


async def test_a_reboot_after_it_does_not(note: NoteFile[CooldownNote]) -> None:
    before = Cooldown(note, Boot(1))
    await before.keep(620.0)
    await before.look(at(620.0))
    assert Cooldown(note, Boot(2)).left(KEPT, at(9.0)) == 0.0


@pytest.mark.parametrize("lost", [False, True])
async def test_what_was_left_is_over_some_day(note: NoteFile[CooldownNote], *, lost: bool) -> None:
    if not lost:
        note.write(CooldownNote(boot_id="boot-1", until=620.0))
    after = Cooldown(note, Boot(2))
    assert after.left(KEPT, at(9.0)) == WHOLE - 9
    await after.look(at(WHOLE - 1))
    assert Cooldown(note, Boot(3)).left(KEPT, at(9.0)) == WHOLE - 9
    await after.look(at(WHOLE))
    assert Cooldown(note, Boot(3)).left(KEPT, at(9.0)) == 0.0


async def test_what_ended_while_the_process_was_away_is_over(note: NoteFile[CooldownNote]) -> None:
    note.write(CooldownNote(boot_id="boot-1", until=620.0))
    after = Cooldown(note, Boot(1))
    assert after.left(KEPT, at(700.0)) == 0.0
    await after.look(at(700.0))
    assert Cooldown(note, Boot(2)).left(KEPT, at(9.0)) == 0.0


async def test_where_there_was_none_nothing_is_written(note: NoteFile[CooldownNote]) -> None:
    first = Cooldown(note, Boot(1))
    assert first.left(Kept(), at(9.0)) == 0.0
    await first.look(at(10.0))
    assert not note.path.exists()


async def test_a_full_disk_is_a_warning_once(
    note: NoteFile[CooldownNote],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(_note: CooldownNote) -> None:
        raise StoreFailure("There is no space left.")

    note.write(CooldownNote(boot_id="boot-0", until=50.0, over=True))
    one = Cooldown(note, Boot(1))
    with monkeypatch.context() as patched:
        patched.setattr(note, "write", full)
        for until in (100.0, 200.0):
            await one.keep(until)
    assert caplog.text.count("no space left") == 1
    assert Cooldown(note, Boot(1)).left(KEPT, at(110.0)) == 0.0
    await one.look(at(110.0))
    assert Cooldown(note, Boot(1)).left(KEPT, at(110.0)) == 90.0
    with monkeypatch.context() as patched:
        patched.setattr(note, "write", full)
        await one.look(at(200.0))
    await one.look(at(201.0))
    assert Cooldown(note, Boot(2)).left(KEPT, at(9.0)) == 0.0
