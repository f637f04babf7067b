"""Which wall clocks can be right at all."""

EARLIEST = 1_735_689_600.0
"""2025-01-01, in Unix seconds."""

LATEST = 4_102_444_800.0
"""2100-01-01, in Unix seconds."""


def is_plausible(unix_seconds: float) -> bool:
    """Whether a clock that shows this has been set; then it may still be wrong."""
    return EARLIEST <= unix_seconds < LATEST
