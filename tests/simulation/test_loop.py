"""Time that leaps."""

import asyncio
import threading
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

import pytest

from firstlight.simulation.life import TaskFactory
from firstlight.simulation.loop import BEGINNING, LeapingLoop, Stalled

T = TypeVar("T")


@pytest.fixture
def loop() -> Generator[LeapingLoop]:
    made = LeapingLoop()
    made.set_task_factory(TaskFactory())
    yield made
    made.close()


def run(loop: LeapingLoop, work: Coroutine[Any, Any, T]) -> T:
    return loop.run_until_complete(work)


def test_a_year_of_sleep_takes_no_time(loop: LeapingLoop) -> None:
    run(loop, asyncio.sleep(31_536_000))
    assert loop.time() == pytest.approx(BEGINNING + 31_536_000, abs=0.01)
    assert loop.turns < 1000


def test_sleepers_wake_in_their_order(loop: LeapingLoop) -> None:
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(seconds)

    async def all_of_them() -> None:
        await asyncio.gather(*(sleeper(seconds) for seconds in (3.0, 1.0, 2.0, 1.5)))

    run(loop, all_of_them())
    assert woken == [1.0, 1.5, 2.0, 3.0]


def test_a_call_for_now_comes_also_after_ten_years(loop: LeapingLoop) -> None:
    called: list[float] = []

    async def ask() -> None:
        await asyncio.sleep(315_360_000.3)
        loop.call_at(loop.time(), lambda: called.append(loop.time()))
        await asyncio.sleep(1)

    run(loop, ask())
    assert len(called) == 1
    assert loop.turns < 10_000


def test_a_timeout_is_virtual_too(loop: LeapingLoop) -> None:
    async def wait() -> None:
        async with asyncio.timeout(1e6):
            await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        run(loop, wait())


def test_waiting_for_nothing_is_an_error(loop: LeapingLoop) -> None:
    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Stalled):
        run(loop, wait())


def test_there_are_no_threads(loop: LeapingLoop) -> None:
    began = loop.time()
    thread = run(loop, asyncio.to_thread(threading.current_thread))
    assert thread is threading.main_thread()
    assert loop.time() > began


def test_what_fails_elsewhere_fails_here(loop: LeapingLoop) -> None:
    def fail() -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        run(loop, asyncio.to_thread(fail))


def test_sets_of_tasks_are_in_the_order_of_their_age(loop: LeapingLoop) -> None:
    async def nothing() -> None:
        return

    async def order() -> list[str]:
        tasks = {asyncio.create_task(nothing(), name=str(number)) for number in range(8)}
        await asyncio.wait(tasks)
        return [task.get_name() for task in tasks]

    first = run(loop, order())
    other = LeapingLoop()
    other.set_task_factory(TaskFactory())
    again = run(other, order())
    other.close()
    assert first == again
