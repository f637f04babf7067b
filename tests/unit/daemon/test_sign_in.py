"""Who may come in, as the device tells the web."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, world

from firstlight.model.radio import Link
from firstlight.model.status import Mode

PHONE, GATEWAY = "192.168.4.57", "192.168.4.1"


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncGenerator[Lamp]:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    await lamp.device.complete_onboarding()
    yield lamp
    await lamp.kill()


async def paired(lamp: Lamp) -> str:
    shown = await lamp.device.pairing.code()
    return (await lamp.device.pairing.pair(shown.code, "Phone", PHONE)).token


async def test_it_has_a_name_from_the_start_and_keeps_it(lamp: Lamp) -> None:
    first = lamp.device.device_id
    assert lamp.device.pairing.is_first_start
    await lamp.kill()
    await lamp.started()
    assert lamp.device.device_id == first != ""
    assert not lamp.device.pairing.is_first_start


async def test_whoever_is_paired_stays_so_over_a_restart(lamp: Lamp) -> None:
    token = await paired(lamp)
    await lamp.kill()
    await lamp.started()
    assert lamp.device.pairing.authorize_bearer(token) is not None


async def test_after_a_factory_reset_nobody_is_paired_and_the_code_is_another(lamp: Lamp) -> None:
    token = await paired(lamp)
    before = await lamp.device.pairing.code()
    await lamp.device.factory_reset()
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT and lamp.status.mode is Mode.PROVISIONING)
    await lamp.clock.advance(5)
    assert lamp.device.pairing.authorize_bearer(token) is None
    assert lamp.device.pairing.sessions() == ()
    after = await lamp.device.pairing.code()
    assert (after.device_id, after.code != before.code) == (before.device_id, True)
    kept = json.loads((lamp.folder / "provisioning.json").read_bytes())
    assert kept["device.auth.code"] == after.code


async def test_a_reset_that_was_cut_off_signs_everybody_out_at_the_start(lamp: Lamp) -> None:
    token = await paired(lamp)
    (lamp.folder / "factory-reset.json").write_text('{"when":1}')
    await lamp.kill()
    await lamp.start()
    # Before any radio was asked for anything.
    assert lamp.device.pairing.authorize_bearer(token) is None


async def test_somebody_on_the_hotspot_may_set_it_up_until_that_is_done(lamp: Lamp) -> None:
    assert not lamp.device.setting_up()
    assert not lamp.device.over_hotspot(PHONE, GATEWAY)
    await lamp.do(lamp.device.rollback("somebody moved house"))
    assert lamp.device.over_hotspot(PHONE, GATEWAY)
    assert lamp.device.setting_up()
    assert not lamp.device.over_hotspot("10.0.0.5", GATEWAY)


async def test_nobody_sets_up_what_is_being_forgotten(lamp: Lamp) -> None:
    await lamp.do(lamp.device.rollback(""))
    assert lamp.device.setting_up()
    await lamp.device.factory_reset()
    assert not lamp.device.setting_up()
