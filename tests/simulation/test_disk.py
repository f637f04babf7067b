"""Dying between any two steps of writing a file."""

import errno
from pathlib import Path
from random import Random

import pytest

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.simulation.disk import Disk
from firstlight.store.provisioning import ProvisioningStore

OLD, NEW = Kept(last_ssid="old"), Kept(last_ssid="new")
STEPS = 5


class Killed(BaseException):
    """As a process dies: nothing else is done."""


class Executioner:
    """Kills at a step; 0 for never."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.at = 0

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) == self.at:
            raise Killed(step)


def on_disk(folder: Path) -> Kept:
    kept, wrong = ProvisioningStore(folder).load()
    assert wrong == ()
    return kept


def saved(folder: Path, at: int) -> tuple[Disk, Executioner]:
    """A folder with ``OLD``, in which saving ``NEW`` was killed."""
    ProvisioningStore(folder).save(OLD)
    executioner = Executioner()
    disk = Disk(folder, executioner)
    executioner.at = at
    store = ProvisioningStore(disk.folder)
    if at:
        with pytest.raises(Killed):
            store.save(NEW)
    else:
        store.save(NEW)
    return disk, executioner


def test_every_step_of_the_store_is_seen(tmp_path: Path) -> None:
    _, executioner = saved(tmp_path, 0)
    assert [step.partition(" on ")[0] for step in executioner.steps] == [
        f"step {number}" for number in range(1, STEPS + 1)
    ]
    assert on_disk(tmp_path) == NEW


@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, at: int) -> None:
    saved(tmp_path, at)
    assert on_disk(tmp_path) == (NEW if at == STEPS else OLD)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_a_power_cut_leaves_the_old_or_the_new(tmp_path: Path, at: int, seed: int) -> None:
    disk, _ = saved(tmp_path, at)
    disk.lose_power(Random(seed))
    assert on_disk(tmp_path) in (OLD, NEW)
    ProvisioningStore(tmp_path).save(NEW)
    assert on_disk(tmp_path) == NEW


def test_what_was_not_synced_may_be_lost_with_the_power(tmp_path: Path) -> None:
    found = set[str]()
    for seed in range(20):
        disk, _ = saved(tmp_path, STEPS)
        disk.lose_power(Random(seed))
        found.add(on_disk(tmp_path).last_ssid)
    assert found == {"old", "new"}


def test_what_was_synced_stays(tmp_path: Path) -> None:
    executioner = Executioner()
    disk = Disk(tmp_path, executioner)
    disk.carry_out(lambda: ProvisioningStore(disk.folder).save(NEW))
    disk.lose_power(Random(1))
    assert on_disk(tmp_path) == NEW
    assert disk.writes == 1


def test_a_full_disk_is_told_by_the_store(tmp_path: Path) -> None:
    disk, _ = saved(tmp_path, 0)
    disk.full = True
    with pytest.raises(StoreFailure) as failure:
        ProvisioningStore(disk.folder).save(OLD)
    cause = failure.value.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.ENOSPC
    assert on_disk(tmp_path) == NEW
