"""Joining networks: from the hotspot, from another network, with every way to fail."""

from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.proxies import FailingRadio, ReachInBetween

from firstlight.config import Config, Join
from firstlight.errors import RadioFailure
from firstlight.model.access_point import Security
from firstlight.model.attempt import AttemptState, Cause, StepName
from firstlight.model.kept import Kept
from firstlight.model.radio import Link
from firstlight.model.status import Mode, RuntimePhase
from firstlight.model.wire import ConnectBody
from firstlight.radio.simulated.faults import (
    Blocked,
    Dhcp,
    Fault,
    ManagerRestart,
    Refused,
    SupplicantGone,
    Unplugged,
    Upstream,
)
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.store.provisioning import ProvisioningStore

CAFE = b"caf\xe9"


async def test_from_the_hotspot_to_a_network(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    begun = await device.connect(wish(b"home"))
    assert begun.state is AttemptState.RUNNING
    await lamp.clock.advance(0.2)
    assert lamp.status.mode is Mode.CONNECTING
    assert lamp.status.runtime.summary == "Joining home."
    await lamp.ended(begun.id)
    ended = device.attempt(begun.id)
    assert (ended.state, ended.cause, ended.warning) == (AttemptState.SUCCEEDED, None, None)
    assert [step.name for step in ended.steps] == [
        StepName.FOUND,
        StepName.ASSOCIATED,
        StepName.PASSWORD_ACCEPTED,
        StepName.ADDRESS,
        StepName.GATEWAY,
        StepName.INTERNET,
        StepName.SAVED,
    ]
    status = lamp.status
    assert (status.mode, status.network.ap_enabled) == (Mode.ONBOARDING, False)
    assert (status.network.last_ssid, status.network.last_error) == ("home", "")
    assert status.network.internet_reachable
    kept, _ = ProvisioningStore(tmp_path).load()
    assert (kept.mode, kept.provisioned, kept.last_ssid) == (Mode.ONBOARDING, True, "home")
    assert (kept.ap_enabled, kept.interface_name) == (False, "wlan0")
    [profile] = await lamp.profiles()
    assert (profile.trial, profile.autoconnect, profile.active) == (False, True, True)
    assert not lamp.world.checkpoint.armed


@pytest.mark.parametrize(
    ("around", "body"),
    [
        (network(b"net", security=Security.OPEN), wish(b"net", None)),
        (network(b"net", security=Security.OPEN), wish(b"net", "")),
        (network(b"net", security=Security.OWE), wish(b"net", None)),
        (network(b"net", security=Security.WPA3), wish(b"net")),
        (network(b"net", security=Security.WPA2_WPA3), wish(b"net")),
        (network(b"net", hidden=True), wish(b"net", hidden=True)),
        (network(CAFE), wish(CAFE)),
        (network(CAFE), ConnectBody(ssid=r"caf\xe9", password="correct-horse")),
        (network(b"x" * 32), wish(b"x" * 32)),
        (network(b"a:b:c\\d"), wish(b"a:b:c\\d")),
        (network(b"--help"), ConnectBody(ssid="--help", password="correct-horse")),
        (network("☕".encode()), ConnectBody(ssid="☕", password="correct-horse")),
    ],
)
async def test_every_kind_of_network(tmp_path: Path, around: object, body: ConnectBody) -> None:
    lamp = Lamp(tmp_path, world(around))
    await lamp.started()
    ended = await lamp.joined(body)
    assert ended.state is AttemptState.SUCCEEDED, ended
    assert lamp.online


async def test_a_wrong_password_brings_the_hotspot_back(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    ended = await lamp.joined(wish(b"home", "wrong-horse"))
    assert (ended.state, ended.cause) == (AttemptState.FAILED, Cause.WRONG_PASSWORD)
    assert ended.steps[-1].name is StepName.RESTORED
    assert lamp.link is Link.HOTSPOT
    status = lamp.status
    assert (status.mode, status.network.ap_enabled) == (Mode.PROVISIONING, True)
    assert status.network.last_error == "The password for home was not accepted."
    assert await lamp.names() == []
    assert "wrong-horse" not in repr(lamp.hub.recent(256))


async def test_the_hotspot_comes_back_even_where_it_was_not_before(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    await lamp.do(device.disable_hotspot())
    await lamp.joined(wish(b"home", "wrong-horse"))
    assert lamp.link is Link.HOTSPOT


async def test_the_next_try_after_a_failure_works(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    await lamp.joined(wish(b"home", "wrong-horse"))
    ended = await lamp.joined(wish(b"home"))
    assert ended.state is AttemptState.SUCCEEDED
    assert lamp.status.network.last_error == ""


async def test_a_typo_keeps_the_old_network(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.started()
    before = await lamp.profiles()
    ended = await lamp.joined(wish(b"new", "wrong-horse"))
    assert ended.cause is Cause.WRONG_PASSWORD
    assert await lamp.profiles() == before
    assert lamp.on == "old"
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.network.last_error == "The password for new was not accepted."
    assert lamp.status.network.internet_reachable
    assert Link.HOTSPOT_STARTING not in lamp.links


async def test_a_typo_for_the_network_in_use_keeps_it(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), saved=[b"old"]))
    await lamp.started()
    before = await lamp.profiles()
    await lamp.joined(wish(b"old", "wrong-horse"))
    assert await lamp.profiles() == before
    assert lamp.on == "old"


async def test_the_same_network_again_leaves_one_profile(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), saved=[b"old"]))
    await lamp.started()
    assert (await lamp.joined(wish(b"old"))).state is AttemptState.SUCCEEDED
    assert await lamp.names() == ["old"]


async def test_another_network_leaves_the_old_one_saved(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.started()
    await lamp.joined(wish(b"new"))
    assert lamp.on == "new"
    assert await lamp.names() == ["old", "new"]


WAYS_TO_FAIL = [
    (Cause.NETWORK_NOT_FOUND, network(b"another")),
    (Cause.NO_ADDRESS, network(b"net", dhcp=Dhcp.SILENT)),
    (Cause.NO_GATEWAY, network(b"net", dhcp=Dhcp.NO_GATEWAY)),
    (Cause.NO_INTERNET, network(b"net", internet=Upstream.NO)),
    (Cause.DNS_FAILURE, network(b"net", internet=Upstream.NO_NAMES)),
    (Cause.CAPTIVE_PORTAL, network(b"net", internet=Upstream.PORTAL)),
    (Cause.TIMEOUT, network(b"net", signal=8)),
]


@pytest.mark.parametrize(("cause", "around"), WAYS_TO_FAIL)
async def test_the_cause_is_told(tmp_path: Path, cause: Cause, around: object) -> None:
    config = Config(state_dir=str(tmp_path), join=Join(require_internet=True))
    lamp = Lamp(tmp_path, world(network(b"old"), around, saved=[b"old"]), config)
    await lamp.started()
    ended = await lamp.joined(wish(b"net"))
    assert (ended.state, ended.cause) == (AttemptState.FAILED, cause)
    assert lamp.on == "old"
    assert lamp.status.network.last_error == ended.message
    assert lamp.status.network.internet_reachable, "what the failed network lacks is no news of old"
    assert lamp.status.runtime.phase is RuntimePhase.ONBOARDING
    assert await lamp.names() == ["old"]


async def test_a_network_without_internet_is_joined_with_a_warning(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"net", internet=Upstream.PORTAL)))
    await lamp.started()
    ended = await lamp.joined(wish(b"net"))
    assert (ended.state, ended.warning) == (AttemptState.SUCCEEDED, Cause.CAPTIVE_PORTAL)
    assert not lamp.status.network.internet_reachable
    assert lamp.status.runtime.phase is RuntimePhase.DEGRADED


