"""Waiting for the radio, and owning tasks: nothing is left behind."""

import asyncio
import logging
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, world

from firstlight.daemon.tasks import Tasks
from firstlight.daemon.waiting import until
from firstlight.model.radio import Link, RadioState


def joining(state: RadioState) -> bool:
    return state.link is Link.JOINING


async def others() -> set[str]:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("radio-")}


async def test_it_returns_as_soon_as_it_holds(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.open()
    before = lamp.clock.monotonic()
    assert await lamp.do(until(lamp.radio, joining, 60, lamp.clock))
    assert lamp.clock.monotonic() - before < 20
    assert await others() == set()


async def test_it_gives_up_in_time(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    assert not await lamp.do(until(lamp.radio, joining, 60, lamp.clock), 61)
    assert await others() == set()


async def test_what_holds_already_is_not_waited_for(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    assert await until(lamp.radio, lambda state: not joining(state), 0, lamp.clock)


async def test_who_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    task = asyncio.create_task(until(lamp.radio, joining, 60, lamp.clock))
    await lamp.clock.advance(1)
    assert await others() == {"radio-deadline", "radio-change"}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await others() == set()


async def test_a_task_that_fails_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    tasks = Tasks()
    task = tasks.spawn(broken(), "broken")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "broken failed")
    await tasks.close()


async def test_closing_cancels_what_goes_on() -> None:
    tasks = Tasks()
    task = tasks.spawn(asyncio.Event().wait(), "waiting")  # pyright: ignore[reportArgumentType]
    await tasks.close()
    assert task.cancelled()
