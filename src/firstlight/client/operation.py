"""An operation, described once, is a method of every client.

It is written as a method that returns the ``Request``; what calling it gives depends on the client
that it is called on: the value, something to await, or the whole ``Answer``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from firstlight.client.request import Answer, Request

P = ParamSpec("P")
T = TypeVar("T")


class Blocking(ABC):
    """A client that waits for the answer."""

    @abstractmethod
    def ask(self, request: Request[T]) -> T:
        """Send it; returns what the answer means. Raises ``FirstlightError``."""


class Awaiting(ABC):
    """A client whose answers are awaited."""

    @abstractmethod
    async def ask(self, request: Request[T]) -> T:
        """Send it; returns what the answer means. Raises ``FirstlightError``."""


class Answering(ABC):
    """A client that gives answers as they came, too."""

    @abstractmethod
    def ask(self, request: Request[T]) -> Answer[T]:
        """Send it; returns the answer, not yet read. Raises ``FirstlightError``."""


class Operation(Generic[P, T]):
    """The method, before it is known whose."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Request[T]]) -> None:
        self._describe = describe
        self.__wrapped__ = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Blocking, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: Awaiting, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: Answering, owner: type) -> Callable[P, Answer[T]]: ...
    def __get__(self, client: Blocking | Awaiting | Answering | None, owner: type) -> object:
        """The method of that client."""
        if client is None:
            return self

        def asked(*args: P.args, **kwargs: P.kwargs) -> object:
            return client.ask(self._describe(client, *args, **kwargs))

        return update_wrapper(asked, self._describe)

    def request(self, *args: P.args, **kwargs: P.kwargs) -> Request[T]:
        """The description alone, for whoever sends it in another way."""
        return self._describe(None, *args, **kwargs)


def operation(describe: Callable[Concatenate[Any, P], Request[T]]) -> Operation[P, T]:
    """Make a described request a method of every client."""
    return Operation(describe)
