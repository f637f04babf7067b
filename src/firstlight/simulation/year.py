"""One device from its first boot on, until its time is over or a rule is broken."""

import asyncio
import gc
import logging
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from firstlight.config import Reachability
from firstlight.model.event import DeviceEvent, EventType
from firstlight.model.radio import Link
from firstlight.radio.simulated.world import World
from firstlight.simulation import town
from firstlight.simulation.clock import TrueClock
from firstlight.simulation.figures import Year
from firstlight.simulation.judge import Judge, Rule, Violation
from firstlight.simulation.life import TaskFactory
from firstlight.simulation.loop import LeapingLoop
from firstlight.simulation.machine import RARE_LOOKS, Machine
from firstlight.simulation.people import People
from firstlight.simulation.rules.cooldown import CooldownRule
from firstlight.simulation.rules.homecoming import Homecoming
from firstlight.simulation.rules.keeping import Keeping
from firstlight.simulation.rules.reachability import ReachabilityRule
from firstlight.simulation.rules.storms import Storms
from firstlight.simulation.rules.writing import Writing
from firstlight.simulation.trace import Trace
from firstlight.simulation.weather import Weather

DAYS = 365.0
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder made there is private, and costs no disk
_DAY = 86_400.0
_TIDY_SECONDS = 5 * _DAY


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """``tempo``: how many times as much happens; ``only``: of all the kinds of weather these.

    ``told``: NetworkManager finds out what lies behind a network; otherwise the daemon has to look,
    as often as it does by default.
    """

    tempo: float = 1.0
    only: tuple[str, ...] = ()
    told: bool = True


QUIET = Pace()
BUSY = Pace(tempo=40.0, told=False)


def live(
    seed: int, days: float = DAYS, pace: Pace = QUIET, *, machine: type[Machine] = Machine
) -> Year:
    """Simulate that many days; everything in them follows from ``seed`` and ``pace``.

    ``machine``: another one, for a test that breaks a part of it.
    """
    began = time.process_time()
    loop = LeapingLoop()
    loop.set_task_factory(TaskFactory())
    folder = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="firstlight-", dir=folder) as name, _tidy_rarely():
        try:
            story = _Story(seed, pace, loop, Path(name), machine)
            violation = loop.run_until_complete(story.run(days * _DAY))
        finally:
            _close(loop)
    return story.told(seed, days, violation, time.process_time() - began)


