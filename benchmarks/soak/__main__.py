"""``python -m benchmarks.soak``: SOAK_MINUTES of real time, then SOAK_YEARS of simulated ones.

For the first half of the real time the daemon is killed now and then, and comes back by itself; in
the second half it is left alone and watched: what has grown by its end is a leak. Ctrl-C ends
either part, and what was seen until then is told. Simulated years are kept: a later run of the same
source goes on after them.
"""

import os
import sys

from benchmarks.soak import real, years

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
YEARS = int(os.environ.get("SOAK_YEARS", "10000"))
_ENDED_BY_HAND = 130


def main() -> int:
    """Returns the exit code."""
    try:
        wrong = real.live(MINUTES) if MINUTES else []
        held = years.live(YEARS) if YEARS else True
    except KeyboardInterrupt:
        return _ENDED_BY_HAND
    return 1 if wrong or not held else 0


if __name__ == "__main__":
    sys.exit(main())
