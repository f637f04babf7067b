"""Carries out what a pure machine asks for, and decides nothing itself.

A machine is a state with a phase, and a step from state, event and time to the next state and its
effects. An effect is a deadline or a piece of work. There is one of each at most: a new one ends
the one before it.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from firstlight.clock import Clock, reading
from firstlight.errors import FirstlightError
from firstlight.model.moment import Moment

log = logging.getLogger(__name__)

_INBOX = 512
"""More events than a machine can have; a full inbox is a fault and says so."""


class Phase(Protocol):
    """Where a machine stands."""

    @property
    def is_final(self) -> bool:
        """Whether it is over."""
        ...


class Phased(Protocol):
    """The state of a machine."""

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        ...


StateT = TypeVar("StateT", bound=Phased)
EventT = TypeVar("EventT")
EffectT = TypeVar("EffectT")

Work = Callable[[], Coroutine[Any, Any, EventT | None]]
"""Begins a piece of work. It returns the event of its end; ``None`` if events come as it goes."""


class Deadline(NamedTuple, Generic[EventT]):
    """After ``seconds``, ``expired`` comes to pass."""

    seconds: float
    expired: EventT


class Run(ABC, Generic[StateT, EventT, EffectT]):
    """One run of a machine, from what it began with to its final phase. ``name``: for the log."""

    def __init__(self, name: str, begun: tuple[StateT, Sequence[EffectT]], clock: Clock) -> None:
        self._name = name
        self._state, self._first = begun
        self._clock = clock
        self._inbox: asyncio.Queue[EventT] = asyncio.Queue(_INBOX)
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None

    async def to_its_end(self) -> StateT:
        """Returns the final state. Nothing is under way any more then, nor when it is cancelled."""
        try:
            await self._carry_out(self._first)
            while not self._state.phase.is_final:
                event = await self._inbox.get()
                before = self._state
                self._state, effects = self._step(before, event, reading(self._clock))
                await self._carry_out(effects)
                if self._state != before:
                    self._tell(before)
        finally:
            await ended(self._work, self._timer)
        return self._state

    @abstractmethod
    def _step(self, state: StateT, event: EventT, now: Moment) -> tuple[StateT, Sequence[EffectT]]:
        """The machine."""

    @abstractmethod
    def _read(self, effect: EffectT) -> Deadline[EventT] | Work[EventT]:
        """What an effect asks for."""

    @abstractmethod
    def _failed(self, asked_in: StateT, error: FirstlightError | None) -> EventT:
        """The event of work that failed; without an error the fault is our own."""

    @abstractmethod
    def _tell(self, before: StateT) -> None:
        """The state has become another one."""

    def _post(self, event: EventT) -> None:
        self._inbox.put_nowait(event)

    async def _carry_out(self, effects: Sequence[EffectT]) -> None:
        for effect in effects:
            asked = self._read(effect)
            if callable(asked):
                await ended(self._work)
                name = f"{self._name}-{self._state.phase}"
                self._work = asyncio.create_task(self._attempt(asked, self._state), name=name)
            else:
                await ended(self._timer)
                name = f"{self._name}-deadline"
                self._timer = asyncio.create_task(self._expire(asked), name=name)

    async def _expire(self, deadline: Deadline[EventT]) -> None:
        await self._clock.sleep(deadline.seconds)
        self._post(deadline.expired)

    async def _attempt(self, work: Work[EventT], asked_in: StateT) -> None:
        try:
            done = await work()
        except FirstlightError as error:
            log.warning("%s: %s failed: %s", self._name, asked_in.phase, error)
            done = self._failed(asked_in, error)
        except Exception:
            log.exception("%s: %s failed unexpectedly", self._name, asked_in.phase)
            done = self._failed(asked_in, None)
        if done is not None:
            self._post(done)


async def ended(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel what still runs, and return once it has ended."""
    for task in tasks:
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # what fails on its way out is nobody's news any more
