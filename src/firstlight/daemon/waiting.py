"""Waiting for the radio, by its signals and with a deadline."""

import asyncio
from collections.abc import Callable

from firstlight.clock import Clock
from firstlight.model.radio import RadioState
from firstlight.radio.port import Radio


async def until(
    radio: Radio, holds: Callable[[RadioState], bool], seconds: float, clock: Clock
) -> bool:
    """Wait until ``holds`` of the radio's state, at most ``seconds``. Returns whether it does."""
    changed = asyncio.Event()
    with radio.subscribe(lambda _event: changed.set()):
        deadline = asyncio.create_task(clock.sleep(seconds), name="radio-deadline")
        try:
            while not holds(radio.state) and not deadline.done():
                changed.clear()
                waiting = asyncio.create_task(changed.wait(), name="radio-change")
                try:
                    await asyncio.wait({waiting, deadline}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
        finally:
            deadline.cancel()
    return holds(radio.state)
