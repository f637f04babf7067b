"""A PostgreSQL server that goes away and comes back, that is told, and that is not installed."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract import postgres_server
from tests.contract.postgres_server import Server
from tests.contract.registry_harness import (
    CLIENTS,
    OTHER,
    UUID,
    PostgresHarness,
    client,
    uuid_of,
)

from firstlight.errors import StoreFailure
from firstlight.store.registry.select import open_registry


@pytest.fixture
def kept(postgres: Server, tmp_path: Path) -> Iterator[PostgresHarness]:
    harness = PostgresHarness(tmp_path / "state", postgres)
    yield harness
    harness.close()


def test_a_server_that_was_restarted_is_found_again(kept: PostgresHarness) -> None:
    registry = kept.open()
    entry = registry.put(CLIENTS, UUID, client())
    kept.server.restart()
    assert registry.get(CLIENTS, UUID) == entry
    kept.server.restart()
    registry.put(CLIENTS, OTHER, client(mac=None))
    assert registry.uuids(CLIENTS) == (UUID, OTHER)


def test_a_stream_does_not_outlive_its_server(kept: PostgresHarness) -> None:
    registry = kept.open()
    registry.put_all((CLIENTS, uuid_of(n), client(mac=None)) for n in range(200))
    stream = registry.each(CLIENTS)
    next(stream)
    kept.server.restart()
    with pytest.raises(StoreFailure, match="PostgreSQL"):
        list(stream)
    assert len(list(registry.each(CLIENTS))) == 200


def test_a_transaction_that_loses_its_server_changes_nothing(kept: PostgresHarness) -> None:
    registry = kept.open()

    def entries() -> Iterator[tuple]:
        yield CLIENTS, UUID, client()
        kept.server.restart()
        yield CLIENTS, OTHER, client(mac=None)

    with pytest.raises(StoreFailure, match="PostgreSQL"):
        registry.put_all(entries())
    assert registry.uuids(CLIENTS) == ()


def test_a_server_that_is_down_is_told_with_no_password(kept: PostgresHarness) -> None:
    url = kept.url
    assert url is not None
    with pytest.raises(StoreFailure) as failure:
        open_registry(kept.folder, url=url.replace("port=54329", "port=1"), key_file=None)
    assert "PostgreSQL" in failure.value.message
    assert failure.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:%73ecret-word@[::1",
        "postgresql://ada:%73ecret-word@/x?nothing=secret-word",
        "postgresql://ada:secret-word@/x?port=secret-word",
        "secret-word",
        "postgresql://ada:secret-word@:::/x",
    ],
)
def test_a_url_that_is_none_tells_no_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreFailure) as failure:
        open_registry(tmp_path, url=url, key_file=None)
    assert "secret-word" not in f"{failure.value.message} {failure.value.hint}"
    assert not (tmp_path / "key").exists()


def test_without_psycopg_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "firstlight.store.registry.postgres", raising=False)
    with pytest.raises(StoreFailure, match="psycopg is not installed") as failure:
        open_registry(tmp_path, url="postgresql://x", key_file=None)
    assert failure.value.hint
    assert "firstlight[postgresql]" in failure.value.hint


@pytest.mark.parametrize(
    ("continuous", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_without_a_server_it_is_skipped_and_fails_where_all_has_to_run(
    monkeypatch: pytest.MonkeyPatch, continuous: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setattr(postgres_server, "programs", lambda: None)
    monkeypatch.setenv("CI", continuous)
    with pytest.raises(outcome, match="PostgreSQL is not installed"):
        postgres_server.required_programs()
