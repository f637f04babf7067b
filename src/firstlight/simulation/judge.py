"""What must hold, and the verdict when it does not."""

import asyncio
from enum import StrEnum

import msgspec

from firstlight.simulation.trace import Trace


class Rule(StrEnum):
    """What is watched; docs/simulation.md says how each is counted."""

    REACHABLE = "never unreachable"
    PROFILES = "no proven profile is lost"
    STORM = "no storm of joins"
    FILES = "the files always load"
    WRITTEN = "what a full disk did not take is written later"
    HOME = "home when the network is back"
    COOLDOWN = "the cooldown holds"
    ALIVE = "no part of the daemon dies"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule, ``day`` days after the beginning, and what came before it."""

    rule: Rule
    day: float
    what: str
    trace: tuple[str, ...]


class Judge:
    """Takes the first accusation; ``verdict`` is done from then on."""

    def __init__(self, trace: Trace, loop: asyncio.AbstractEventLoop) -> None:
        self._trace = trace
        self._loop = loop
        self._began = loop.time()
        self.verdict: asyncio.Future[Violation] = loop.create_future()

    def accuse(self, rule: Rule, what: str) -> None:
        """Something that must hold does not."""
        if self.verdict.done():
            return
        self._trace.note(f"VIOLATION of {rule!r}: {what}")
        day = (self._loop.time() - self._began) / 86_400
        self.verdict.set_result(Violation(rule=rule, day=day, what=what, trace=self._trace.lines()))
