"""A bounded number of joins an hour."""

from collections import deque
from collections.abc import Callable

from firstlight.simulation.judge import Judge, Rule

LIMIT_AN_HOUR = 120
JOINS = frozenset({"join_saved", "rehearse", "activate_trial"})

_HOUR = 3600.0


class Storms:
    """Counts what Firstlight activates; what NetworkManager joins by itself is its own."""

    def __init__(self, judge: Judge, now: Callable[[], float]) -> None:
        self._judge = judge
        self._now = now
        self._lately: deque[float] = deque()
        self.count = 0
        self.most = 0

    def called(self, name: str) -> None:
        """The daemon has asked something of the radio."""
        if name not in JOINS:
            return
        now = self._now()
        self.count += 1
        self._lately.append(now)
        while self._lately[0] <= now - _HOUR:
            self._lately.popleft()
        self.most = max(self.most, len(self._lately))
        if len(self._lately) > LIMIT_AN_HOUR:
            self._judge.accuse(Rule.STORM, f"{len(self._lately)} joins within an hour")
