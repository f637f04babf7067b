"""``provisioning.json``: exactly the keys of the contract, and a way on from any damage."""

import json
import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.model.status import Mode, RecoveryResult
from firstlight.store.provisioning import ProvisioningStore

# The outward contract, in its own order.
KEYS = [
    "device.mode",
    "device.network.provisioned",
    "device.network.lastSsid",
    "device.network.hotspotSsid",
    "device.network.hotspotProfile",
    "device.network.hotspotPassword",
    "device.network.interfaceName",
    "device.network.apEnabled",
    "device.network.lastError",
    "device.restart.pending",
    "device.restart.reason",
    "device.recovery.enabled",
    "device.recovery.failureThreshold",
    "device.recovery.cooldownMs",
    "device.recovery.failureStreak",
    "device.recovery.lastAttemptAt",
    "device.recovery.lastRecoveredAt",
    "device.recovery.lastResult",
    "device.recovery.cooldownUntil",
    "device.recovery.activeLock",
    "device.recovery.lastReason",
    "device.auth.code",
    "device.auth.deviceId",
    "onboarding.completed",
]

FULL = Kept(
    mode=Mode.READY,
    provisioned=True,
    last_ssid=r"caf\xe9 ☕",
    hotspot_ssid="Firstlight-07B3",
    hotspot_profile="Firstlight-Hotspot",
    hotspot_password="correct-horse",
    interface_name="wlan0",
    ap_enabled=True,
    last_error="The password for home was not accepted.",
    restart_pending=True,
    restart_reason="update",
    recovery_enabled=False,
    failure_threshold=5,
    cooldown_ms=60_000,
    failure_streak=2,
    last_attempt_at=1_700_000_000_000,
    last_recovered_at=1_700_000_000_001,
    last_result=RecoveryResult.REJOIN_SUCCEEDED,
    cooldown_until=1_700_000_060_000,
    last_reason="no address",
    auth_code="123456",
    device_id="LAMP-2026-ABC",
    onboarding_completed=True,
)


@pytest.fixture
def store(tmp_path: Path) -> ProvisioningStore:
    return ProvisioningStore(tmp_path / "state")


def put(store: ProvisioningStore, content: bytes) -> None:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_bytes(content)


def names(store: ProvisioningStore) -> list[str]:
    return sorted(one.name for one in store.path.parent.iterdir())


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
        (b'{"device.auth.code": "\xff"}', "is damaged"),
        (b"[" * 100_000, "is damaged"),
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


@pytest.mark.parametrize("mode", ["splendid", ""])
def test_an_unknown_mode_reads_as_provisioning(store: ProvisioningStore, mode: str) -> None:
    put(store, json.dumps({"device.mode": mode, "device.network.lastSsid": "home"}).encode())
    assert store.load() == (Kept(last_ssid="home"), ())


@pytest.mark.parametrize("mode", [7, None, ["ready"], {}])
def test_a_mode_that_is_no_text_is_damage(store: ProvisioningStore, mode: object) -> None:
    put(store, json.dumps({"device.mode": mode, "onboarding.completed": True}).encode())
    kept, [sentence] = store.load()
    assert kept == Kept(onboarding_completed=True)
    assert "device.mode" in sentence


def test_keys_of_others_are_no_damage_and_are_not_kept(store: ProvisioningStore) -> None:
    put(store, b'{"onboarding.completed": true, "of.another": [1, {}], "device": null}')
    kept, wrong = store.load()
    assert (kept, wrong) == (Kept(onboarding_completed=True), ())
    store.save(kept)
    assert list(json.loads(store.path.read_bytes())) == KEYS


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


def whole(folder: Path, content: bytes) -> None:
    store = ProvisioningStore(folder)
    store.path.write_bytes(content)
    kept, wrong = store.load()
    assert store.load() == (kept, ())
    assert len(wrong) <= 1
    for aside in folder.glob("*.damaged-*"):
        aside.unlink()


@given(content=st.binary(max_size=200))
def test_any_bytes_leave_a_device_that_starts(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    whole(tmp_path_factory.getbasetemp(), content)


@given(
    values=st.dictionaries(
        st.sampled_from(KEYS),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
    )
)
def test_any_values_leave_a_device_that_starts(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    whole(tmp_path_factory.getbasetemp(), json.dumps(values).encode())
