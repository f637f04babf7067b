"""Waiting with a deadline: for the radio by its signals, and for any work."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from firstlight.clock import Clock
from firstlight.model.radio import RadioState
from firstlight.radio.port import Radio
from firstlight.running import ended

T = TypeVar("T")


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


async def within(work: Coroutine[Any, Any, T], seconds: float, clock: Clock) -> T:
    """What ``work`` returns or raises. After ``seconds`` it is cancelled: ``TimeoutError``."""
    doing = asyncio.create_task(work, name="within")
    deadline = asyncio.create_task(clock.sleep(seconds), name="deadline")
    try:
        await asyncio.wait({doing, deadline}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise TimeoutError(f"not done within {seconds:g} s")
        return doing.result()
    finally:
        deadline.cancel()
        await ended(doing)
