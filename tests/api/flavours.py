"""One suite for both clients: what is awaited in one is simply there in the other."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing
from types import TracebackType
from typing import Any, Protocol, Self

from firstlight.client import AsyncClient, Client


class Flavour(Protocol):
    """A client of one kind. ``Any``, because the two kinds have no type in common."""

    client: Any

    def __enter__(self) -> Self: ...
    def __exit__(self, *trouble: Any) -> None: ...

    def __getattr__(self, operation: str) -> Any: ...
    def follow(self, name: str, *given: Any, **named: Any) -> tuple[list[Any], Any]:
        """Steps and result of a job."""
        ...

    def take(self, name: str, count: int | None, *given: Any) -> list[Any]:
        """So many of what is iterated over."""
        ...

    def pieces(self, name: str, *given: Any) -> bytes:
        """What comes piece by piece, put together."""
        ...


class Blocks:
    """``Client``."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.client = Client(*given, **named)

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.__exit__(kind, error, trace)

    def __getattr__(self, operation: str) -> Any:
        return getattr(self.client, operation)

    def follow(self, name: str, *given: Any, **named: Any) -> tuple[list[Any], Any]:
        job = getattr(self.client, name)(*given, **named)
        return list(job), job.result()

    def take(self, name: str, count: int | None, *given: Any) -> list[Any]:
        items: Iterator[Any] = getattr(self.client, name)(*given)
        return list(itertools.islice(items, count))

    def pieces(self, name: str, *given: Any) -> bytes:
        opened: AbstractContextManager[Iterator[bytes]] = getattr(self.client, name)(*given)
        with opened as pieces:
            return b"".join(pieces)


class Awaits:
    """``AsyncClient``, with a loop of its own that runs while somebody waits."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._runner = asyncio.Runner()
        try:
            self.client = AsyncClient(*given, **named)
        except BaseException:
            self._runner.close()
            raise

    def __enter__(self) -> Self:
        try:
            self._runner.run(self.client.__aenter__())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.run(self.client.__aexit__(kind, error, trace))
        self._runner.close()

    def __getattr__(self, operation: str) -> Any:
        found = getattr(self.client, operation)
        if not callable(found):
            return found
        return lambda *given, **named: self._runner.run(found(*given, **named))

    def follow(self, name: str, *given: Any, **named: Any) -> tuple[list[Any], Any]:
        async def followed() -> tuple[list[Any], Any]:
            job = await getattr(self.client, name)(*given, **named)
            return [step async for step in job], await job.result()

        return self._runner.run(followed())

    def take(self, name: str, count: int | None, *given: Any) -> list[Any]:
        async def taken() -> list[Any]:
            items: AsyncGenerator[Any] = getattr(self.client, name)(*given)
            found: list[Any] = []
            async with aclosing(items):
                async for item in items:
                    found.append(item)
                    if len(found) == count:
                        break
            return found

        return self._runner.run(taken())

    def pieces(self, name: str, *given: Any) -> bytes:
        async def joined() -> bytes:
            opened: AbstractAsyncContextManager[AsyncIterator[bytes]]
            opened = getattr(self.client, name)(*given)
            async with opened as pieces:
                return b"".join([piece async for piece in pieces])

        return self._runner.run(joined())


FLAVOURS = {"sync": Blocks, "async": Awaits}
