"""A factory reset killed at any step: the file loads, and doing it again ends it."""

from pathlib import Path

import pytest
from tests.unit.store.killing import killed, steps

from firstlight.model.kept import Kept
from firstlight.store.provisioning import ProvisioningStore

SECRET = "correct-horse"
BEFORE = (
    f'{{"device.network.hotspotPassword": "{SECRET}", "device.new": "{SECRET}", "own": 1, '
    '"device.mode": 7}'
)

CODE = """
from firstlight.model.kept import Kept
from firstlight.store.provisioning import ProvisioningStore
store = ProvisioningStore(folder)
store.load()
armed()
store.reset(Kept())
"""


def prepared(folder: Path) -> ProvisioningStore:
    """With secrets in a file that was set aside and in a key of a newer version."""
    store = ProvisioningStore(folder)
    store.path.write_text(BEFORE)
    store.load()
    assert store.path.read_text().count(SECRET) == 2
    return store


def secrets(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if SECRET in one.read_text()]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_of_a_reset(tmp_path: Path, moment: str) -> None:
    fresh = prepared(tmp_path)
    for step in steps(lambda: fresh.reset(Kept())):
        store = prepared(tmp_path)
        killed(CODE, tmp_path, step, moment)
        kept, _ = store.load()
        assert kept.hotspot_password in {SECRET, ""}
        store.reset(Kept())
        assert secrets(tmp_path) == []
        assert store.load()[0] == Kept()
