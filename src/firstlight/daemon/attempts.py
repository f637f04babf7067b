"""The latest attempts to join, to be asked about afterwards."""

from collections import OrderedDict

from firstlight.errors import Code, NotFound
from firstlight.model.attempt import Attempt

KEPT = 16


class Attempts:
    """Keeps the newest ``KEPT`` attempts, in memory only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Attempt] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def newest(self) -> Attempt | None:
        """The one that was begun last."""
        return next(reversed(self._kept.values()), None)

    def keep(self, attempt: Attempt) -> None:
        """Take it in, or take note of how it has come on."""
        self._kept[attempt.id] = attempt
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def get(self, attempt_id: str | None) -> Attempt:
        """That one, or the newest. Raises ``NotFound``."""
        found = self.newest if attempt_id is None else self._kept.get(attempt_id)
        if found is not None:
            return found
        if attempt_id is None:
            raise NotFound("Nobody has tried to join a network yet.", code=Code.UNKNOWN_ATTEMPT)
        raise NotFound(
            f"There is no attempt {attempt_id!r}; the last {KEPT} are kept.",
            code=Code.UNKNOWN_ATTEMPT,
        )
