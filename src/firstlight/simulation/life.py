"""One run of the daemon's process, which can end between any two of its effects."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from firstlight.simulation.loop import OrderedTask

A = TypeVar("A")
T = TypeVar("T")

_present: ContextVar["Life | None"] = ContextVar("life", default=None)

_PRUNED_FROM = 128


class Life:
    """Everything that the process has going on.

    ``effect`` stands before and after everything that it does to the world: there it may die, and
    once it is dead nothing passes. ``fuse``: how many effects are left; ``None`` for no end.
    """

    def __init__(self, number: int, die: Callable[[str], None]) -> None:
        self.number = number
        self.alive = True
        self.fuse: int | None = None
        self._die = die
        self._tasks: list[asyncio.Task[Any]] = []
        self._context = copy_context()
        self._context.run(_present.set, self)

    def effect(self, name: str) -> None:
        """Raises ``CancelledError`` when the process dies here, or is dead."""
        if self.alive and self.fuse is not None:
            self.fuse -= 1
            if self.fuse <= 0:
                self.fuse = None
                self._die(f"at {name}")
        if not self.alive:
            raise asyncio.CancelledError(f"killed at {name}")

    def run(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Begin ``work`` as a part of this process."""
        task = asyncio.get_running_loop().create_task(work, name=name, context=self._context)
        self.adopt(task)
        return task

    def call(self, function: Callable[[A], None], argument: A) -> None:
        """Hand something to this process, if it lives; what it begins then is a part of it."""
        if not self.alive:
            return
        if _present.get() is self:
            function(argument)
        else:
            self._context.copy().run(function, argument)

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """A task that belongs to it."""
        if not self.alive:
            task.cancel()
        if len(self._tasks) >= _PRUNED_FROM:
            self._tasks = [one for one in self._tasks if not one.done()]
        self._tasks.append(task)

    def end(self) -> None:
        """The process is no more."""
        self.alive = False
        for task in self._tasks:
            task.cancel()

    def survivors(self) -> list[asyncio.Task[Any]]:
        """What still runs though it should not; it is told again."""
        left = [task for task in self._tasks if not task.done()]
        for task in left:
            task.cancel()
        return left


class TaskFactory:
    """Makes a loop's tasks, so that every task of a process is known to it."""

    def __init__(self) -> None:
        self._ages = itertools.count()

    def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        coro: Coroutine[Any, Any, T] | Generator[Any, None, T],
        /,
        **kwargs: Any,
    ) -> asyncio.Task[T]:
        """As ``loop.set_task_factory`` wants it."""
        task = OrderedTask(coro, age=next(self._ages), loop=loop, **kwargs)
        life = _present.get()
        if life is not None:
            life.adopt(task)
        return task
