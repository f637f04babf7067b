"""``outbox.jsonl``: what comes back is what was left, and a damaged line costs that line."""

import stat
from pathlib import Path

import pytest

from firstlight.errors import StoreFailure
from firstlight.model.event import Action, DeviceEvent, EventType, Level
from firstlight.store.outbox import Left, OutboxFile

EVENTS = tuple(
    DeviceEvent(
        id=f"1-{n}",
        ts=n,
        type=EventType.ACTION,
        level=Level.ERROR,
        message="a\nb\u2028c",
        action=Action.NETWORK_CONNECT,
        details={"cause": "timeout"},
    )
    for n in range(3)
)


@pytest.fixture
def file(tmp_path: Path) -> OutboxFile:
    return OutboxFile(tmp_path / "state")


def test_what_was_left_comes_back(file: OutboxFile) -> None:
    assert file.read() == Left()
    file.write(EVENTS, 7)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.read() == Left(EVENTS, 7, 0)


def test_nothing_left_is_no_file(file: OutboxFile) -> None:
    file.write(EVENTS, 0)
    file.write((), 0)
    assert not file.path.exists()
    file.write((), 3)
    assert file.read() == Left((), 3, 0)
    file.remove()
    assert not file.path.exists()


def test_a_damaged_line_costs_that_line(file: OutboxFile) -> None:
    file.write(EVENTS, 0)
    lines = file.path.read_bytes().split(b"\n")
    lines[2] = b'{"id":"1-1","type":"of tomorrow"}'
    file.path.write_bytes(b"\n".join(lines))
    assert file.read() == Left((EVENTS[0], EVENTS[2]), 0, 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b"\0" * 100])
def test_a_damaged_file_is_empty(file: OutboxFile, content: bytes) -> None:
    file.write(EVENTS, 0)
    file.path.write_bytes(content)
    assert file.read() == Left((), 0, 1)


def test_a_folder_in_its_place_is_a_failure(file: OutboxFile) -> None:
    file.path.mkdir(parents=True)
    with pytest.raises(StoreFailure):
        file.read()
    with pytest.raises(StoreFailure):
        file.write(EVENTS, 0)
