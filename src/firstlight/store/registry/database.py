"""What the registry's tables need of a database: transactions, and a reading of one moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Value = str | int | bytes | None
Row = tuple[Any, ...]
Run = Callable[..., Sequence[Row]]
"""``run(statement, *values)``: every row that it gives."""

Stream = Callable[..., Iterator[Row]]
"""``stream(statement, *values)``: its rows, a few in memory at a time. One after another."""


class Database(Protocol):
    """One database. Every method raises ``StoreFailure`` for whatever is the matter with it."""

    @property
    def words(self) -> Mapping[str, str]:
        """What the migrations leave to the database."""
        ...

    def reading(self) -> AbstractContextManager[Run]:
        """Statements that only read, all of them the same moment: that of the first one."""
        ...

    def writing(self) -> AbstractContextManager[Run]:
        """All of its statements or, when the body raises, none. One writer at a time."""
        ...

    def snapshot(self) -> AbstractContextManager[Stream]:
        """As ``reading``, for what takes longer: others write meanwhile."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
