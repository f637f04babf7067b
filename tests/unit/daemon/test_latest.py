"""The newest value reaches the disk, by one writer at a time."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator

import pytest
from tests.unit.daemon.waited import until

from firstlight.daemon.latest import Latest
from firstlight.errors import StoreFailure
from firstlight.radio.simulated.clock import VirtualClock


class Disk:
    """Every write waits for ``go``, and never are there two at once."""

    def __init__(self) -> None:
        self.value = 0
        self.written: list[int] = []
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.fails: StoreFailure | None = None
        self._writing = threading.Lock()
        self.latest = Latest("save-it", lambda: self.value, self._write)

    def _write(self, value: int) -> None:
        assert self._writing.acquire(blocking=False), "two are writing at once"
        try:
            self.begun.release()
            assert self.go.wait(30)
            if self.fails is not None:
                raise self.fails
            self.written.append(value)
        finally:
            self._writing.release()


@pytest.fixture
def disk() -> Disk:
    return Disk()


async def test_it_is_on_disk_when_it_returns(disk: Disk) -> None:
    disk.value = 7
    putting = asyncio.create_task(disk.latest.put())
    assert await asyncio.to_thread(disk.begun.acquire, timeout=30)
    assert not putting.done()
    disk.go.set()
    await putting
    assert disk.written == [7]


async def test_what_was_overtaken_is_not_written(disk: Disk) -> None:
    disk.value = 1
    first = asyncio.create_task(disk.latest.put())
    assert await asyncio.to_thread(disk.begun.acquire, timeout=30)
    for disk.value in (2, 3, 4):
        disk.latest.put_soon()
    last = asyncio.create_task(disk.latest.put())
    disk.go.set()
    await asyncio.gather(first, last)
    await disk.latest.settled()
    assert disk.written == [1, 4]


async def test_who_is_cancelled_does_not_stop_the_writing(disk: Disk) -> None:
    disk.value = 1
    putting = asyncio.create_task(disk.latest.put())
    assert await asyncio.to_thread(disk.begun.acquire, timeout=30)
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    disk.go.set()
    await disk.latest.settled()
    assert disk.written == [1]


async def test_a_failure_is_raised_or_said_once(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    disk.go.set()
    disk.fails = StoreFailure("No space left on device")
    with pytest.raises(StoreFailure):
        await disk.latest.put()
    assert not caplog.records
    await disk.latest.try_put()
    disk.latest.put_soon()
    await disk.latest.settled()
    await disk.latest.try_put()
    assert [one.levelno for one in caplog.records] == [logging.WARNING]
    disk.fails = None
    disk.value = 9
    await disk.latest.put()
    assert [one.levelno for one in caplog.records] == [logging.WARNING, logging.INFO]
    assert disk.written == [9]


@pytest.fixture
async def trying(disk: Disk) -> AsyncGenerator[VirtualClock]:
    clock = VirtualClock(monotonic=0.0)
    task = asyncio.create_task(disk.latest.keep_trying(clock))
    yield clock
    task.cancel()


async def test_what_the_disk_did_not_take_is_written_without_another_change(
    disk: Disk, trying: VirtualClock
) -> None:
    disk.go.set()
    disk.fails = StoreFailure("No space left on device")
    disk.value = 7
    with pytest.raises(StoreFailure):
        await disk.latest.put()
    for due in (10, 40, 100, 400, 700):
        await until(lambda due=due: trying.next_due == due)
        await trying.advance(due - trying.monotonic())
    await until(lambda: trying.next_due == 1000)
    assert disk.written == []
    disk.fails = None
    await trying.advance(300)
    await until(lambda: disk.written == [7])


async def test_what_another_change_has_written_is_not_written_again(
    disk: Disk, trying: VirtualClock
) -> None:
    disk.go.set()
    disk.fails = StoreFailure("No space left on device")
    await disk.latest.try_put()
    await until(lambda: trying.next_due == 10)
    disk.fails = None
    disk.value = 8
    await disk.latest.put()
    await trying.advance(10)
    disk.fails = StoreFailure("No space left on device")
    await disk.latest.try_put()
    await until(lambda: trying.next_due == 20)
    assert disk.written == [8]


async def test_the_end_is_a_last_try(disk: Disk) -> None:
    disk.go.set()
    disk.fails = StoreFailure("No space left on device")
    disk.value = 7
    await disk.latest.try_put()
    await disk.latest.settled()
    assert disk.written == []
    disk.fails = None
    await disk.latest.settled()
    await disk.latest.settled()
    assert disk.written == [7]


async def test_a_failure_that_nobody_waits_for_is_said(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.go.set()
    disk.fails = StoreFailure("No space left on device")
    disk.latest.put_soon()
    await disk.latest.settled()
    await asyncio.sleep(0)
    assert [one.message for one in caplog.records] == ["No space left on device"]
