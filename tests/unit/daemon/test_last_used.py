"""After a boot the network used last goes before another that NetworkManager came upon first."""

from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, world
from tests.unit.daemon.proxies import FailingRadio

from firstlight.config import Config, Recovery
from firstlight.core.last_used import BootNote
from firstlight.errors import Code, RadioFailure
from firstlight.model.kept import Kept
from firstlight.model.radio import Link
from firstlight.model.status import Mode
from firstlight.radio.simulated.faults import Dhcp
from firstlight.store.notes import NoteFile
from firstlight.store.provisioning import ProvisioningStore

NAMES = (b"office", b"home")
"""Saved; NetworkManager joins the latter."""


def booted(folder: Path, *, last: str = "office", boot: str = "before", **kept: object) -> None:
    """The state folder of a device that was on that network in another boot."""
    fields = {"mode": Mode.READY, "provisioned": True, "onboarding_completed": True, **kept}
    ProvisioningStore(folder).save(Kept(last_ssid=last, **fields))  # type: ignore[arg-type]
    note_of(folder).write(BootNote(boot_id=boot))


def note_of(folder: Path) -> NoteFile[BootNote]:
    return NoteFile(folder / "boot.json", BootNote)


def lamp_at(folder: Path, *, config: Config | None = None, office: Dhcp = Dhcp.NORMAL) -> Lamp:
    around = world(network(b"office", dhcp=office), network(b"home"), saved=NAMES)
    return Lamp(folder, around, config)


async def test_it_moves_to_the_one_used_last(tmp_path: Path) -> None:
    booted(tmp_path)
    lamp = lamp_at(tmp_path)
    await lamp.started()
    await lamp.wait(lambda: lamp.online and lamp.on == "office")
    assert Link.HOTSPOT not in lamp.links
    await lamp.clock.advance(10)
    assert lamp.status.mode is Mode.READY
    assert lamp.memory.kept.last_ssid == "office"
    assert "Moved to office, which was used last." in lamp.said()
    assert note_of(tmp_path).read() == (BootNote(boot_id=lamp.clock.boot_id), "")


async def test_who_only_restarts_the_daemon_stays(tmp_path: Path) -> None:
    lamp = lamp_at(tmp_path)
    booted(tmp_path, boot=lamp.clock.boot_id)
    await lamp.started()
    await lamp.clock.advance(60)
    assert lamp.on == "home"
    assert lamp.memory.kept.last_ssid == "home"


async def test_the_first_start_of_all_moves_nothing(tmp_path: Path) -> None:
    ProvisioningStore(tmp_path).save(Kept(last_ssid="office", provisioned=True))
    lamp = lamp_at(tmp_path)
    await lamp.started()
    await lamp.clock.advance(60)
    assert lamp.on == "home"
    assert note_of(tmp_path).read()[0] == BootNote(boot_id=lamp.clock.boot_id)


async def test_in_maintenance_nothing_is_done_by_itself(tmp_path: Path) -> None:
    booted(tmp_path, mode=Mode.MAINTENANCE)
    lamp = lamp_at(tmp_path)
    await lamp.started()
    await lamp.clock.advance(60)
    assert lamp.on == "home"


async def test_nor_without_recovery(tmp_path: Path) -> None:
    booted(tmp_path)
    config = Config(state_dir=str(tmp_path), recovery=Recovery(enabled=False))
    lamp = lamp_at(tmp_path, config=config)
    await lamp.started()
    await lamp.clock.advance(60)
    assert lamp.on == "home"


async def test_out_of_sight_it_is_left_alone(tmp_path: Path) -> None:
    booted(tmp_path)
    lamp = Lamp(tmp_path, world(network(b"home"), saved=NAMES))
    await lamp.started()
    await lamp.clock.advance(60)
    assert lamp.on == "home"
    assert lamp.links.count(Link.CONNECTED) == 1


async def test_what_does_not_work_any_more_is_left_again(tmp_path: Path) -> None:
    booted(tmp_path)
    lamp = lamp_at(tmp_path, office=Dhcp.SILENT)
    await lamp.started()
    await lamp.wait(lambda: lamp.online and lamp.on == "home")
    await lamp.clock.advance(120)
    assert lamp.on == "home"
    assert lamp.memory.kept.last_ssid == "home"
    assert lamp.status.mode is Mode.READY


@pytest.mark.parametrize("failing", ["profiles", "join_saved"])
async def test_a_radio_that_fails_stays_where_it_is(tmp_path: Path, failing: str) -> None:
    booted(tmp_path)
    lamp = lamp_at(tmp_path)
    await lamp.open()
    await lamp.wait(lambda: lamp.online)
    radio = FailingRadio(lamp.radio)
    radio.fails[failing] = RadioFailure("It failed.", code=Code.RADIO_FAILURE)
    await lamp.start(radio)
    await lamp.clock.advance(60)
    assert (lamp.online, lamp.on) == (True, "home")


async def test_a_full_disk_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    booted(tmp_path)
    note = tmp_path / "boot.json"
    note.unlink()
    note.mkdir()
    lamp = lamp_at(tmp_path)
    await lamp.started()
    assert lamp.online