class _Story:
    """All the parts, and who tells whom."""

    def __init__(
        self, seed: int, pace: Pace, loop: LeapingLoop, folder: Path, machine: type[Machine]
    ) -> None:
        rng = Random(seed)  # noqa: S311  a simulation wants the same numbers again
        self._loop = loop
        place = town.found(rng, connectivity_check=pace.told)
        self.trace = Trace(loop.time)
        self.judge = Judge(self.trace, loop)
        self._world = World(place.described)
        self._link = Link.DOWN
        self._storms = Storms(self.judge, loop.time)
        self._keeping = Keeping(self._world, self.judge)
        self._reachability = ReachabilityRule(self._world, self.judge, loop)
        self._homecoming = Homecoming(self._world, self.judge, loop)
        self._machine = machine(
            self._world,
            TrueClock(loop),
            folder,
            rng=rng,
            trace=self.trace,
            judge=self.judge,
            audience=self,
            reach=RARE_LOOKS if pace.told else Reachability(),
        )
        self._cooldown = CooldownRule(self._machine, self.judge, loop)
        self._writing = Writing(self._machine, self.judge, loop)
        self._weather = Weather(
            self._world,
            place,
            self._machine,
            rng=rng,
            trace=self.trace,
            changed=self._changed,
            tempo=pace.tempo,
            only=pace.only,
        )
        self._people = People(
            self._world,
            place,
            self._machine,
            self._weather,
            keeping=self._keeping,
            rng=rng,
            trace=self.trace,
            changed=lambda: self._changed("person"),
        )
        loop.blocking = self._machine.disk.carry_out
        loop.set_exception_handler(self._failed)
        self._world.on_change = self._link_changed

    async def run(self, seconds: float) -> Violation | None:
        """Until the time is over, or the verdict is there."""
        with _listening(self._complained):
            self._machine.first_boot()
            # What a killed process leaves half done is not done later.
            sys.set_asyncgen_hooks(firstiter=None, finalizer=_dropped)
            going_on = [
                asyncio.create_task(_tidy(), name="tidy"),
                asyncio.create_task(self._weather.run(), name="weather"),
                asyncio.create_task(self._people.run(), name="people"),
            ]
            await asyncio.wait(
                [*going_on, self.judge.verdict],
                timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for part in going_on:
                if part.done():
                    part.result()
            return self.judge.verdict.result() if self.judge.verdict.done() else None

    def told(self, seed: int, days: float, violation: Violation | None, seconds: float) -> Year:
        """What it came to."""
        return Year(
            seed=seed,
            days=days if violation is None else violation.day,
            events={**self._weather.events, **self._people.events},
            home=self._homecoming.taken,
            unreachable=self._reachability.stretches,
            joins=self._storms.count,
            joins_an_hour=self._storms.most,
            turns=self._loop.turns,
            seconds=seconds,
            digest=self.trace.digest,
            violation=violation,
        )

    def called(self, name: str) -> None:
        """The daemon asks something of the radio."""
        self.trace.note(f"radio: {name}")
        self._storms.called(name)

    def heard(self, event: DeviceEvent) -> None:
        """The daemon tells everybody something."""
        if event.type is not EventType.STATUS:
            self.trace.note(f"told: {event.message}")
        self._cooldown.heard(event)

    def process_changed(self) -> None:
        """The process runs, or runs no more."""
        self._homecoming.hindered = self._hindered()
        self._cooldown.process_changed()
        self._changed("start")

    def _changed(self, cause: str) -> None:
        self._homecoming.hindered = self._hindered()
        self._reachability.excused = self._people.maintains or self._people.provisions
        self._writing.look()
        self._reachability.look()
        self._homecoming.look(cause)

    def _hindered(self) -> bool:
        return self._machine.device is None or self._people.busy

    def _link_changed(self) -> None:
        device = self._world.device
        if device.link is not self._link:
            self._link = device.link
            name = f" {device.active.ssid.text}" if device.active is not None else ""
            self.trace.note(f"link: {device.link}{name}")
            if device.link is Link.HOTSPOT:
                self._people.hotspot_rose()
        self._keeping.look()
        self._changed("network")

    def _failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.judge.accuse(Rule.ALIVE, f"{context.get('message')} ({error!r})")

    def _complained(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None and record.exc_info[1] is not None:
            self.judge.accuse(Rule.ALIVE, f"{record.getMessage()} ({record.exc_info[1]!r})")


@contextmanager
def _listening(complained: Callable[[logging.LogRecord], None]) -> Generator[None]:
    """Hear what the daemon logs as an error, and keep the rest quiet."""
    logger = logging.getLogger("firstlight")
    level, propagates, listener = logger.level, logger.propagate, _Listener(complained)
    logger.addHandler(listener)
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagates


class _Listener(logging.Handler):
    def __init__(self, complained: Callable[[logging.LogRecord], None]) -> None:
        super().__init__(logging.ERROR)
        self._complained = complained

    def emit(self, record: logging.LogRecord) -> None:
        self._complained(record)


@contextmanager
def _tidy_rarely() -> Generator[None]:
    """Collect garbage at moments of the story: when Python likes it is another one every time."""
    was_on = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


async def _tidy() -> None:
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        gc.collect()


def _dropped(_generator: AsyncGenerator[Any, Any]) -> None:
    return None


def _close(loop: LeapingLoop) -> None:
    """End everything, without letting the end count as a part of the story."""
    loop.set_exception_handler(lambda _loop, _context: None)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with suppress(Exception, asyncio.CancelledError):
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
