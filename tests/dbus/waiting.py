"""Waiting for what comes over the bus: a predicate and a deadline."""

import asyncio
from collections.abc import Callable

DEADLINE = 5.0
_INTERVAL = 0.002


async def until(holds: Callable[[], object], what: str, *, within: float = DEADLINE) -> None:
    """Return once ``holds`` is true. Fails with ``what`` when the deadline passes."""
    try:
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110  what is waited for has no event to offer
                await asyncio.sleep(_INTERVAL)
    except TimeoutError:
        raise AssertionError(f"not within {within:.0f} s: {what}") from None
