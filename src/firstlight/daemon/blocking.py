"""One thread for what blocks, and streams out of it that let others in between."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 64
"""Items of a stream that are made in one go; then it is somebody else's turn."""


class OneThread:
    """Everything that it runs, it runs one after another in the same thread.

    ``executor``: another one that does so.
    """

    def __init__(self, name: str, executor: Executor | None = None) -> None:
        self._executor = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns. Once begun it runs to its end, whether or not anybody waits."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def stream(self, begin: Callable[[], Iterator[T]]) -> AsyncGenerator[list[T], None]:
        """The items of an iterator, a few at a time; close it when you leave before the end."""
        items = await self.run(begin)
        try:
            while some := await self.run(lambda: list(itertools.islice(items, AT_ONCE))):
                yield some
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                await self.run(close)

    def end(self) -> None:
        """Let the thread go once it has done what is under way."""
        self._executor.shutdown(wait=False)
