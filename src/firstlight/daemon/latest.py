"""A value that changes and has to be on disk: one writer at a time, and only the newest."""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from firstlight.errors import StoreFailure

log = logging.getLogger(__name__)

T = TypeVar("T")


class Latest(Generic[T]):
    """Calls ``write`` in a thread with what ``newest`` gives then. ``name`` is for its tasks.

    Who is cancelled while waiting does not stop the writing.
    """

    def __init__(self, name: str, newest: Callable[[], T], write: Callable[[T], None]) -> None:
        self._name = name
        self._newest = newest
        self._write = write
        self._turn = asyncio.Lock()
        self._asked = 0
        self._written = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._failing = False

    async def put(self) -> None:
        """Returns once the value of now, or a newer one, is on disk. Raises ``StoreFailure``."""
        await asyncio.shield(self._spawn())

    async def try_put(self) -> None:
        """As ``put``; a failure is a warning, once."""
        try:
            await self.put()
        except StoreFailure as error:
            self._failed(error)

    def put_soon(self) -> None:
        """As ``try_put``, without waiting."""
        self._spawn().add_done_callback(self._ended)

    async def settled(self) -> None:
        """Returns once everything that was asked for has been written, or has failed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _spawn(self) -> asyncio.Task[None]:
        self._asked += 1
        task = asyncio.create_task(self._save(self._asked), name=self._name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _save(self, number: int) -> None:
        async with self._turn:
            if self._written >= number:
                return
            number = self._asked
            await asyncio.to_thread(self._write, self._newest())
            self._written = number
            if self._failing:
                log.info("%s: it can be written again", self._name)
            self._failing = False

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StoreFailure):
            self._failed(error)

    def _failed(self, error: StoreFailure) -> None:
        if not self._failing:
            log.warning("%s", error)
        self._failing = True
