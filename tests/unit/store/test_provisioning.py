"""``provisioning.json``: exactly the keys of the contract, and a way on from any damage."""

import json
import os
import stat
from pathlib import Path

import msgspec
import pytest
from tests.unit.store.provisioning_file import FULL, KEYS, names, put

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.model.status import Mode, RecoveryResult
from firstlight.store.provisioning import ProvisioningStore


def test_the_keys_are_those_of_the_contract(store: ProvisioningStore) -> None:
    store.load()
    store.save(Kept())
    assert list(json.loads(store.path.read_bytes())) == KEYS


def test_what_a_new_device_remembers(store: ProvisioningStore) -> None:
    assert store.load() == (Kept(), ())
    assert names(store) == []
    kept = Kept()
    assert (kept.mode, kept.recovery_enabled) == (Mode.PROVISIONING, True)
    assert (kept.failure_threshold, kept.cooldown_ms) == (3, 120_000)


def test_all_of_it_comes_back(store: ProvisioningStore) -> None:
    store.load()
    store.save(FULL)
    assert store.load() == (FULL, ())
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert store.path.read_bytes().endswith(b"}\n")


def test_secrets_are_not_in_its_repr() -> None:
    assert "correct-horse" not in repr(FULL)
    assert "123456" not in repr(FULL)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "is damaged"),
        (b"\x00" * 4096, "is damaged"),
        (b'{"device.mode": "rea', "is damaged"),
        (b'{"\xff": true}', "is damaged"),
        (b'{"device.recovery.cooldownMs": NaN}', "is damaged"),
        (b'{"onboarding.completed": true}, ', "is damaged"),
        (b'\xef\xbb\xbf{"onboarding.completed": true}', "is damaged"),
        (b'{"device.mode": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is damaged"),
        (b"[" * 100_000, "is not an object"),
        (b'{"onboarding.completed": true}' + b" " * 2**20, "is larger than 1 MiB"),
        (b'{"device.mode": "' + b"x" * 10_000_000 + b'"}', "is larger than 1 MiB"),
        (b"[]", "is not an object"),
        (b"null", "is not an object"),
    ],
)
def test_a_damaged_file_is_set_aside_and_the_device_starts_anew(
    store: ProvisioningStore, content: bytes, wrong: str
) -> None:
    put(store, content)
    kept, [sentence] = store.load()
    assert kept == Kept()
    assert wrong in sentence
    assert sentence.endswith("set aside as provisioning.json.damaged-1.")
    assert store.path.with_name("provisioning.json.damaged-1").read_bytes() == content
    assert store.load() == (Kept(), ())
    assert names(store) == ["provisioning.json", "provisioning.json.damaged-1"]


def test_every_damage_is_kept_apart(store: ProvisioningStore) -> None:
    for number in (1, 2, 3):
        put(store, b"damage %d" % number)
        _, [sentence] = store.load()
        assert sentence.endswith(f"provisioning.json.damaged-{number}.")
        aside = store.path.with_name(f"provisioning.json.damaged-{number}")
        assert aside.read_bytes() == b"damage %d" % number


def test_only_the_newest_damaged_files_are_kept(store: ProvisioningStore) -> None:
    put(store, b"")
    for name in ("provisioning.json.damaged-x", "other.damaged-1"):
        store.path.with_name(name).write_bytes(b"")
    for number in range(1, 13):
        put(store, b"damage %d" % number)
        store.load()
    asides = {one.name: one.read_bytes() for one in store.path.parent.glob("*.damaged-*")}
    assert asides == {
        **{f"provisioning.json.damaged-{n}": b"damage %d" % n for n in range(8, 13)},
        "provisioning.json.damaged-x": b"",
        "other.damaged-1": b"",
    }


def test_a_damaged_file_that_can_not_be_removed_is_one_too_many_and_no_more(
    store: ProvisioningStore,
) -> None:
    store.path.parent.mkdir()
    for number in range(1, 6):
        store.path.with_name(f"provisioning.json.damaged-{number}").mkdir()
    put(store, b"damage")
    _, [sentence] = store.load()
    assert sentence.endswith("set aside as provisioning.json.damaged-6.")


def test_values_that_fit_are_kept_when_others_do_not(store: ProvisioningStore) -> None:
    raw = msgspec.to_builtins(FULL)
    raw["device.network.provisioned"] = "yes"
    raw["device.recovery.failureThreshold"] = 2.5
    raw["device.recovery.lastResult"] = "splendid"
    put(store, json.dumps(raw).encode())
    kept, [sentence] = store.load()
    assert kept == msgspec.structs.replace(
        FULL, provisioned=False, failure_threshold=3, last_result=RecoveryResult.IDLE
    )
    assert (
        "don't fit: device.network.provisioned, device.recovery.failureThreshold, "
        "device.recovery.lastResult;" in sentence
    )
    assert "correct-horse" not in sentence


