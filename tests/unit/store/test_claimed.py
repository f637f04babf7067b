"""A claimed configuration is on disk whole, or not at all, and only there encrypted."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.unit.store.killing import killed, steps

from firstlight.errors import StoreFailure
from firstlight.model.claim import Role
from firstlight.model.claimed import Claimed
from firstlight.model.records import Client, RecordKind
from firstlight.model.registry import ClientCa
from firstlight.store.claimed import CA_FILE, NAME, ClaimedStore, fill
from firstlight.store.keyring import KeyFile
from firstlight.store.registry.select import open_registry
from firstlight.store.vault import SealedFile, Vault

RECORD = msgspec.Raw(b'{"name":"Hallway","wifi":{"ssid":"home","password":"wifi-secret"}}')
CLAIMED = Claimed(role=Role.CLIENT, at=5, controller="a1:b2:c3:d4:e5:f6", record=RECORD)
CA = ClientCa("AA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
UUID = "7e57ed00-0000-4000-8000-000000000001"
OTHER = "7e57ed00-0000-4000-8000-000000000002"


def store(folder: Path) -> ClaimedStore:
    return ClaimedStore(sealed(folder))


def sealed(folder: Path) -> SealedFile:
    return SealedFile(folder / NAME, Vault(KeyFile(folder / "key"), in_use=False))


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    assert store(tmp_path).read() is None
    store(tmp_path).write(CLAIMED)
    found = store(tmp_path).read()
    assert found is not None
    assert (found.role, found.at, found.controller) == (Role.CLIENT, 5, CLAIMED.controller)
    assert bytes(found.record) == bytes(RECORD)
    assert b"secret" not in (tmp_path / NAME).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"\xff",
        b'{"role":"client","at":1,"controller":"x","record":{"name":""}}',
        b'{"role":"client","at":1,"controller":"x","record":{"name":"x","mqtt":7}}',
    ],
)
def test_what_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    sealed(tmp_path).write(content)
    with pytest.raises(StoreFailure, match="no claimed configuration"):
        store(tmp_path).read()


WRITING = """
import msgspec
from firstlight.model.claim import Role
from firstlight.model.claimed import Claimed
from firstlight.store.claimed import NAME, ClaimedStore
from firstlight.store.keyring import KeyFile
from firstlight.store.vault import SealedFile, Vault
file = SealedFile(folder / NAME, Vault(KeyFile(folder / "key"), in_use=True))
record = msgspec.Raw(b'{"name":"' + b"New" + b'"}')
armed()
ClaimedStore(file).write(Claimed(role=Role.CLIENT, at=6, controller="x", record=record))
"""


@pytest.mark.timeout(90)
@pytest.mark.parametrize("old", [None, CLAIMED])
def test_killed_at_any_step_there_is_the_old_one_or_the_new(
    tmp_path: Path, old: Claimed | None
) -> None:
    opened = store(tmp_path)
    made = steps(lambda: opened.write(CLAIMED))
    assert ("replace", 1) in made
    for step in made:
        (tmp_path / NAME).unlink(missing_ok=True)
        if old is not None:
            store(tmp_path).write(old)
        killed(WRITING, tmp_path, step, "before")
        found = store(tmp_path).read()
        seen = None if found is None else found.at
        assert seen in {6, None if old is None else 5}


def test_a_bundle_goes_into_the_registry_again_and_again(tmp_path: Path) -> None:
    records = [(RecordKind.CLIENT, UUID, Client(name="One", mac_address="02:00:00:00:00:01"))]
    with closing(open_registry(tmp_path, url=None, key_file=None)) as registry:
        for ca in (CA, CA, ClientCa("BB", CA.pem.replace("AAAA", "BBBB")), None):
            fill(registry, records, ca)
        assert registry.uuids(RecordKind.CLIENT) == (UUID,)
        assert "BBBB" in registry.certificate(CA_FILE)
        designated = registry.designated(RecordKind.CLIENT)
        assert designated is not None
        assert designated.file == CA_FILE


def test_a_bundle_that_does_not_fit_changes_no_record(tmp_path: Path) -> None:
    twin = Client(name="Twin", mac_address="02:00:00:00:00:01")
    records = [(RecordKind.CLIENT, UUID, twin), (RecordKind.CLIENT, OTHER, twin)]
    with closing(open_registry(tmp_path, url=None, key_file=None)) as registry:
        with pytest.raises(StoreFailure, match="does not fit"):
            fill(registry, records, None)
        assert registry.uuids(RecordKind.CLIENT) == ()
