"""Home within a bound, once a known network can be joined again and stays."""

import asyncio

from firstlight.model.radio import Link
from firstlight.radio.simulated.world import World
from firstlight.simulation import town
from firstlight.simulation.judge import Judge, Rule

BOUNDS = {"network": 90.0, "start": 90.0, "radio": 90.0, "person": 90.0}
"""Seconds, by what had kept the device away: see ``Homecoming``."""

REFUSALS = frozenset({"password", "address", "gateway", "signal"})

OTHERWISE = 1920.0
"""A network in sight that refused us is asked ever more rarely: every half an hour at last."""


class Homecoming:
    """Counts from when a saved network can be joined and nobody is in the way, until joined.

    ``cause`` of each case: ``network`` was off, ``radio`` was unusable or
    NetworkManager away, ``start`` of the process, ``person`` at the portal; ``password``,
    ``address``, ``gateway`` or ``signal`` when one of them was bad since the device was home last.
    """

    def __init__(self, world: World, judge: Judge, loop: asyncio.AbstractEventLoop) -> None:
        self._world = world
        self._judge = judge
        self._loop = loop
        self._since: float | None = None
        self._cause = ""
        self._refused_by = ""
        self._limit: asyncio.TimerHandle | None = None
        self.hindered = True
        self.taken: dict[str, list[float]] = {}

    def look(self, cause: str = "") -> None:
        """Something has changed; ``cause`` when it may have opened the way."""
        if cause in REFUSALS:
            self._refused_by = cause
        home = town.is_home(self._world)
        free = not self.hindered and town.is_ready(self._world)
        way = home or (free and town.way_home(self._world) is not None)
        if not way:
            self._end()
        elif home:
            if self._since is not None:
                seconds = self._loop.time() - self._since
                self.taken.setdefault(self._cause, []).append(seconds)
            self._refused_by = ""
            self._end()
        elif self._since is None:
            self._begin(self._refused_by or cause or "network")

    def _begin(self, cause: str) -> None:
        up = self._world.device.link is Link.HOTSPOT
        self._since = self._loop.time()
        self._cause = f"{cause}, from the hotspot" if up else cause
        bound = BOUNDS.get(cause, OTHERWISE)
        self._limit = self._loop.call_later(bound, self._over, bound)

    def _end(self) -> None:
        self._since = None
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _over(self, bound: float) -> None:
        if town.way_home(self._world) is None:  # forgotten meanwhile, without a word on the radio
            self._end()
            return
        self._judge.accuse(
            Rule.HOME,
            f"a saved network can be joined for {bound:g} s ({self._cause}), "
            f"and the radio is {self._world.device.link}",
        )
