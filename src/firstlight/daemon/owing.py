"""What the disk did not take is given to it again until it does, ever more seldom."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain, repeat

from firstlight.clock import Clock

_AGAIN_SECONDS = (10.0, 30.0, 60.0)
_LONGEST_SECONDS = 300.0


async def keep_paying(
    owing: asyncio.Event, clock: Clock, pay: Callable[[], Awaitable[object]]
) -> None:
    """For ever: wait until something is ``owing``, then ``pay`` again and again until it is not."""
    while True:
        await owing.wait()
        for seconds in chain(_AGAIN_SECONDS, repeat(_LONGEST_SECONDS)):
            await clock.sleep(seconds)
            if owing.is_set():
                await pay()
            if not owing.is_set():
                break
