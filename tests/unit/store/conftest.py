"""What several tests of the store begin with."""

from pathlib import Path

import pytest

from firstlight.store.provisioning import ProvisioningStore


@pytest.fixture
def store(tmp_path: Path) -> ProvisioningStore:
    """Of a device that starts for the first time: its folder isn't there yet."""
    return ProvisioningStore(tmp_path / "state")
