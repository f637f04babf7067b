"""Encryption at rest and key rotation, attacked by somebody who can write to the database."""

import itertools
from pathlib import Path

import pytest
from tests.contract.registry_harness import (
    CLIENTS,
    MAC,
    OTHER,
    OTHER_MAC,
    PEM,
    SECRET,
    UUID,
    Harness,
    client,
    mac_of,
    uuid_of,
)

from firstlight.errors import Code, StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.store.keyring import KeyFile, KeyRing
from firstlight.store.registry import rotation
from firstlight.store.registry.sealing import Sealing
from firstlight.store.vault import Vault

SEALED = "SELECT sealed, mac_digest FROM registry_records WHERE uuid = ?"
SWAP = "UPDATE registry_records SET sealed = ? WHERE uuid = ?"


def filled(kept: Harness, count: int = 2) -> None:
    registry = kept.open()
    registry.put_all((CLIENTS, uuid_of(n), client(str(n), mac_of(n))) for n in range(count))
    registry.add_certificate("ca.pem", PEM)
    registry.designate(CLIENTS, "ca.pem")


@pytest.mark.attack(
    "Changing the registry's database",
    guard="AES-GCM with the row as context",
)
def test_swapped_rows_are_found_out(kept: Harness) -> None:
    filled(kept)
    [(sealed, _)] = kept.run(SEALED, uuid_of(0))
    kept.run(SWAP, sealed, uuid_of(1))
    registry = kept.open()
    with pytest.raises(StoreFailure, match=uuid_of(1)):
        registry.get(CLIENTS, uuid_of(1))
    with pytest.raises(StoreFailure):
        list(registry.each(CLIENTS))


