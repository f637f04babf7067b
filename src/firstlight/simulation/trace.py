"""What has happened, so that a failure can be read and a repetition be compared."""

import hashlib
from collections import deque
from collections.abc import Callable

KEPT = 400


class Trace:
    """The newest ``KEPT`` lines, and a digest over all of them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self._lines: deque[tuple[float, str]] = deque(maxlen=KEPT)
        self._digest = hashlib.blake2b(digest_size=16)

    def note(self, what: str) -> None:
        """Something happened now."""
        moment = self._now() - self._began
        self._lines.append((moment, what))
        self._digest.update(b"%.3f %s\n" % (moment, what.encode(errors="backslashreplace")))

    @property
    def digest(self) -> str:
        """The same for two runs in which the same happened at the same times."""
        return self._digest.hexdigest()

    def lines(self) -> tuple[str, ...]:
        """With the time since the beginning, oldest first."""
        return tuple(f"{_told(moment)}  {what}" for moment, what in self._lines)


def _told(seconds: float) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    return f"day {int(days):3} {int(hours):02}:{int(minutes):02}:{rest:06.3f}"
