"""The newest lines of the daemon's own log, for a support bundle where nobody else keeps them."""

import logging
from collections import deque

LINES = 1000
LONGEST = 500


class Logbook(logging.Handler):
    """Keeps the newest lines in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep that one."""
        try:
            self._lines.append(self.format(record)[:LONGEST])
        except Exception:  # noqa: BLE001  as every handler does: logging never ends the program
            self.handleError(record)

    def lines(self) -> tuple[str, ...]:
        """The oldest first."""
        return tuple(self._lines)