@pytest.mark.parametrize(
    ("fault", "causes"),
    [
        (Unplugged(), {Cause.RADIO_GONE}),
        (Blocked(), {Cause.RADIO_BLOCKED}),
        (SupplicantGone(), {Cause.UNAVAILABLE, Cause.RADIO_GONE}),
        (ManagerRestart(), {Cause.UNAVAILABLE}),
    ],
)
@pytest.mark.parametrize("moment", [0.05, 0.4, 1.0, 2.5])
async def test_the_radio_lost_on_the_way(
    tmp_path: Path, fault: Fault, causes: set[Cause], moment: float
) -> None:
    """Whenever it happens, the device is back soon after the radio is."""
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    device = await lamp.started()
    begun = await device.connect(wish(b"new"))
    await lamp.clock.advance(moment)
    running = device.attempt(begun.id).state is AttemptState.RUNNING
    lamp.world.begin(fault)
    await lamp.clock.advance(3)
    lamp.world.end(fault)
    await lamp.ended(begun.id)
    ended = device.attempt(begun.id)
    assert running is (ended.state is AttemptState.FAILED)
    assert ended.cause in (causes if running else {None})
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(10)
    assert lamp.online
    assert not any(one.trial for one in await lamp.profiles())
    assert lamp.status.mode is Mode.ONBOARDING


