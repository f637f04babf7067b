"""Whatever stands in ``provisioning.json``, the device starts, and keeps what fits."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.store.provisioning_file import FULL, KEYS, foreign

from firstlight.store.provisioning import ProvisioningStore


def whole(folder: Path, content: bytes) -> None:
    """It comes up; what it came up with is what the next start comes up with, and is not damage."""
    store = ProvisioningStore(folder)
    store.path.write_bytes(content)
    kept, _ = store.load()
    for aside in folder.glob("*.damaged-*"):
        aside.unlink()
    again = ProvisioningStore(folder)
    assert again.load()[0] == kept
    store.save(kept)
    carried = foreign(store)
    assert again.load()[0] == kept
    again.save(kept)
    assert foreign(again) == carried
    assert not list(folder.glob("*.damaged-*"))


@given(content=st.binary(max_size=200))
def test_any_bytes_leave_a_device_that_starts(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    whole(tmp_path_factory.getbasetemp(), content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(values=JSON | st.dictionaries(st.sampled_from(KEYS) | st.text(), JSON))
def test_any_json_leaves_a_device_that_starts(
    tmp_path_factory: pytest.TempPathFactory, values: object
) -> None:
    whole(tmp_path_factory.getbasetemp(), json.dumps(values).encode())


# A name like that would be taken for the number in the text below.
NAMES = st.text().filter(lambda key: key not in KEYS and "Infinity" not in key)


@given(
    values=st.dictionaries(st.sampled_from(KEYS), JSON),
    fits=st.sets(st.sampled_from(KEYS)),
    more=st.dictionaries(NAMES, st.integers(0, 9)),
)
def test_what_fits_is_kept_whatever_stands_beside_it(
    tmp_path_factory: pytest.TempPathFactory,
    values: dict[str, object],
    fits: set[str],
    more: dict[str, object],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    full = msgspec.to_builtins(FULL)
    store = ProvisioningStore(folder)
    # Without values that JSON has no number for: they are damage to the whole file.
    beside = {key: 2.5 if "NaN" in json.dumps(one) else one for key, one in values.items()}
    text = json.dumps(beside | more | {key: full[key] for key in fits})
    store.path.write_text(text.replace("Infinity", "1e999"))
    kept, _ = store.load()
    found = msgspec.to_builtins(kept)
    assert {key: found[key] for key in fits} == {key: full[key] for key in fits}
    assert {key: json.loads(value) for key, value in foreign(store).items()} == more
    for aside in folder.glob("*.damaged-*"):
        aside.unlink()
