"""Keys of a newer version in ``provisioning.json``, and a factory reset: what stays, what goes."""

import json
from pathlib import Path

import pytest
from tests.unit.store.provisioning_file import FOREIGN, FULL, foreign, names, newer, put

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.store.provisioning import ProvisioningStore


def test_keys_of_a_newer_version_are_told_and_written_back_as_they_stood(
    store: ProvisioningStore,
) -> None:
    put(store, newer(**{"onboarding.completed": "true"}))
    kept, [sentence] = store.load()
    assert kept == Kept(onboarding_completed=True)
    assert sentence == (
        f"{store.path} has keys that are new to this version; they are kept: {', '.join(FOREIGN)}."
    )
    assert names(store) == ["provisioning.json"]
    store.save(FULL)
    assert foreign(store) == FOREIGN
    assert ProvisioningStore(store.path.parent).load() == (FULL, (sentence,))


def test_they_outlive_a_value_that_does_not_fit(store: ProvisioningStore) -> None:
    put(store, newer(**{"onboarding.completed": "7", "device.mode": '"next"'}))
    kept, [damage, mode, keys] = store.load()
    assert kept == Kept()
    assert "don't fit: onboarding.completed; it was set aside" in damage
    assert "device.mode" in mode
    assert "they are kept" in keys
    assert foreign(store) == FOREIGN


def test_a_factory_reset_drops_those_of_the_device(store: ProvisioningStore) -> None:
    put(store, newer())
    store.load()
    store.reset(Kept())
    gone = ("device.", "onboarding.")
    left = {key: value for key, value in FOREIGN.items() if not key.startswith(gone)}
    assert list(left) == ["of.another", "device"]
    assert foreign(store) == left
    store.save(FULL)
    assert foreign(store) == left


def test_a_factory_reset_that_fails_may_be_done_again(store: ProvisioningStore) -> None:
    put(store, newer())
    store.load()
    (store.path.parent / ".provisioning.json.new").mkdir()
    with pytest.raises(StoreFailure):
        store.reset(Kept())
    assert foreign(store) == FOREIGN
    (store.path.parent / ".provisioning.json.new").rmdir()
    store.reset(Kept())
    assert set(foreign(store)) == {"of.another", "device"}


def test_a_factory_reset_leaves_no_secret_in_a_file_that_was_set_aside(
    store: ProvisioningStore,
) -> None:
    put(store, b'{"device.network.hotspotPassword": "correct-horse", "device.mode": 7}')
    store.load()
    store.path.with_name("provisioning.json.damaged-7").mkdir()
    assert len(names(store)) == 3
    store.reset(Kept())
    assert names(store) == ["provisioning.json", "provisioning.json.damaged-7"]
    assert b"correct-horse" not in store.path.read_bytes()


def test_a_factory_reset_that_can_not_look_for_them_fails(
    store: ProvisioningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(StoreFailure, match="can't be listed: Permission denied"):
        store.reset(Kept())


def test_a_file_without_foreign_keys_forgets_those_of_before(store: ProvisioningStore) -> None:
    put(store, newer())
    store.load()
    store.path.unlink()
    assert store.load() == (Kept(), ())
    store.save(Kept())
    assert foreign(store) == {}


def test_many_and_strange_names_are_told_in_short(store: ProvisioningStore) -> None:
    put(store, json.dumps({"\x1b[31m": 1, "x" * 1000: 2, **{str(n): n for n in range(9)}}).encode())
    _, [sentence] = store.load()
    told = sentence.partition(" are kept: ")[2]
    assert told == rf"\x1b[31m, {'x' * 60}…, 0, 1, 2, and 6 more."