@pytest.mark.unguarded("Changing the registry's database")
def test_without_its_context_a_swapped_row_is_believed(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_seal, real_open = Vault.seal, Vault.open
    monkeypatch.setattr(Vault, "seal", lambda self, _, plain: real_seal(self, b"", plain))
    monkeypatch.setattr(Vault, "open", lambda self, _, sealed: real_open(self, b"", sealed))
    filled(kept)
    [(sealed, _)] = kept.run(SEALED, uuid_of(0))
    kept.run(SWAP, sealed, uuid_of(1))
    assert kept.open().get(CLIENTS, uuid_of(1)).record.name == "0"


@pytest.mark.attack(
    "Putting back an older version of a record",
    guard="the version is part of what is authenticated",
)
def test_an_older_version_under_a_newer_number_is_found_out(kept: Harness) -> None:
    filled(kept)
    kept.run("UPDATE registry_records SET version = version + 1 WHERE uuid = ?", uuid_of(0))
    with pytest.raises(StoreFailure):
        kept.open().get(CLIENTS, uuid_of(0))


@pytest.mark.unguarded("Putting back an older version of a record")
def test_without_its_context_an_older_version_is_believed(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_seal, real_open = Vault.seal, Vault.open
    monkeypatch.setattr(Vault, "seal", lambda self, _, plain: real_seal(self, b"", plain))
    monkeypatch.setattr(Vault, "open", lambda self, _, sealed: real_open(self, b"", sealed))
    filled(kept)
    kept.run("UPDATE registry_records SET version = version + 1 WHERE uuid = ?", uuid_of(0))
    assert kept.open().get(CLIENTS, uuid_of(0)).version == 2


@pytest.mark.attack(
    "Changing the registry's database",
    guard="AES-GCM with the row as context",
)
def test_changed_ciphertext_is_found_out(kept: Harness) -> None:
    filled(kept)
    [(sealed, _)] = kept.run(SEALED, uuid_of(0))
    for changed in (bytes(sealed)[:-1] + bytes([bytes(sealed)[-1] ^ 1]), b"", b"\x01" * 20):
        kept.run(SWAP, changed, uuid_of(0))
        with pytest.raises(StoreFailure, match=uuid_of(0)):
            kept.open().get(CLIENTS, uuid_of(0))
    registry = kept.open()
    registry.put(CLIENTS, uuid_of(0), client("Anew", mac_of(0)))
    assert registry.get(CLIENTS, uuid_of(0)).record.name == "Anew"


@pytest.mark.attack(
    "Giving a record's MAC address to another record",
    guard="the record that is found must itself name that address",
)
def test_a_mac_address_does_not_lead_to_another_record(kept: Harness) -> None:
    filled(kept)
    move_digest(kept)
    with pytest.raises(StoreFailure, match="isn't its own"):
        kept.open().find(CLIENTS, MacAddress(mac_of(0)))


@pytest.mark.unguarded("Giving a record's MAC address to another record")
def test_without_a_second_look_it_would(kept: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstlight.store.registry.tables.mac_matches", lambda *_: True)
    filled(kept)
    move_digest(kept)
    found = kept.open().find(CLIENTS, MacAddress(mac_of(0)))
    assert found is not None
    assert found.uuid == uuid_of(1)


def move_digest(kept: Harness) -> None:
    """By it the second record is found instead of the first."""
    [(_, digest)] = kept.run(SEALED, uuid_of(0))
    kept.run("UPDATE registry_records SET mac_digest = NULL WHERE uuid = ?", uuid_of(0))
    kept.run("UPDATE registry_records SET mac_digest = ? WHERE uuid = ?", digest, uuid_of(1))


@pytest.mark.attack(
    "Having all clients trust another CA certificate, by a change of the database",
    guard="a designation counts only under the seal of whoever has the key",
)
def test_nobody_without_the_key_designates(kept: Harness) -> None:
    designate_by_hand(kept)
    with pytest.raises(StoreFailure):
        kept.open().designated(CLIENTS)


@pytest.mark.unguarded(
    "Having all clients trust another CA certificate, by a change of the database"
)
def test_without_that_seal_anybody_designates(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sealing, "check_designation", lambda *_: None)
    designate_by_hand(kept)
    designated = kept.open().designated(CLIENTS)
    assert designated is not None
    assert designated.file == "evil.pem"


def designate_by_hand(kept: Harness) -> None:
    filled(kept)
    kept.open().add_certificate("evil.pem", PEM)
    kept.run("UPDATE registry_designations SET file = 'evil.pem'")


def test_a_lost_key_is_never_replaced(kept: Harness) -> None:
    filled(kept)
    kept.close()
    key = kept.key.read_bytes()
    kept.key.unlink()
    with pytest.raises(StoreFailure, match="is missing") as lost:
        kept.open()
    assert lost.value.code is Code.KEY_LOST
    assert not kept.key.exists()
    kept.key.write_bytes(b"ab" * 32)
    kept.key.chmod(0o600)
    with pytest.raises(StoreFailure, match="another key") as lost:
        kept.open()
    assert lost.value.code is Code.KEY_LOST
    kept.key.write_bytes(key)
    assert len(kept.open().uuids(CLIENTS)) == 2


def test_rotation_seals_everything_anew(kept: Harness) -> None:
    filled(kept, 5)
    registry, before = kept.open(), kept.key.read_bytes()
    entries = list(registry.each(CLIENTS))
    assert list(registry.rotate())[-1] == 6
    assert kept.key.read_bytes() != before
    assert KeyFile(kept.key).load(in_use=True).keys.keys() == {2}
    again = kept.open()
    assert list(again.each(CLIENTS)) == entries
    assert again.find(CLIENTS, MacAddress(mac_of(3))) == entries[3]
    assert again.certificate("ca.pem") == PEM
    designated = again.designated(CLIENTS)
    assert designated is not None
    kept.close()
    kept.key.write_bytes(before)
    with pytest.raises(StoreFailure) as lost:
        kept.open()
    assert lost.value.code is Code.KEY_LOST


def test_an_interrupted_rotation_goes_on(kept: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    filled(kept, 7)
    for steps in (1, 2, 3):
        registry = kept.open()
        assert len(list(itertools.islice(registry.rotate(), steps))) == steps
        kept.close()
        again = kept.open()
        assert [e.record.name for e in again.each(CLIENTS)] == [str(n) for n in range(7)]
        for number in range(7):
            found = again.find(CLIENTS, MacAddress(mac_of(number)))
            assert found is not None
        with pytest.raises(Exception, match="has that MAC address"):
            again.put(CLIENTS, OTHER, client(mac=mac_of(6)))
    list(kept.open().rotate())
    assert KeyFile(kept.key).load(in_use=True).keys.keys() == {2}


def test_the_old_key_stays_while_something_else_needs_it(kept: Harness) -> None:
    filled(kept)

    def fails() -> None:
        raise StoreFailure("no")

    with pytest.raises(StoreFailure):
        list(kept.open().rotate(fails))
    assert KeyFile(kept.key).load(in_use=True).keys.keys() == {1, 2}


def test_who_has_an_old_key_file_writes_nothing(kept: Harness) -> None:
    filled(kept)
    before = kept.key.read_bytes()
    stale, fresh = kept.open(), kept.open()
    list(fresh.rotate())
    rotated = kept.key.read_bytes()
    kept.key.write_bytes(before)
    with pytest.raises(StoreFailure) as lost:
        stale.put(CLIENTS, OTHER, client(mac=OTHER_MAC))
    assert lost.value.code is Code.KEY_LOST
    kept.key.write_bytes(rotated)
    stale.put(CLIENTS, OTHER, client(mac=OTHER_MAC))
    assert fresh.get(CLIENTS, OTHER).record.name == "Hall"


@pytest.mark.attack(
    "Reading the registry's files without the key",
    guard="everything in them is encrypted",
)
def test_no_secret_and_no_mac_address_is_in_any_file(kept: Harness) -> None:
    registry = kept.open()
    registry.put(CLIENTS, UUID, client("Hallway lamp", MAC))
    registry.add_certificate("ca.pem", PEM)
    if kept.url is not None:
        rows = kept.run("SELECT * FROM registry_records")
        content = repr(rows).encode() + b"".join(
            bytes(v) for row in rows for v in row if isinstance(v, bytes | memoryview)
        )
    else:
        files = [one for one in kept.folder.iterdir() if one.is_file()]
        assert {one.name for one in files} >= {"registry.db", "registry.db-wal"}
        content = b"".join(map(Path.read_bytes, files))
        assert all(one.stat().st_mode & 0o077 == 0 for one in files)
    assert UUID.encode() in content
    for secret in (SECRET, "Hallway lamp", "Lighthouse", MAC, MAC.replace(":", ""), "none really"):
        assert secret.encode() not in content
    assert bytes.fromhex(MAC.replace(":", "")) not in content


@pytest.mark.unguarded("Reading the registry's files without the key")
def test_without_the_vault_they_are_in_the_files(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Vault, "seal", lambda _self, _context, plain: plain)
    kept.open().put(CLIENTS, UUID, client("Hallway lamp", MAC))
    [(sealed, _)] = kept.run(SEALED, UUID)
    assert b"Hallway lamp" in bytes(sealed)
    assert SECRET.encode() in bytes(sealed)


def test_a_stream_goes_on_while_its_key_is_dropped(kept: Harness) -> None:
    filled(kept, 200)
    registry = kept.open()
    stream, macs = registry.each(CLIENTS), registry.macs()
    seen, known = [next(stream)], [next(macs)]
    list(registry.rotate())
    assert registry.get(CLIENTS, uuid_of(0)).record.name == "0"
    seen += stream
    known += macs
    assert [one.record.name for one in seen] == [str(n) for n in range(200)]
    assert len(known) == 200


def test_what_another_process_sealed_anew_is_found(kept: Harness) -> None:
    filled(kept)
    stale, fresh = kept.open(), kept.open()
    list(fresh.rotate())
    for number in range(2):
        found = stale.find(CLIENTS, MacAddress(mac_of(number)))
        assert found is not None
        assert found.uuid == uuid_of(number)
    assert stale.find(CLIENTS, MacAddress(OTHER_MAC)) is None


def test_a_page_of_old_and_new_rows_is_read_with_both_keys(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    filled(kept, 5)
    stale, fresh = kept.open(), kept.open()
    list(itertools.islice(fresh.rotate(), 2))
    ring = KeyFile(kept.key).load(in_use=True)
    KeyFile(kept.key).save(ring.settled())  # as if it ended between the rows and their opening
    assert [one.record.name for one in stale.entries(CLIENTS)] == [str(n) for n in range(5)]


def test_a_digest_alone_registers_nobody(kept: Harness) -> None:
    filled(kept)
    kept.open().put(CLIENTS, OTHER, client(mac=None))
    kept.run("UPDATE registry_records SET mac_digest = ? WHERE uuid = ?", b"digest", OTHER)
    assert [one.uuid for one in kept.open().macs()] == [uuid_of(0), uuid_of(1)]


def test_a_key_that_the_database_did_not_hear_of_yet_is_told_by_the_next_write(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(kept)
    registry = kept.open()

    def fails(_: Sealing) -> bytes:
        raise StoreFailure("no")

    with monkeypatch.context() as patch:
        patch.setattr(Sealing, "key_check", fails)
        with pytest.raises(StoreFailure):
            list(registry.rotate())
    registry.put(CLIENTS, OTHER, client(mac=OTHER_MAC))
    assert [number for (number,) in kept.run("SELECT generation FROM registry_keys")] == [1, 2]
    assert len(list(kept.open().each(CLIENTS))) == 3
    assert list(registry.rotate())[-1] == 3  # two old records and the certificate


def test_a_row_that_was_put_under_an_old_key_meanwhile_keeps_that_key(
    kept: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    filled(kept, 6)
    columns = "version, mac_digest, sealed, generation"
    [row] = kept.run(f"SELECT {columns} FROM registry_records WHERE uuid = ?", uuid_of(0))
    change = "version = ?, mac_digest = ?, sealed = ?, generation = ?"
    registry = kept.open()

    def rotated() -> None:
        for done in registry.rotate():
            if done == 4:
                kept.run(f"UPDATE registry_records SET {change} WHERE uuid = ?", *row, uuid_of(0))

    with pytest.raises(StoreFailure, match="under an old one"):
        rotated()
    assert KeyFile(kept.key).load(in_use=True).keys.keys() == {1, 2}
    assert registry.get(CLIENTS, uuid_of(0)).record.name == "0"
    assert list(registry.rotate())[-1] == 1
    assert KeyFile(kept.key).load(in_use=True).keys.keys() == {2}


def test_a_ring_that_was_turned_back_is_refused(kept: Harness) -> None:
    filled(kept)
    list(itertools.islice(kept.open().rotate(), 1))
    kept.close()
    kept.run("DELETE FROM registry_keys WHERE generation = 1")
    file = KeyFile(kept.key)
    ring = file.load(in_use=True)
    file.save(KeyRing(current=1, keys=ring.keys))
    with pytest.raises(StoreFailure) as lost:
        kept.open()
    assert lost.value.code is Code.KEY_LOST
    file.save(ring)
    assert len(list(kept.open().each(CLIENTS))) == 2
