"""How a device meets reality when it starts."""

from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.proxies import FailingRadio

from firstlight.config import Config, Hotspot
from firstlight.daemon.home import GLANCE_SECONDS, HOME_SECONDS
from firstlight.errors import Code, RadioFailure, RadioUnavailable
from firstlight.model.kept import Kept
from firstlight.model.radio import Link
from firstlight.model.status import Health, Mode
from firstlight.radio.simulated.faults import Dhcp, Unplugged
from firstlight.store.provisioning import ProvisioningStore

NEVER_A_HOTSPOT = {Link.DOWN, Link.JOINING, Link.CONNECTED}


async def test_a_network_that_is_joined_already(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.open()
    await lamp.wait(lambda: lamp.online)
    await lamp.started()
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.runtime.health is Health.OK
    assert lamp.status.network.internet_reachable
    assert (lamp.memory.kept.provisioned, lamp.memory.kept.last_ssid) == (True, "home")
    assert set(lamp.links) <= NEVER_A_HOTSPOT


async def test_a_saved_network_in_sight_is_waited_for(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    assert lamp.on == "home"
    assert lamp.status.mode is Mode.ONBOARDING
    assert set(lamp.links) <= NEVER_A_HOTSPOT


async def test_who_was_onboarded_before_is_ready(tmp_path: Path) -> None:
    ProvisioningStore(tmp_path).save(Kept(mode=Mode.CONNECTING, onboarding_completed=True))
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    assert lamp.status.mode is Mode.READY


async def test_nothing_saved_raises_the_hotspot(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.start()
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 10)
    assert lamp.status.mode is Mode.PROVISIONING
    assert lamp.status.network.ap_enabled
    assert lamp.memory.kept.ap_enabled
    listed = await lamp.device.networks()
    assert [one.ssid for one in listed] == ["home"]


async def test_a_saved_network_out_of_sight_raises_the_hotspot_soon(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(saved=[b"home"]))
    await lamp.start()
    with pytest.raises(TimeoutError):
        await lamp.wait(lambda: lamp.link is not Link.DOWN, GLANCE_SECONDS - 1)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 10)


async def test_a_saved_network_in_sight_gets_its_time(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home", dhcp=Dhcp.SILENT), saved=[b"home"]))
    await lamp.start()
    with pytest.raises(TimeoutError):
        await lamp.wait(lambda: lamp.link is Link.HOTSPOT, HOME_SECONDS - 1)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 60)


async def test_no_hotspot_at_start_when_none_is_wished(tmp_path: Path) -> None:
    config = Config(state_dir=str(tmp_path), hotspot=Hotspot(at_start=False))
    lamp = Lamp(tmp_path, world(), config)
    await lamp.start()
    with pytest.raises(TimeoutError):
        await lamp.wait(lambda: lamp.link is not Link.DOWN)


async def test_a_radio_that_comes_later_joins_its_network_without_a_hotspot(
    tmp_path: Path,
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    missing = Unplugged()
    lamp.world.begin(missing)
    await lamp.start()
    await lamp.clock.advance(40)
    assert lamp.status.runtime.health is Health.ERROR
    assert "no WiFi device" in lamp.status.runtime.summary
    lamp.world.end(missing)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    assert lamp.status.mode is Mode.ONBOARDING
    assert set(lamp.links) <= NEVER_A_HOTSPOT


async def test_a_radio_that_comes_later_raises_the_hotspot_when_nothing_is_saved(
    tmp_path: Path,
) -> None:
    lamp = Lamp(tmp_path, world())
    missing = Unplugged()
    lamp.world.begin(missing)
    await lamp.start()
    await lamp.clock.advance(40)
    lamp.world.end(missing)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)


@pytest.mark.parametrize("failing", ["settle", "profiles", "scan"])
@pytest.mark.parametrize(
    "error",
    [
        RadioFailure("It failed.", code=Code.RADIO_FAILURE),
        RadioUnavailable("It is away.", code=Code.NO_NETWORK_MANAGER),
    ],
)
async def test_whatever_fails_at_the_start_the_hotspot_comes_up(
    tmp_path: Path, failing: str, error: RadioFailure | RadioUnavailable
) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    radio.fails[failing] = error
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    assert lamp.status.mode is Mode.PROVISIONING


async def test_what_an_earlier_run_left_is_told(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), network(b"new"), saved=[b"home"]))
    await lamp.started()
    await lamp.device.connect(wish(b"new"))
    await lamp.clock.advance(0.7)
    await lamp.kill()
    await lamp.start()
    await lamp.wait(lambda: lamp.online)
    said = lamp.said()
    assert said[0] == "Firstlight has started."
    assert "Ended the unfinished attempt to join new." in said
