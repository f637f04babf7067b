"""The registry's SQLite file: an older one, a newer one, a damaged one, one that can't be used."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.registry_harness import (
    CLIENTS,
    CONTROLLERS,
    PEM,
    UUID,
    SqliteHarness,
    client,
    controller,
    mac_of,
    uuid_of,
)

from firstlight.errors import Code, StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.model.records import RecordKind
from firstlight.store.registry import sql
from firstlight.store.registry.port import Registry
from firstlight.store.registry.select import FILE, open_registry
from firstlight.store.registry.sqlite import SqliteDatabase

KEPT = Path(__file__).parent / "kept"
"""What version 1 wrote, with its key."""

# Opens copies of an old registry, one for each statement; each is killed before that statement.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from firstlight.store.registry.select import open_registry
from firstlight.store.registry.sqlite import SqliteDatabase

old, copies = map(Path, sys.argv[1:])
real, count = SqliteDatabase._run, 0

def killing(self, statement, *values):
    global count
    count += 1
    if count == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, statement, *values)

SqliteDatabase._run = killing
for number in range(1, 100):
    folder = shutil.copytree(old, copies / str(number))
    child = os.fork()
    if child == 0:
        open_registry(folder, url=None, key_file=None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == 0:
        break
print(number)
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder as version 1 left it."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript((KEPT / "registry-1.sql").read_text())
    shutil.copy(KEPT / "registry-1.key", folder / "key")
    (folder / "key").chmod(0o600)
    return folder


def opened(folder: Path) -> Registry:
    return open_registry(folder, url=None, key_file=None)


def version_of(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        [(version,)] = connection.execute(sql.READ_SCHEMA).fetchall()
    return version


def check_all(registry: Registry) -> None:
    """Everything that stands in the kept file is there, and new things find their place."""
    for kind, make in ((CONTROLLERS, controller), (CLIENTS, client)):
        word = kind.removesuffix("s")
        for number in range(3):
            entry = registry.get(kind, uuid_of(number))
            assert entry.record == make(f"{word} {number}", mac_of(number) if number else None)
            if number:
                assert registry.find(kind, MacAddress(mac_of(number))) == entry
    [ca] = registry.certificates()
    assert (ca.file, ca.client, registry.certificate("ca.pem")) == ("ca.pem", True, PEM)
    assert registry.designated(RecordKind.CLIENT) == ca
    newest = max(entry.version for entry in registry.each(*RecordKind))
    assert registry.put(CLIENTS, UUID, client("New", None)).version > newest
    registry.delete(CLIENTS, UUID)
    assert list(registry.rotate())[-1] == 7
    assert registry.get(CLIENTS, uuid_of(2)).record.name == "client 2"


def test_the_kept_file_is_of_version_1(old: Path) -> None:
    assert version_of(old) == 1
    with (
        pytest.raises(sqlite3.OperationalError),
        closing(sqlite3.connect(old / FILE)) as connection,
    ):
        connection.execute(sql.READ_COUNTER)


def test_an_older_one_is_migrated(old: Path) -> None:
    with closing(opened(old)) as registry:
        check_all(registry)
    assert version_of(old) == sql.NEWEST
    with closing(opened(old)) as registry:
        assert len(list(registry.each(*RecordKind))) == 6


def test_a_migration_that_fails_at_any_statement_leaves_the_older_one(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = SqliteDatabase._run, 0

    def run(self: SqliteDatabase, statement: str, *values: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise sqlite3.OperationalError("disk I/O error")
        return real(self, statement, *values)

    monkeypatch.setattr(SqliteDatabase, "_run", run)
    for number in range(1, len(sql.migration(2, SqliteDatabase.words)) + 6):
        left = number
        with pytest.raises(StoreFailure, match="disk I/O error"):
            opened(old)
        assert version_of(old) == 1
    left = 0
    with closing(opened(old)) as registry:
        check_all(registry)


def test_a_migration_that_is_killed_at_any_statement_is_made_up_for(
    old: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(old), str(tmp_path / "copies")],
        check=True,
        capture_output=True,
        timeout=20,
    )
    copies = json.loads(done.stdout)
    assert copies > len(sql.migration(2, SqliteDatabase.words)) + 3
    for number in range(1, copies):
        folder = tmp_path / "copies" / str(number)
        with closing(opened(folder)) as registry:
            check_all(registry)


def test_without_its_key_an_older_one_is_refused_and_stays(old: Path) -> None:
    (old / "key").unlink()
    with pytest.raises(StoreFailure) as lost:
        opened(old)
    assert lost.value.code is Code.KEY_LOST
    assert version_of(old) == 1


def test_a_newer_one_is_refused(old: Path) -> None:
    opened(old).close()
    with closing(sqlite3.connect(old / FILE)) as connection, connection:
        connection.execute("UPDATE registry_schema SET version = 99")
    with pytest.raises(StoreFailure, match="newer Firstlight") as newer:
        opened(old)
    assert newer.value.hint
    assert version_of(old) == 99


def test_a_key_that_was_rotated_elsewhere_is_missed_at_the_start(tmp_path: Path) -> None:
    harness = SqliteHarness(tmp_path)
    registry = harness.open()
    registry.put(CLIENTS, UUID, client())
    before = harness.key.read_bytes()
    list(registry.rotate())
    harness.close()
    rotated = harness.key.read_bytes()
    harness.key.write_bytes(before)
    harness.run("DELETE FROM registry_keys")
    harness.run("INSERT INTO registry_keys VALUES (2, x'00')")
    with pytest.raises(StoreFailure) as lost:
        harness.open()
    assert lost.value.code is Code.KEY_LOST
    assert harness.key.read_bytes() != rotated


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(bytes(content))


def replace(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 400)


@pytest.mark.parametrize("damage", [cut, overwrite, replace])
def test_a_damaged_one_is_told_and_left_as_it_is(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    harness = SqliteHarness(tmp_path)
    harness.open().put_all((CLIENTS, uuid_of(n), client(mac=None)) for n in range(200))
    harness.close()
    damage(harness.path)
    content = harness.path.read_bytes()
    with pytest.raises(StoreFailure, match="it is damaged") as failure:
        list(harness.open().each(CLIENTS))
    assert failure.value.hint
    assert "backup" in failure.value.hint
    assert harness.path.read_bytes() == content
    assert harness.key.exists()


def test_a_place_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFailure, match="folder"):
        opened(tmp_path / "file")
    (tmp_path / "state" / FILE).mkdir(parents=True)
    with pytest.raises(StoreFailure, match="Is a directory"):
        opened(tmp_path / "state")


def test_who_does_not_get_a_turn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstlight.store.registry.sqlite.WAIT_SECONDS", 0.01)
    harness = SqliteHarness(tmp_path)
    registry = harness.open()
    with closing(sqlite3.connect(harness.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailure, match="locked"):
            registry.put(CLIENTS, UUID, client())
        assert registry.uuids(CLIENTS) == ()
        other.execute("ROLLBACK")
    registry.put(CLIENTS, UUID, client())


def test_others_are_kept_out(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        harness = SqliteHarness(tmp_path / "state")
        harness.open().put(CLIENTS, UUID, client())
        assert {one.stat().st_mode & 0o077 for one in harness.folder.iterdir()} == {0}
    finally:
        os.umask(umask)
        harness.close()
