"""Several looks at once, when one good answer is enough."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def until_good(
    looks: Sequence[Coroutine[Any, Any, T]], good: Callable[[T], bool]
) -> tuple[T, ...]:
    """What was found until one is good, in the order of ``looks``; else all of it.

    The looks that are still under way then are ended. Raises what a look raises.
    """
    tasks = [asyncio.create_task(look, name=look.__qualname__) for look in looks]
    waiting = set(tasks)
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if any(good(task.result()) for task in done):
                break
        return tuple(task.result() for task in tasks if task.done())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
