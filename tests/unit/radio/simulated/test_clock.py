import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.radio.simulated.clock import VirtualClock


async def settled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def run(naps: list[float], steps: list[float]) -> list[tuple[float, float]]:
    """Sleep for all ``naps`` at once, advance by ``steps``; (nap, woken at) in order of waking."""
    woken: list[tuple[float, float]] = []

    async def scenario() -> None:
        clock = VirtualClock(monotonic=0.0)

        async def nap(seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((seconds, clock.monotonic()))

        tasks = [asyncio.create_task(nap(seconds)) for seconds in naps]
        for step in steps:
            await clock.advance(step)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(scenario())
    return woken


@given(
    st.lists(st.floats(0.001, 100), max_size=8), st.lists(st.floats(0, 50), min_size=1, max_size=5)
)
def test_everyone_due_wakes_in_order_at_exactly_their_time(
    naps: list[float], steps: list[float]
) -> None:
    woken = run(naps, steps)
    end = 0.0
    for step in steps:
        end += step
    assert [due for due, _ in woken] == sorted(nap for nap in naps if nap <= end)
    assert all(due == at for due, at in woken)


async def test_time_stands_still_by_itself() -> None:
    clock = VirtualClock()
    before = clock.monotonic(), clock.wall()
    await asyncio.sleep(0)
    assert (clock.monotonic(), clock.wall()) == before


async def test_a_task_that_sleeps_again_wakes_within_one_advance() -> None:
    clock = VirtualClock()
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            await clock.sleep(10)
            ticks.append(clock.monotonic())

    task = asyncio.create_task(tick())
    await clock.advance(35)
    assert ticks == [1010, 1020, 1030]
    assert clock.monotonic() == 1035
    await settled(task)


async def test_what_a_woken_task_starts_runs_before_the_next_wakes() -> None:
    clock = VirtualClock()
    order: list[str] = []

    async def first() -> None:
        await clock.sleep(1)
        await asyncio.create_task(started())
        order.append("first")

    async def started() -> None:
        await asyncio.sleep(0)
        order.append("started by first")

    async def second() -> None:
        await clock.sleep(1.5)
        order.append("second")

    tasks = asyncio.gather(second(), first())
    await clock.advance(2)
    await tasks
    assert order == ["started by first", "first", "second"]


async def test_a_cancelled_sleeper_is_passed_over() -> None:
    clock = VirtualClock()
    task = asyncio.create_task(clock.sleep(5))
    await clock.advance(1)
    assert clock.next_due == 1005
    await settled(task)
    assert clock.next_due is None
    await clock.advance(10)
    assert clock.monotonic() == 1011


async def test_no_time_is_no_wait() -> None:
    clock = VirtualClock()
    await clock.sleep(0)
    await clock.sleep(-1)
    assert clock.next_due is None


async def test_setting_wall_time_moves_nothing_else() -> None:
    clock = VirtualClock(monotonic=50, wall=1000)
    await clock.advance(10)
    assert clock.wall() == 1010
    clock.set_wall(5000)
    assert (clock.monotonic(), clock.wall()) == (60, 5000)
    await clock.advance(1)
    assert (clock.monotonic(), clock.wall()) == (61, 5001)


async def test_flowing_time_leaps_from_sleeper_to_sleeper() -> None:
    clock = VirtualClock()
    flow = asyncio.create_task(clock.flow())
    await clock.sleep(3600)
    await clock.sleep(86400)
    assert clock.monotonic() == 1000 + 3600 + 86400
    await settled(flow)
