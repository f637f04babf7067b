"""The registry in PostgreSQL. Needs psycopg 3, which only those install who use it."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from types import MappingProxyType
from typing import Any, LiteralString, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from firstlight.errors import StoreFailure
from firstlight.store.registry.database import Row, Run, Stream, Value
from firstlight.store.registry.tables import TableRegistry, VaultOf

CONNECT_SECONDS = 5
STATEMENT_MS = 30_000
"""A server that hangs is as good as one that is down."""

_AT_ONCE = 64
_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NOT_UNDERSTOOD = "registry.url is not understood"
_WRITERS_LOCK = 0x4669_7273_746C_6967
"""Held by the one who writes; the number stands for the registry, in this database."""


def open_postgres(url: str, vault_of: VaultOf) -> TableRegistry:
    """The registry in that database; its tables are made if they are missing.

    Raises ``StoreFailure``, also when it can't be reached.
    """
    return TableRegistry(PostgresDatabase(url), vault_of)


class PostgresDatabase:
    """Satisfies ``Database``. A lost connection is made anew by the next transaction."""

    words: Mapping[str, str] = MappingProxyType(
        {"identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"}
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Row] | None = None

    def close(self) -> None:
        """As ``Database.close``."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def reading(self) -> Generator[Run]:
        """As ``Database.reading``."""
        with self._transaction(_ONE_MOMENT) as run:
            yield run

    @contextmanager
    def writing(self) -> Generator[Run]:
        """As ``Database.writing``; the lock lasts as long as the transaction."""
        with self._transaction("BEGIN") as run:
            run(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
            yield run

    @contextmanager
    def snapshot(self) -> Generator[Stream]:
        """As ``Database.snapshot``, on a connection of its own."""
        with self._translated(), closing(self._connect()) as connection:
            connection.execute(_ONE_MOMENT)

            def stream(statement: str, *values: Value) -> Iterator[Row]:
                with connection.cursor(name="firstlight") as cursor:
                    cursor.itersize = _AT_ONCE
                    cursor.execute(_spelt(statement), values)
                    yield from cursor

            yield stream

    @contextmanager
    def _transaction(self, begin: LiteralString) -> Generator[Run]:
        with self._translated():
            connection = self._begun(begin)

            def run(statement: str, *values: Value) -> list[Row]:
                cursor = connection.execute(_spelt(statement), values)
                return cursor.fetchall() if cursor.description else []

            try:
                yield run
                connection.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):  # what failed before is what is told
                    connection.execute("ROLLBACK")
                raise

    def _begun(self, begin: LiteralString) -> psycopg.Connection[Row]:
        """A connection in a transaction; one that was lost unnoticed is found out here."""
        if self._connection is not None:
            try:
                self._connection.execute(begin)
            except psycopg.OperationalError:
                self.close()
            else:
                return self._connection
        self._connection = self._connect()
        self._connection.execute(begin)
        return self._connection

    def _connect(self) -> psycopg.Connection[Row]:
        return psycopg.connect(
            self._url,
            autocommit=True,
            row_factory=tuple_row,
            connect_timeout=CONNECT_SECONDS,
            options=f"-c statement_timeout={STATEMENT_MS}",
            application_name="firstlight",
        )

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise StoreFailure(
                f"The PostgreSQL database of the registry can't be used: {self._told(error)}.",
                hint="Check that it runs, and registry.url.",
            ) from error

    def _told(self, error: psycopg.Error) -> str:
        """Its first line, unless that quotes the password: a URL that can't be parsed may."""
        try:
            password = conninfo_to_dict(self._url).get("password")
        except psycopg.Error:
            return _NOT_UNDERSTOOD
        line = str(error).partition("\n")[0].strip().rstrip(".")
        quoted = "://" in line or (password and str(password) in line)
        return _NOT_UNDERSTOOD if quoted or not line else line


def _spelt(statement: str) -> LiteralString:
    """The statement with psycopg's placeholders. All statements stand in ``sql``."""
    return cast("LiteralString", cast("Any", statement).replace("?", "%s"))
