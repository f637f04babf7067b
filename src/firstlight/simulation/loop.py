"""An event loop whose time leaps to whatever comes next.

Waiting takes no time: when nothing is ready, the selector moves the loop's clock to the next
deadline. Nothing comes from outside, so the same program does the same things in the same order.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

BEGINNING = 1000.0
"""What the loop's clock shows at first; any figure does, but zero hides mistakes."""

_BLOCKING_SECONDS = 0.005
"""How long a call takes that is carried out elsewhere: others get their turn meanwhile."""

_BEYOND = 1e-6
"""Seconds that a turn takes, so that a deadline is passed: exactly on it, it is not due yet.

asyncio adds the nanosecond of a real clock to compare, and after some months that is less than a
float can show.
"""


class Stalled(RuntimeError):
    """Everybody waits for somebody else, and nothing will ever happen again."""


class LeapingLoop(asyncio.SelectorEventLoop):
    """``turns``: how often it has looked what is ready.

    What would be carried out in a thread is carried out at once by ``blocking``, which is handed
    the call; its result comes a moment later.
    """

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        self.blocking: Callable[[Callable[[], Any]], Any] = _at_once
        super().__init__(self._leaping)

    @property
    def turns(self) -> int:
        """How much has been done, as a figure for the machine that simulates."""
        return self._leaping.turns

    def time(self) -> float:
        """Seconds; see ``BEGINNING``."""
        return self._leaping.now

    def run_in_executor(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """No thread: the order of threads is nobody's to say."""
        future: asyncio.Future[T] = self.create_future()
        try:
            result = self.blocking(lambda: func(*args))
        except Exception as error:  # noqa: BLE001  whatever it is, it is the caller's
            future.set_exception(error)
        else:
            self.call_later(_BLOCKING_SECONDS, _give, future, result)
        return future


class OrderedTask(asyncio.Task[T]):
    """A task that sets order by age, not by address, so that loops over sets repeat themselves."""

    def __init__(
        self, coro: Coroutine[Any, Any, T] | Generator[Any, None, T], *, age: int, **kwargs: Any
    ) -> None:
        self._age = age
        super().__init__(coro, **kwargs)

    def __hash__(self) -> int:
        return self._age

    def __eq__(self, other: object) -> bool:
        return self is other


class _LeapingSelector(selectors.BaseSelector):
    """Holds the loop's own wake-up pipe, and never looks at it."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.turns = 0
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        key = selectors.SelectorKey(fileobj, number, events, data)
        self._keys[number] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj if isinstance(fileobj, int) else fileobj.fileno())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        if timeout is None:
            raise Stalled("nothing is going to happen any more")
        self.now += timeout + _BEYOND
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


def _at_once(work: Callable[[], Any]) -> Any:
    return work()


def _give(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)
