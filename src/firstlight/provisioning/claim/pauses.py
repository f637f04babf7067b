"""How long to wait before another try: growing, so that nobody is hammered."""

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 300.0

JOIN_FIRST_SECONDS = 30.0
JOIN_LONGEST_SECONDS = 900.0


def before_round(failed: int) -> float:
    """Seconds from the end of the ``failed``-th failed round (from 1) to the next."""
    return _doubling(FIRST_SECONDS, failed, LONGEST_SECONDS)


def before_join(failed: int) -> float:
    """Seconds from the ``failed``-th failed join of the given network (from 1) to the next."""
    return _doubling(JOIN_FIRST_SECONDS, failed, JOIN_LONGEST_SECONDS)


def _doubling(first: float, failed: int, longest: float) -> float:
    return min(first * 2 ** min(max(failed, 1) - 1, 16), longest)
