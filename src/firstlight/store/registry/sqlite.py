"""The registry in one SQLite file, mode 0600.

Write-ahead log and ``synchronous=FULL``: a transaction that was committed is on disk, and readers
don't hold up the writer (sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous). A damaged
file stays where it is and is never replaced by an empty one: see decision 11.
"""

import os
import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from firstlight.errors import StoreFailure
from firstlight.store.files import make_private_folder
from firstlight.store.registry.database import Row, Run, Stream, Value
from firstlight.store.registry.tables import TableRegistry, VaultOf

WAIT_SECONDS = 5.0
"""For another process that is writing: a backup, for example."""

_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
)
_AT_ONCE = 64
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def open_sqlite(path: Path, vault_of: VaultOf) -> TableRegistry:
    """The registry in that file, which is made if it is missing. Raises ``StoreFailure``."""
    return TableRegistry(SqliteDatabase(path), vault_of)


class SqliteDatabase:
    """Satisfies ``Database``."""

    words: Mapping[str, str] = MappingProxyType(
        {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "bytes": "BLOB"}
    )

    def __init__(self, path: Path) -> None:
        self._path = path
        make_private_folder(path.parent)
        with self._translated():
            # SQLite makes the log with the mode that the file has.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            path.chmod(0o600)
            self._connection = self._connect()

    def close(self) -> None:
        """As ``Database.close``."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Generator[Run]:
        """As ``Database.reading``."""
        with self._translated():
            self._connection.execute("BEGIN")
            try:
                yield self._run
            finally:
                with suppress(sqlite3.Error):  # what failed before is what is told
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Generator[Run]:
        """As ``Database.writing``."""
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._run
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a failed commit may have ended it already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Generator[Stream]:
        """As ``Database.snapshot``, on a connection of its own."""
        with self._translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN")

            def stream(statement: str, *values: Value) -> Iterator[Row]:
                cursor = connection.execute(statement, values)
                while rows := cursor.fetchmany(_AT_ONCE):
                    yield from rows

            yield stream

    def _run(self, statement: str, *values: Value) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise self._failure(str(error.strerror)) from error
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code is not None and code & 0xFF in _DAMAGED:
                raise self._failure(
                    f"it is damaged ({error})",
                    "It was left as it is. Restore it from a backup; or move it away, together "
                    "with the file that ends in -wal, and import an export.",
                ) from error
            raise self._failure(str(error)) from error

    def _failure(self, why: str, hint: str | None = None) -> StoreFailure:
        usual = "Check the free space and the permissions of the state folder."
        return StoreFailure(f"{self._path} can't be used: {why}.", hint=hint or usual)
