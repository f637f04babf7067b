"""Both registries under one roof: opened, closed, and looked at from behind."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.contract.postgres_server import Server

from firstlight.model.records import Client, Controller, Record, RecordKind, Wifi
from firstlight.store.registry.port import Registry
from firstlight.store.registry.select import FILE, open_registry

CONTROLLERS, CLIENTS = RecordKind.CONTROLLER, RecordKind.CLIENT
MAC = "a1:b2:c3:d4:e5:f6"
OTHER_MAC = "a1:b2:c3:00:00:01"
SECRET = "correct-horse-battery"
UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
OTHER = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c02"
PEM = "-----BEGIN CERTIFICATE-----\nnone really\n-----END CERTIFICATE-----\n"


def client(name: str = "Hall", mac: str | None = MAC) -> Record:
    wifi = Wifi(ssid="Lighthouse", password=SECRET)
    return (
        Client(name=name, wifi=wifi)
        if mac is None
        else Client(name=name, mac_address=mac, wifi=wifi)
    )


def controller(name: str = "Cellar", mac: str | None = MAC) -> Record:
    return Controller(name=name) if mac is None else Controller(name=name, mac_address=mac)


def uuid_of(number: int) -> str:
    return f"0b0e7a52-60f6-4a0c-8d0f-{number:012x}"


def mac_of(number: int) -> str:
    return f"02:00:{number >> 24 & 255:02x}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


class Harness:
    """``open`` as often as wanted; everything is closed at the end."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: list[Registry] = []

    @property
    def url(self) -> str | None:
        return None

    @property
    def key(self) -> Path:
        return self.folder / "key"

    def open(self) -> Registry:
        registry = open_registry(self.folder, url=self.url, key_file=None)
        self._opened.append(registry)
        return registry

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()

    def run(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """As somebody who can write to the database and has no key."""
        raise NotImplementedError


class SqliteHarness(Harness):
    name = "sqlite"

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def run(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()


class PostgresHarness(Harness):
    name = "postgres"

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self.server = server
        self._url = server.new_database()

    @property
    def url(self) -> str:
        return self._url

    def run(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self._url) as connection:
            cursor = connection.execute(statement.replace("?", "%s").encode(), values)
            return cursor.fetchall() if cursor.description else []
