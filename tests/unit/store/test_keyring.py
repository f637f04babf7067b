"""The key file: what is a key, what is refused, and that nothing is replaced silently."""

import os
from pathlib import Path

import pytest

from firstlight.errors import Code, StoreFailure
from firstlight.store.keyring import CREDENTIAL, KEY_BYTES, KeyFile, KeyRing, key_file

KEY = bytes(range(KEY_BYTES))


def written(folder: Path, content: bytes, mode: int = 0o600) -> KeyFile:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return KeyFile(path)


def refused(file: KeyFile, *, in_use: bool = True) -> str:
    before = file.path.read_bytes() if file.path.is_file() else None
    with pytest.raises(StoreFailure) as failure:
        file.load(in_use=in_use)
    assert failure.value.code is Code.KEY_LOST
    assert failure.value.hint
    assert (file.path.read_bytes() if file.path.is_file() else None) == before
    return failure.value.message


def test_the_first_one_is_made(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "state" / "key")
    ring = file.load(in_use=False)
    assert (ring.current, len(ring.keys[1])) == (1, KEY_BYTES)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert file.load(in_use=True) == ring
    assert KeyFile(tmp_path / "another").load(in_use=False) != ring


def test_a_missing_key_is_not_made_anew_once_something_needs_it(tmp_path: Path) -> None:
    assert "is missing" in refused(KeyFile(tmp_path / "key"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_key_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path, KEY, mode)
    assert f"can be read by others (mode {mode:04o})" in refused(file, in_use=False)
    file.path.chmod(0o400)
    assert file.load(in_use=False).keys == {1: KEY}


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(mode=0o700)
    with pytest.raises(StoreFailure) as failure:
        KeyFile(tmp_path / "key").load(in_use=False)
    assert failure.value.code is Code.KEY_LOST


def test_a_key_behind_something_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't be read: Not a directory" in refused(KeyFile(tmp_path / "file" / "key"))


@pytest.mark.parametrize(
    "content", [KEY, KEY.hex().encode(), KEY.hex().upper().encode() + b"\n"], ids=len
)
def test_a_bare_key_is_a_ring_of_one(tmp_path: Path, content: bytes) -> None:
    assert written(tmp_path, content).load(in_use=True) == KeyRing(current=1, keys={1: KEY})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        KEY[:-1],
        b"\xff" * 40,
        b"[" * 4000,
        b"z" * 64,
        b'{"format":2,"current":1,"keys":{"1":"' + b"A" * 43 + b'="}}',
        b'{"format":1,"current":2,"keys":{"1":"' + b"A" * 43 + b'="}}',
        b'{"format":1,"current":1,"keys":{"1":"AAAA"}}',
        b'{"format":1,"current":0,"keys":{"0":"' + b"A" * 43 + b'="}}',
        b'{"format":1,"current":1,"more":1,"keys":{"1":"' + b"A" * 43 + b'="}}',
        b"0" * 5000,
    ],
)
def test_what_is_no_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    assert refused(written(tmp_path, content)).endswith("is not a key.")


def test_a_ring_grows_and_settles(tmp_path: Path) -> None:
    file = written(tmp_path, KEY)
    grown = file.load(in_use=True).grown()
    file.save(grown)
    assert file.load(in_use=True) == grown
    assert (grown.current, set(grown.keys), grown.keys[1]) == (2, {1, 2}, KEY)
    assert grown.settled() == KeyRing(current=2, keys={2: grown.keys[2]})


def test_no_key_is_in_what_is_printed() -> None:
    ring = KeyRing(current=1, keys={1: KEY})
    assert repr(ring) == str(ring) == "KeyRing(current=1, generations=[1])"


def test_where_the_key_is(tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert key_file(tmp_path / "state", None, {}).path == tmp_path / "state" / "key"
    assert key_file(tmp_path / "state", None, environ).path == tmp_path / "state" / "key"
    (tmp_path / CREDENTIAL).write_bytes(KEY)
    provided = key_file(tmp_path / "state", None, environ)
    assert (provided.path, provided.provided) == (tmp_path / CREDENTIAL, True)
    chosen = key_file(tmp_path / "state", str(tmp_path / "mine"), environ)
    assert (chosen.path, chosen.provided) == (tmp_path / "mine", False)


def test_a_credential_may_be_readable_by_its_group_and_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / CREDENTIAL
    path.write_bytes(KEY)
    path.chmod(0o440)
    file = KeyFile(path, provided=True)
    ring = file.load(in_use=False)
    with pytest.raises(StoreFailure, match="systemd credential"):
        file.save(ring.grown())
    assert path.read_bytes() == KEY
    for mode in (0o444, 0o460):
        path.chmod(mode)
        assert "can be read by others" in refused(file)
    path.unlink()
    assert "is missing" in refused(file, in_use=False)
    assert os.listdir(tmp_path) == []  # noqa: PTH208  an empty folder
