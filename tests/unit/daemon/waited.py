"""Waiting for what real processes do."""

import asyncio
import time
from collections.abc import Callable

SECONDS = 30.0


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again until it holds; fail when it does not in time."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)
