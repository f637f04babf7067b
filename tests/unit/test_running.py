"""Running a machine: one piece of work and one deadline at a time, and nothing left behind."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import pytest

from firstlight.clock import SystemClock
from firstlight.errors import FirstlightError, RadioFailure
from firstlight.model.moment import Moment
from firstlight.running import Deadline, Run, Work


class Phase(StrEnum):
    UNDER_WAY = "under_way"
    OVER = "over"

    @property
    def is_final(self) -> bool:
        return self is Phase.OVER


class State(NamedTuple):
    seen: tuple[str, ...] = ()
    phase: Phase = Phase.UNDER_WAY


class Toy(Run[State, str, str]):
    """Each effect is the name of what is to be done; ``rules`` say what follows an event."""

    def __init__(self, first: Sequence[str], rules: dict[str, Sequence[str]] | None = None) -> None:
        super().__init__("toy", (State(), first), SystemClock())
        self.rules = rules or {}
        self.told: list[State] = []
        self.begun = asyncio.Event()
        self.cancelled: list[str] = []

    def _step(self, state: State, event: str, now: Moment) -> tuple[State, Sequence[str]]:
        assert now.monotonic > 0
        over = Phase.UNDER_WAY if event in self.rules else Phase.OVER
        return State((*state.seen, event), over), self.rules.get(event, ())

    def _read(self, effect: str) -> Deadline[str] | Work[str]:
        if effect.startswith("in "):
            return Deadline(float(effect[3:]), f"expired {effect}")
        return getattr(self, effect)

    def _failed(self, asked_in: State, error: FirstlightError | None) -> str:
        return f"failed {asked_in.phase} {error and error.message}"

    def _tell(self, before: State) -> None:
        assert self._state != before
        self.told.append(self._state)

    async def done(self) -> str | None:
        return "done"

    async def forever(self) -> str | None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.append("forever")
        return None

    async def fails(self) -> str | None:
        raise RadioFailure("No radio.")

    async def breaks(self) -> str | None:
        raise ZeroDivisionError


def nothing_left() -> bool:
    return not [one for one in asyncio.all_tasks() if one.get_name().startswith("toy")]


async def test_it_ends_in_the_final_phase_and_tells_each_state() -> None:
    toy = Toy(["done"])
    assert await toy.to_its_end() == State(("done",), Phase.OVER)
    assert toy.told == [State(("done",), Phase.OVER)]
    assert nothing_left()


async def test_a_new_deadline_takes_the_place_of_the_one_before() -> None:
    assert (await Toy(["in 60", "in 0"]).to_its_end()).seen == ("expired in 0",)
    assert nothing_left()


async def test_new_work_ends_the_work_before() -> None:
    toy = Toy(["forever", "in 0"], {"expired in 0": ["done"]})
    assert (await toy.to_its_end()).seen == ("expired in 0", "done")
    assert toy.cancelled == ["forever"]


@pytest.mark.parametrize(
    ("work", "event"),
    [("fails", "failed under_way No radio."), ("breaks", "failed under_way None")],
)
async def test_work_that_fails_is_an_event_too(
    work: str, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await Toy([work]).to_its_end()).seen == (event,)
    assert "toy: under_way failed" in caplog.text


async def test_who_is_cancelled_leaves_nothing_behind() -> None:
    toy = Toy(["forever", "in 60"])
    running = asyncio.create_task(toy.to_its_end())
    await toy.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert nothing_left()