async def test_a_user_who_may_not(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.started()
    lamp.world.begin(Refused())
    ended = await lamp.joined(wish(b"new"))
    assert (ended.state, ended.cause) == (AttemptState.FAILED, Cause.UNAVAILABLE)
    assert lamp.on == "old"


async def test_a_fault_of_our_own_is_a_failure_like_any_other(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.started()
    await lamp.kill()
    await lamp.open()

    class Broken(SimulatedReach):
        async def look(self, *_: object) -> object:
            raise ZeroDivisionError

    await lamp.start(lamp.radio, Broken(lamp.world, lamp.clock))
    await lamp.clock.advance(5)
    ended = await lamp.joined(wish(b"new"))
    assert (ended.state, ended.cause) == (AttemptState.FAILED, Cause.UNAVAILABLE)
    assert lamp.on == "old"


async def test_a_hotspot_that_does_not_come_back_at_once_comes_back_later(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    radio.fails["abandon"] = radio.fails["hotspot_up"] = RadioFailure("It failed.")
    ended = await lamp.joined(wish(b"home", "wrong-horse"))
    assert ended.cause is Cause.WRONG_PASSWORD
    assert StepName.RESTORED not in [step.name for step in ended.steps]
    assert lamp.link is Link.DOWN
    radio.fails.clear()
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)


async def test_the_internet_is_looked_for_once_when_the_device_comes_online(
    tmp_path: Path,
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.open()
    reach = ReachInBetween(SimulatedReach(lamp.world, lamp.clock))
    await lamp.start(lamp.radio, reach)
    await lamp.wait(lambda: lamp.online)
    for frequency in (2417, 2422, 2427):
        lamp.world.device.frequency = frequency
        lamp.world.device.publish()
        await lamp.clock.advance(0.01)
    await lamp.clock.advance(10)
    assert reach.looks == 1


async def test_a_look_that_ends_after_the_link_says_nothing_of_the_next(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home", internet=Upstream.NO), saved=[b"home"]))
    await lamp.start()
    await lamp.wait(lambda: lamp.online)
    blocked = Blocked()
    lamp.world.begin(blocked)
    await lamp.clock.advance(20)
    lamp.world.end(blocked)
    lamp.world.air.access_points[0] = network(b"home").on_air(0)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(10)
    assert lamp.status.network.internet_reachable


async def test_the_stored_mode_of_a_device_in_maintenance_stays(tmp_path: Path) -> None:
    ProvisioningStore(tmp_path).save(Kept(mode=Mode.MAINTENANCE))
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.start()
    await lamp.wait(lambda: lamp.online)
    await lamp.joined(wish(b"home", "wrong-horse"))
    assert lamp.status.mode is Mode.MAINTENANCE