def test_what_was_kept_of_a_file_is_there_at_the_next_start_too(store: ProvisioningStore) -> None:
    put(store, b'{"device.network.hotspotPassword": "correct-horse", "device.mode": 7}')
    kept, [_] = store.load()
    assert kept.hotspot_password == "correct-horse"
    assert store.load() == (kept, ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("device.recovery.failureThreshold", "0"),
        ("device.recovery.failureThreshold", "-1"),
        ("device.recovery.failureThreshold", "101"),
        ("device.recovery.failureThreshold", "1e999"),
        ("device.recovery.failureThreshold", '"3"'),
        ("device.recovery.cooldownMs", "0"),
        ("device.recovery.cooldownMs", "31536000000"),
        ("device.recovery.failureStreak", "-1"),
        ("device.recovery.lastAttemptAt", "9" * 30),
        ("device.recovery.lastAttemptAt", "9" * 5000),
        ("device.recovery.cooldownUntil", "-5"),
        ("device.recovery.cooldownUntil", "null"),
        ("device.recovery.activeLock", '"splendid"'),
        ("device.recovery.lastReason", "[" * 300 + "]" * 300),
        ("device.network.lastSsid", "{}"),
        ("onboarding.completed", "1"),
    ],
)
def test_a_value_that_does_not_fit_takes_no_other_with_it(
    store: ProvisioningStore, key: str, value: str
) -> None:
    put(store, f'{{"device.network.hotspotPassword": "correct-horse", "{key}": {value}}}'.encode())
    kept, [sentence] = store.load()
    assert kept == Kept(hotspot_password="correct-horse")
    assert f"has values that don't fit: {key}; it was set aside" in sentence
    assert store.load() == (kept, ())


def test_text_that_is_not_utf_8_takes_no_other_with_it(store: ProvisioningStore) -> None:
    put(store, b'{"device.auth.code": "\xff", "new": "\xff", "onboarding.completed": true}')
    kept, [sentence] = store.load()
    assert kept == Kept(onboarding_completed=True)
    assert "don't fit: device.auth.code, new; it was set aside" in sentence
    assert store.load() == (kept, ())


def test_the_last_of_two_keys_of_a_name_counts(store: ProvisioningStore) -> None:
    put(store, b'{"device.network.lastSsid": "one", "device.network.lastSsid": "two"}')
    assert store.load() == (Kept(last_ssid="two"), ())


@pytest.mark.parametrize("mode", ["splendid", ""])
def test_an_unknown_mode_reads_as_provisioning(store: ProvisioningStore, mode: str) -> None:
    put(store, json.dumps({"device.mode": mode, "device.network.lastSsid": "home"}).encode())
    kept, [sentence] = store.load()
    assert kept == Kept(last_ssid="home")
    assert sentence == (
        f"{store.path} has a device.mode that is new to this version; it reads as provisioning."
    )
    assert names(store) == ["provisioning.json"]


@pytest.mark.parametrize("mode", [7, None, ["ready"], {}, float("inf")])
def test_a_mode_that_is_no_text_is_damage(store: ProvisioningStore, mode: object) -> None:
    content = json.dumps({"device.mode": mode, "onboarding.completed": True})
    put(store, content.replace("Infinity", "1e999").encode())
    kept, [sentence] = store.load()
    assert kept == Kept(onboarding_completed=True)
    assert "device.mode" in sentence


def test_a_damaged_file_that_can_not_be_set_aside(
    store: ProvisioningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, b"damage")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "link", refuse)
    kept, [sentence] = store.load()
    assert kept == Kept()
    assert sentence.endswith("it could not be set aside: Permission denied.")
    assert store.path.read_bytes() == b"damage"


def test_a_disk_too_full_to_put_a_damaged_file_right(
    store: ProvisioningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, b"damage")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        kept, [sentence] = store.load()
    assert kept == Kept()
    assert "set aside as provisioning.json.damaged-1, but " in sentence
    assert "No space left" in sentence
    assert store.path.read_bytes() == b"damage"


def test_a_file_that_can_not_be_read(store: ProvisioningStore) -> None:
    store.path.mkdir(parents=True)
    with pytest.raises(StoreFailure, match="can't be read: Is a directory"):
        store.load()


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreFailure, match="can't be made a folder"):
        ProvisioningStore(tmp_path / "file").load()


def test_a_save_that_fails_leaves_the_file(store: ProvisioningStore) -> None:
    store.load()
    store.save(FULL)
    (store.path.parent / ".provisioning.json.new").mkdir()
    with pytest.raises(StoreFailure):
        store.save(Kept())
    assert store.load() == (FULL, ())
