"""Never unreachable for more than 120 s while the radio works."""

import asyncio

from firstlight.radio.simulated.world import World
from firstlight.simulation import town
from firstlight.simulation.judge import Judge, Rule

LIMIT_SECONDS = 120.0
_SLACK = 0.01


class ReachabilityRule:
    """A stretch begins when nobody could reach the device, and ends when somebody could.

    It counts all the time in which the radio is ready, whether the process runs or not. Without
    power, without NetworkManager or without its radio nobody can ask anything of the device: the
    stretch ends there, and when the machine is whole again another one begins. ``excused``: a
    person has put the device into maintenance, in which nothing is repaired, or has made the radio
    the provisioning SoftAP.
    """

    def __init__(self, world: World, judge: Judge, loop: asyncio.AbstractEventLoop) -> None:
        self._world = world
        self._judge = judge
        self._loop = loop
        self._since: float | None = None
        self._limit: asyncio.TimerHandle | None = None
        self.excused = False
        self.stretches: list[float] = []

    def look(self) -> None:
        """Something has changed."""
        counts = town.is_ready(self._world) and not self.excused
        if not counts or town.is_reachable(self._world):
            self._end(counts=counts)
        elif self._since is None:
            self._since = self._loop.time()
            self._limit = self._loop.call_later(LIMIT_SECONDS + _SLACK, self._over)

    def _end(self, *, counts: bool) -> None:
        if self._since is None:
            return
        if counts:
            self.stretches.append(self._loop.time() - self._since)
        self._since = None
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _over(self) -> None:
        self._judge.accuse(
            Rule.REACHABLE,
            f"unreachable for more than {LIMIT_SECONDS:g} s; "
            f"the radio is {self._world.device.link}",
        )
