import asyncio

import pytest

from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.timeline import Action, AlarmClock, Timeline


class AlarmingClock(VirtualClock):
    """Calls back, too; ``ring`` moves it to the next call. One call at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.due: float | None = None
        self._action: Action | None = None

    def call_at(self, due: float, action: Action) -> "AlarmingClock":
        assert self.due is None
        self.due, self._action = due, action
        return self

    def cancel(self) -> None:
        self.due, self._action = None, None

    async def ring(self) -> None:
        due, action = self.due, self._action
        assert due is not None
        assert action is not None
        self.cancel()
        await self.advance(due - self.monotonic())
        action()


async def test_actions_happen_in_order_of_time_then_of_planning() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[str] = []
    timeline.start(clock)
    timeline.after(2, lambda: done.append("late"))
    timeline.after(1, lambda: done.append("early"))
    timeline.after(2, lambda: done.append("late, too"))
    await clock.advance(1)
    assert done == ["early"]
    await clock.advance(1)
    assert done == ["early", "late", "late, too"]
    timeline.stop()


async def test_a_cancelled_action_does_not_happen() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[str] = []
    timeline.start(clock)
    entry = timeline.after(1, lambda: done.append("cancelled"))
    timeline.after(1, lambda: done.append("kept"))
    entry.cancel()
    await clock.advance(2)
    assert done == ["kept"]
    timeline.stop()


async def test_a_chain_of_actions_keeps_its_figures_when_it_wakes_late() -> None:
    clock, timeline = VirtualClock(), Timeline()
    moments: list[float] = []

    def again() -> None:
        moments.append(timeline.now)
        timeline.after(0.5, again)

    timeline.start(clock)
    timeline.after(0.5, again)
    timeline.stop()
    await clock.advance(2.25)
    timeline.start(clock)
    assert moments == [1000.5, 1001, 1001.5, 1002]
    assert timeline.now == 1002.25
    timeline.stop()


async def test_nothing_happens_while_it_is_stopped() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[str] = []
    timeline.start(clock)
    timeline.after(1, lambda: done.append("done"))
    timeline.stop()
    await clock.advance(5)
    assert done == []
    assert clock.next_due is None


async def test_an_action_may_plan_one_that_is_due_earlier_than_all_others() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[float] = []
    timeline.start(clock)
    timeline.after(1, lambda: timeline.after(1, lambda: done.append(timeline.now)) and None)
    timeline.after(50, lambda: done.append(timeline.now))
    await clock.advance(60)
    assert done == [1002, 1050]
    timeline.stop()


async def test_an_earlier_plan_from_outside_is_not_overslept() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[float] = []
    timeline.start(clock)
    timeline.after(50, lambda: done.append(timeline.now))
    await clock.advance(1)
    timeline.after(1, lambda: done.append(timeline.now))
    await clock.advance(2)
    assert done == [1002]
    timeline.stop()


def test_it_survives_the_event_loop_it_was_started_in() -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[float] = []

    async def killed() -> None:
        timeline.start(clock)
        timeline.after(10, lambda: done.append(timeline.now))
        await clock.advance(1)

    async def next_one() -> None:
        timeline.start(clock)
        await clock.advance(20)
        timeline.stop()

    asyncio.run(killed())
    asyncio.run(next_one())
    assert done == [1010]


@pytest.mark.parametrize("seconds", [0.0, -5.0])
async def test_what_is_due_happens_soon(seconds: float) -> None:
    clock, timeline = VirtualClock(), Timeline()
    done: list[str] = []
    timeline.start(clock)
    timeline.after(seconds, lambda: done.append("done"))
    assert done == []
    await clock.advance(0)
    assert done == ["done"]
    timeline.stop()


async def test_a_clock_that_calls_back_spares_the_task() -> None:
    clock, timeline = AlarmingClock(), Timeline()
    assert isinstance(clock, AlarmClock)
    done: list[float] = []

    def again() -> None:
        done.append(timeline.now)
        timeline.after(2, again)

    timeline.start(clock)
    assert clock.due is None
    timeline.after(3, again)
    timeline.after(1, lambda: done.append(timeline.now))
    assert clock.due == 1001
    tasks = asyncio.all_tasks()
    for _ in range(3):
        await clock.ring()
    assert done == [1001, 1003, 1005]
    assert clock.due == 1007
    assert asyncio.all_tasks() == tasks
    timeline.stop()
    assert clock.due is None
    timeline.after(1, again)
    assert clock.due is None


async def test_an_action_may_start_the_timeline_anew() -> None:
    clock, timeline = AlarmingClock(), Timeline()
    timeline.start(clock)
    timeline.after(1, lambda: timeline.start(clock))
    timeline.after(2, timeline.stop)
    await clock.ring()
    assert clock.due == 1002
    await clock.ring()
    assert clock.due is None
