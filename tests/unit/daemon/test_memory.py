"""What the device remembers: in memory at once, on disk when it can be."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.daemon.waited import until

from firstlight.daemon.memory import Memory
from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.store import provisioning
from firstlight.store.provisioning import ProvisioningStore

FULL = StoreFailure("provisioning.json can't be written: No space left on device")
STUCK = StoreFailure("provisioning.json.damaged-1 can't be removed: Operation not permitted")


def refused(_path: Path) -> None:
    raise STUCK


class Trying(NamedTuple):
    """What goes on trying, seen from outside."""

    clock: VirtualClock
    written: asyncio.Event


class SlowStore(ProvisioningStore):
    """Every save waits for ``go``; what was saved is in ``saved``, and never two at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.saving = threading.Lock()
        self.saved: list[Kept] = []
        self.fails: StoreFailure | None = None

    def save(self, kept: Kept) -> None:
        assert self.saving.acquire(blocking=False), "two are writing at once"
        try:
            self.begun.release()
            assert self.go.wait(30)
            if self.fails is not None:
                raise self.fails
            super().save(kept)
            self.saved.append(kept)
        finally:
            self.saving.release()


@pytest.fixture
def store(tmp_path: Path) -> SlowStore:
    return SlowStore(tmp_path)


@pytest.fixture
def memory(store: SlowStore) -> Memory:
    made = Memory(store)
    assert made.load() == ()
    return made


async def test_a_change_is_seen_at_once_and_is_on_disk_when_it_returns(
    memory: Memory, store: SlowStore
) -> None:
    changing = asyncio.create_task(memory.change(last_ssid="home"))
    assert await asyncio.to_thread(store.begun.acquire, timeout=30)
    assert memory.kept.last_ssid == "home"
    assert not changing.done()
    store.go.set()
    await changing
    assert store.load() == (memory.kept, ())


async def test_nothing_new_writes_nothing(memory: Memory, store: SlowStore) -> None:
    store.go.set()
    await memory.change(last_ssid="home")
    await memory.change(last_ssid="home", provisioned=False)
    assert len(store.saved) == 1


async def test_changes_at_once_all_end_on_disk(memory: Memory, store: SlowStore) -> None:
    store.go.set()
    await asyncio.gather(*(memory.change(failure_streak=n) for n in range(1, 20)))
    assert store.saved[-1] == memory.kept
    assert memory.kept.failure_streak == 19


async def test_who_is_cancelled_while_writing_does_not_let_a_second_writer_in(
    memory: Memory, store: SlowStore
) -> None:
    first = asyncio.create_task(memory.change(last_ssid="one"))
    assert await asyncio.to_thread(store.begun.acquire, timeout=30)
    first.cancel()
    second = asyncio.create_task(memory.change(last_ssid="two"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not store.begun.acquire(blocking=False)
    store.go.set()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert store.load() == (memory.kept, ())
    assert [kept.last_ssid for kept in store.saved] == ["one", "two"]


async def test_a_full_disk_is_told_once_and_tried_again(
    memory: Memory, store: SlowStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="firstlight.daemon.memory")
    store.go.set()
    store.fails = FULL
    for streak in (1, 2, 3):
        await memory.change(failure_streak=streak)
    assert memory.warnings == (FULL.message,)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    store.fails = None
    await memory.change(failure_streak=3)
    assert memory.warnings == ()
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.INFO]
    assert store.load() == (memory.kept, ())


@pytest.fixture
async def trying(memory: Memory) -> AsyncGenerator[Trying]:
    clock, written = VirtualClock(monotonic=0.0), asyncio.Event()
    task = asyncio.create_task(memory.keep_trying(clock, written.set))
    yield Trying(clock, written)
    task.cancel()


async def test_what_the_disk_did_not_take_is_written_without_another_change(
    memory: Memory, store: SlowStore, trying: Trying
) -> None:
    store.go.set()
    store.fails = FULL
    await memory.change(last_ssid="home")
    for due in (10, 40, 100, 400, 700):
        await until(lambda due=due: trying.clock.next_due == due)
        await trying.clock.advance(due - trying.clock.monotonic())
    await until(lambda: trying.clock.next_due == 1000)
    assert memory.is_unwritten
    assert not trying.written.is_set()
    store.fails = None
    await trying.clock.advance(300)
    await asyncio.wait_for(trying.written.wait(), 5)
    assert not memory.is_unwritten
    assert memory.warnings == ()
    assert store.load() == (memory.kept, ())


async def test_what_another_change_has_written_is_not_written_again(
    memory: Memory, store: SlowStore, trying: Trying
) -> None:
    store.go.set()
    store.fails = FULL
    await memory.change(last_ssid="home")
    await until(lambda: trying.clock.next_due == 10)
    store.fails = None
    await memory.change(last_ssid="office")
    await trying.clock.advance(10)
    store.fails = FULL
    await memory.change(last_ssid="home")
    await until(lambda: trying.clock.next_due == 20)
    assert [kept.last_ssid for kept in store.saved] == ["office"]
    assert not trying.written.is_set()


async def test_the_end_is_a_last_try(memory: Memory, store: SlowStore) -> None:
    store.go.set()
    await memory.close()
    assert store.saved == []
    store.fails = FULL
    await memory.change(last_ssid="home")
    await memory.close()
    assert memory.is_unwritten
    store.fails = None
    await memory.close()
    assert store.load() == (memory.kept, ())


async def test_the_end_waits_for_what_is_being_written(memory: Memory, store: SlowStore) -> None:
    changes = [asyncio.create_task(memory.change(last_ssid=name)) for name in ("one", "two")]
    assert await asyncio.to_thread(store.begun.acquire, timeout=30)
    for change in changes:
        change.cancel()
    closing = asyncio.create_task(memory.close())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not closing.done()
    store.go.set()
    await closing
    assert store.load() == (memory.kept, ())
    assert memory.kept.last_ssid == "two"


async def test_a_reset_that_left_something_is_owed_until_it_is_done(
    memory: Memory, store: SlowStore, trying: Trying, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.go.set()
    aside = store.path.with_name("provisioning.json.damaged-1")
    aside.write_bytes(b"secrets")
    with monkeypatch.context() as patched:
        patched.setattr(provisioning, "remove_durably", refused)
        with pytest.raises(StoreFailure):
            await memory.reset()
        await memory.change(last_ssid="home")
        assert memory.warnings == (STUCK.message,)
        await until(lambda: trying.clock.next_due == 10)
        await trying.clock.advance(10)
        await until(lambda: trying.clock.next_due == 40)
        assert memory.warnings == (STUCK.message,)
    await trying.clock.advance(30)
    await until(trying.written.is_set)
    assert memory.warnings == ()
    assert not aside.exists()
    assert store.load() == (memory.kept, ())
    store.saved.clear()
    await memory.change(last_ssid="office")
    assert [kept.last_ssid for kept in store.saved] == ["office"]


async def test_what_was_wrong_with_the_file_stays_a_warning(store: SlowStore) -> None:
    store.path.write_bytes(b"damage")
    store.go.set()
    memory = Memory(store)
    sentences = memory.load()
    assert len(sentences) == 1
    await memory.change(last_ssid="home")
    assert memory.warnings == sentences


async def test_keys_of_a_newer_version_are_said_once_and_are_no_warning(store: SlowStore) -> None:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_text('{"device.mode": "ready", "device.future": [1, 2]}')
    memory = Memory(store)
    (said,) = memory.load()
    assert "device.future" in said
    assert memory.warnings == ()
    store.go.set()
    await memory.change(last_ssid="home")
    assert b'"device.future": [1, 2]' in store.path.read_bytes()
