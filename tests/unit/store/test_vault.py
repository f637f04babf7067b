"""What is sealed opens in its own place only, with its own key only."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import Code, StoreFailure
from firstlight.store.keyring import KeyFile, KeyRing
from firstlight.store.registry.select import open_vault, seal_files_anew
from firstlight.store.vault import SealedFile, Vault, generation_of, sealed_files

SECRET = b"correct-horse-battery"


class _Memory(KeyFile):
    """A key file in memory."""

    def __init__(self) -> None:
        super().__init__(Path("key"))
        self.ring = KeyRing(current=1, keys={1: bytes(32)})

    def load(self, *, in_use: bool) -> KeyRing:
        return self.ring

    def save(self, ring: KeyRing) -> None:
        self.ring = ring


def vault_in(folder: Path) -> Vault:
    return open_vault(folder, key_file=None)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_again(plain: bytes, context: str) -> None:
    vault = Vault(_Memory(), in_use=False)
    sealed = vault.seal(context, plain)
    assert vault.open(context.encode(), sealed) == plain
    assert vault.seal(context, plain) != sealed
    with pytest.raises(StoreFailure, match="damaged"):
        vault.open(context + "x", sealed)


@given(st.data())
def test_any_changed_bit_is_found_out(data: st.DataObject) -> None:
    vault = Vault(_Memory(), in_use=False)
    sealed = bytearray(vault.seal("here", SECRET))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(StoreFailure):
        vault.open("here", bytes(sealed))


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(anything: bytes) -> None:
    with pytest.raises(StoreFailure):
        Vault(_Memory(), in_use=False).open("here", anything)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = vault_in(tmp_path / "one").seal("here", SECRET)
    other = vault_in(tmp_path / "other")
    with pytest.raises(StoreFailure, match="damaged"):
        other.open("here", sealed)
    other.begin_rotation()
    with pytest.raises(StoreFailure) as lost:
        vault_in(tmp_path / "one").open("here", other.seal("here", SECRET))
    assert lost.value.code is Code.KEY_LOST


def test_digests_tell_nothing_and_differ_by_context_and_key(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    [old] = vault.digests("mac/clients", "a1:b2:c3:d4:e5:f6")
    assert vault.digests("mac/controllers", "a1:b2:c3:d4:e5:f6") != (old,)
    assert vault.digests("mac/clients", "a1:b2:c3:d4:e5:f7") != (old,)
    vault.begin_rotation()
    new, still = vault.digests("mac/clients", "a1:b2:c3:d4:e5:f6")
    assert still == old != new
    vault.finish_rotation()
    assert vault.digests("mac/clients", "a1:b2:c3:d4:e5:f6") == (new,)


def test_a_dropped_key_opens_nothing_but_what_is_read_of_before(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    sealed, lasting = vault.seal("here", SECRET), vault.lasting()
    assert vault.begin_rotation() == vault.begin_rotation() == 2
    assert vault.open("here", sealed) == SECRET
    vault.finish_rotation()
    with pytest.raises(StoreFailure) as lost:
        vault.open("here", sealed)
    assert lost.value.code is Code.KEY_LOST
    assert lasting.open("here", vault.seal("here", SECRET)) == SECRET
    assert lasting.open("here", sealed) == SECRET


def test_what_another_process_sealed_with_a_new_key_opens(tmp_path: Path) -> None:
    stale, fresh = vault_in(tmp_path), vault_in(tmp_path)
    fresh.begin_rotation()
    assert stale.open("here", fresh.seal("here", SECRET)) == SECRET
    assert stale.generation == 2


def test_a_sealed_file(tmp_path: Path) -> None:
    file = SealedFile(tmp_path / "mode.sealed", vault_in(tmp_path))
    assert file.read() is None
    file.seal_anew()
    assert not file.path.exists()
    file.write(SECRET)
    assert file.read() == SECRET
    assert SECRET not in file.path.read_bytes()
    assert file.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="does not match"):
        SealedFile(tmp_path / "mode.json", vault_in(tmp_path))


def test_sealed_files_are_not_exchanged_nor_changed(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    one, other = (SealedFile(tmp_path / f"{name}.sealed", vault) for name in ("one", "other"))
    one.write(b"one")
    other.write(b"other")
    one.path.write_bytes(other.path.read_bytes())
    with pytest.raises(StoreFailure, match="damaged"):
        one.read()
    for content in (b"", b"other", other.path.read_bytes() + b"\0", b"\1" * 2**21):
        other.path.write_bytes(content)
        with pytest.raises(StoreFailure):
            other.read()


def test_sealed_files_are_sealed_anew(tmp_path: Path) -> None:
    seal_files_anew(tmp_path, key_file=None)
    assert list(tmp_path.iterdir()) == []
    vault = vault_in(tmp_path)
    file = SealedFile(tmp_path / "mode.sealed", vault)
    file.write(SECRET)
    vault.begin_rotation()
    seal_files_anew(tmp_path, key_file=None)
    sealed = file.path.read_bytes()
    assert generation_of(sealed) == 2
    vault.finish_rotation()
    seal_files_anew(tmp_path, key_file=None)
    assert file.path.read_bytes() == sealed
    assert file.read() == SECRET
    assert sealed_files(tmp_path) == [file.path]


@pytest.mark.parametrize("there", ["registry.db", "mode.sealed"])
def test_no_key_is_made_where_something_needs_another_one(tmp_path: Path, there: str) -> None:
    (tmp_path / there).touch()
    with pytest.raises(StoreFailure) as lost:
        open_vault(tmp_path, key_file=None)
    assert lost.value.code is Code.KEY_LOST
    assert not (tmp_path / "key").exists()
