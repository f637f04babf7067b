"""Small drawings as numbers, for the templates."""


def bars(signal: int) -> tuple[bool, bool, bool, bool]:
    """Which of four bars are lit for a signal of 0 to 100."""
    first, second, third, fourth = (signal >= least for least in (1, 25, 45, 70))
    return first, second, third, fourth
