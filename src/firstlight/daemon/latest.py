"""A value that changes and has to be on disk: one writer at a time, and only the newest."""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from firstlight.clock import Clock
from firstlight.daemon.owing import keep_paying
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
        self._owing = asyncio.Event()
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

    async def keep_trying(self, clock: Clock) -> None:
        """For ever: what the disk did not take is written again until it does."""
        await keep_paying(self._owing, clock, self.try_put)

    async def settled(self) -> None:
        """Returns once everything that was asked for has been written, or has failed.

        What the disk had not taken is tried a last time.
        """
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._owing.is_set():
            await self.try_put()

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
            try:
                await asyncio.to_thread(self._write, self._newest())
            except StoreFailure:
                self._owing.set()
                raise
            self._owing.clear()
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
