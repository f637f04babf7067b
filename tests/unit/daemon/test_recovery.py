"""Coming back: from an outage, and home from the hotspot."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.daemon.lamp import PASSWORD, PROMISED, Lamp, network, wish, world
from tests.unit.daemon.outages import HOME, OTHER, fallen_back, outage

from firstlight.config import Config, Join, Recovery
from firstlight.errors import Busy, Code
from firstlight.model.event import Action
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Ipv4, Link
from firstlight.model.reach import Findings, Internet, Reach, ReachTarget
from firstlight.model.status import Mode, RecoveryLock, RecoveryResult, RuntimePhase
from firstlight.radio.simulated.description import Description, RadioTable, SavedTable
from firstlight.radio.simulated.faults import (
    HotspotFails,
    PskChanged,
    Upstream,
    UpstreamChanged,
)
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import World

PHONE = MacAddress("02:00:00:00:aa:01")


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncGenerator[Lamp]:
    lamp = Lamp(tmp_path, world(network(b"home"), network(b"other"), saved=[b"other", b"home"]))
    lamp.world.remove_access_point(OTHER)
    await lamp.started()
    yield lamp
    await lamp.kill()


async def test_a_router_off_ends_in_the_hotspot_and_its_return_at_home(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    status = lamp.status
    assert status.mode is Mode.PROVISIONING
    assert status.recovery.last_result is RecoveryResult.HOTSPOT_RESTORED
    assert status.recovery.active_lock is RecoveryLock.COOLDOWN
    assert status.recovery.in_cooldown
    assert status.recovery.last_reason == "The link to home was lost."
    assert "home is not reachable" in status.runtime.summary
    await lamp.clock.advance(600)
    assert lamp.link is Link.HOTSPOT or lamp.status.mode is Mode.PROVISIONING
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.online, 60)
    await lamp.clock.advance(5)
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.runtime.phase is RuntimePhase.ONBOARDING
    assert lamp.status.recovery.last_result is RecoveryResult.REJOIN_SUCCEEDED
    assert lamp.status.recovery.degraded_network_streak == 0


async def test_a_short_outage_is_sat_out(lamp: Lamp) -> None:
    fault = outage()
    lamp.world.begin(fault)
    await lamp.wait(lambda: not lamp.online, 30)
    assert lamp.status.runtime.phase is RuntimePhase.DEGRADED
    assert lamp.status.recovery.degraded_network_streak >= 1
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.online, 30)
    await lamp.clock.advance(30)
    assert Link.HOTSPOT not in lamp.links
    assert lamp.status.recovery.last_result is RecoveryResult.IDLE
    assert lamp.status.runtime.phase is RuntimePhase.ONBOARDING


async def test_another_saved_network_in_sight_is_joined_instead(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), network(b"other"), saved=[b"other", b"home"]))
    await lamp.started()
    assert lamp.on == "home"
    lamp.world.begin(outage())
    await lamp.wait(lambda: lamp.online and lamp.on == "other")
    await lamp.clock.advance(10)
    assert Link.HOTSPOT not in lamp.links
    assert lamp.status.network.last_ssid == "other"
    await lamp.kill()


async def test_the_router_comes_back_with_another_password(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    lamp.world.begin(PskChanged(ssid=HOME, passphrase=Passphrase("something-else")))
    lamp.world.end(fault)
    await lamp.clock.advance(200)
    assert not lamp.online
    assert "home" in await lamp.names()
    tries = lamp.links.count(Link.JOINING)
    await lamp.clock.advance(3600)
    assert lamp.links.count(Link.JOINING) - tries <= 12
    attempt = await lamp.joined(wish(b"home", "something-else"))
    assert attempt.cause is None
    assert lamp.online


async def test_an_idle_phone_does_not_keep_it_from_home(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    password = Passphrase(lamp.memory.kept.hotspot_password)
    assert lamp.world.let_station_join(PHONE, password)
    await lamp.clock.advance(120)
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.online, 60)


async def test_somebody_who_types_is_left_in_peace(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    lamp.world.end(fault)
    for _ in range(12):
        lamp.device.attended()
        await lamp.clock.advance(15)
        assert lamp.link is Link.HOTSPOT
    await lamp.wait(lambda: lamp.online, PROMISED)


async def test_but_not_for_ever(lamp: Lamp) -> None:
    fault = await fallen_back(lamp)
    lamp.world.end(fault)
    for _ in range(4 * 45):
        lamp.device.attended()
        await lamp.clock.advance(15)
    assert lamp.online


async def test_the_network_that_is_lost_is_the_one_that_was_joined_last(lamp: Lamp) -> None:
    """NetworkManager has changed to another one by itself meanwhile."""
    lamp.world.add_access_point(network(b"other"))
    lamp.world.begin(outage())
    await lamp.wait(lambda: lamp.on == "other" and lamp.online)
    await lamp.clock.advance(60)
    lamp.world.begin(outage(OTHER))
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    assert lamp.status.recovery.last_reason == "The link to other was lost."


async def test_it_can_be_started_by_hand_unless_cooling_down(lamp: Lamp) -> None:
    await lamp.device.trigger_recovery()
    with pytest.raises(Busy, match="under way"):
        await lamp.device.trigger_recovery()
    await lamp.wait(lambda: lamp.status.recovery.last_result is RecoveryResult.REJOIN_SUCCEEDED)
    with pytest.raises(Busy) as caught:
        await lamp.device.trigger_recovery()
    assert caught.value.code is Code.COOLING_DOWN
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 120
    told = [event.action for event in lamp.hub.recent(256)]
    assert Action.RECOVERY_START in told
    assert Action.RECOVERY_COMPLETE in told


async def test_with_nothing_saved_there_is_nothing_to_recover(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    with pytest.raises(Busy, match="no saved network"):
        await lamp.device.trigger_recovery()
    before = len(lamp.links)
    await lamp.clock.advance(600)
    assert len(lamp.links) == before  # nothing to look for, so the hotspot never blinks
    await lamp.kill()


async def test_switched_off_it_leaves_everything_to_networkmanager(tmp_path: Path) -> None:
    config = Config(state_dir=str(tmp_path), recovery=Recovery(enabled=False))
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]), config)
    await lamp.started()
    lamp.world.begin(outage())
    await lamp.clock.advance(600)
    assert Link.HOTSPOT not in lamp.links
    assert not lamp.status.recovery.enabled
    assert lamp.status.recovery.degraded_network_streak == 3
    await lamp.kill()


async def test_a_wish_to_join_goes_before_recovery(lamp: Lamp) -> None:
    lamp.world.begin(outage())
    lamp.world.add_access_point(network(b"third"))
    await lamp.wait(lambda: lamp.status.recovery.active_lock is RecoveryLock.RECOVERY)
    attempt = await lamp.joined(wish(b"third"))
    assert attempt.cause is None
    assert lamp.on == "third"
    assert lamp.status.recovery.active_lock is not RecoveryLock.RECOVERY


async def test_a_hotspot_raised_by_hand_stays_for_a_while(lamp: Lamp) -> None:
    await lamp.do(lamp.device.enable_hotspot())
    assert lamp.status.mode is Mode.PROVISIONING
    await lamp.clock.advance(590)
    assert lamp.link is Link.HOTSPOT
    await lamp.wait(lambda: lamp.online, PROMISED)


async def test_rollback_raises_the_hotspot_and_keeps_the_networks(lamp: Lamp) -> None:
    await lamp.do(lamp.device.rollback("wrong network"))
    assert lamp.status.mode is Mode.PROVISIONING
    assert lamp.link is Link.HOTSPOT
    assert set(await lamp.names()) == {"home", "other"}


async def test_in_maintenance_nothing_is_repaired_but_the_device_stays_reachable(
    lamp: Lamp,
) -> None:
    await lamp.device.enter_maintenance()
    fault = await fallen_back(lamp)
    assert lamp.status.mode is Mode.MAINTENANCE
    lamp.world.end(fault)
    await lamp.clock.advance(600)
    assert lamp.link is Link.HOTSPOT
    await lamp.device.exit_maintenance()
    await lamp.wait(lambda: lamp.online, PROMISED)
    await lamp.clock.advance(5)
    assert lamp.status.mode is Mode.ONBOARDING


async def test_the_setup_can_be_finished_once_it_is_online(lamp: Lamp) -> None:
    await lamp.device.complete_onboarding()
    await lamp.device.complete_onboarding()
    assert lamp.status.mode is Mode.READY
    await fallen_back(lamp)
    with pytest.raises(Busy) as caught:
        await lamp.device.complete_onboarding()
    assert caught.value.code is Code.WRONG_MODE


async def test_a_hotspot_that_fails_is_an_error_until_it_comes_up(lamp: Lamp) -> None:
    broken = HotspotFails()
    lamp.world.begin(broken)
    lamp.world.begin(outage())
    await lamp.wait(lambda: lamp.status.mode is Mode.ERROR)
    assert lamp.status.recovery.last_result is RecoveryResult.FAILED
    assert lamp.status.runtime.phase is RuntimePhase.ERROR
    await lamp.clock.advance(300)
    lamp.world.end(broken)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    await lamp.wait(lambda: lamp.status.mode is Mode.PROVISIONING, 5)
    assert lamp.status.recovery.last_result is RecoveryResult.HOTSPOT_RESTORED


class DeadGateway:
    """A reach whose gateways are silent while ``dead``."""

    def __init__(self, inner: SimulatedReach) -> None:
        self._inner = inner
        self.dead = False

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        found = await self._inner.look(interface, ipv4, targets, seconds)
        return Reach(gateway=False, internet=Internet.UNREACHABLE) if self.dead else found

    async def climb(self, *arguments: Any) -> Findings:
        return await self._inner.climb(*arguments)


async def test_a_link_that_leads_nowhere_is_no_link(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.open()
    reach = DeadGateway(SimulatedReach(lamp.world, lamp.clock))
    await lamp.start(lamp.radio, reach)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(47)
    reach.dead = True
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, PROMISED)
    assert lamp.status.recovery.last_reason == "home is joined, but its gateway does not answer."
    reach.dead = False
    await lamp.wait(lambda: lamp.status.mode is Mode.ONBOARDING, 180)
    await lamp.kill()


@pytest.mark.parametrize("upstream", [Upstream.NO, Upstream.PORTAL, Upstream.NO_NAMES])
async def test_a_missing_internet_is_told_and_the_device_stays(
    lamp: Lamp, upstream: Upstream
) -> None:
    fault = UpstreamChanged(ssid=HOME, internet=upstream)
    lamp.world.begin(fault)
    await lamp.wait(lambda: lamp.status.runtime.phase is RuntimePhase.DEGRADED, 330)
    await lamp.clock.advance(600)
    assert lamp.on == "home"
    assert Link.HOTSPOT not in lamp.links
    assert not lamp.status.network.internet_reachable
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.status.network.internet_reachable, 330)
    assert lamp.status.runtime.phase is RuntimePhase.ONBOARDING


async def test_a_required_internet_that_is_missing_ends_in_the_hotspot(tmp_path: Path) -> None:
    config = Config(state_dir=str(tmp_path), join=Join(require_internet=True))
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]), config)
    await lamp.started()
    fault = UpstreamChanged(ssid=HOME, internet=Upstream.NO)
    lamp.world.begin(fault)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, PROMISED)
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.status.mode is Mode.ONBOARDING, 180)
    assert lamp.status.network.internet_reachable
    await lamp.kill()


def able(radio: RadioTable) -> World:
    """A world of one saved network, and a radio that can do more than most."""
    return World(
        Description(
            radio=radio,
            access_points=(network(b"home"),),
            saved=(SavedTable(ssid=HOME, passphrase=Passphrase(PASSWORD)),),
        )
    )


@pytest.mark.parametrize("one_channel", [True, False])
async def test_beside_the_hotspot_a_network_proves_itself_first(
    tmp_path: Path, *, one_channel: bool
) -> None:
    radio = RadioTable(scan_while_hotspot=True, join_while_hotspot=True, one_channel=one_channel)
    lamp = Lamp(tmp_path, able(radio))
    await lamp.started()
    fault = await fallen_back(lamp)
    changed = PskChanged(ssid=HOME, passphrase=Passphrase("something-else"))
    lamp.world.begin(changed)
    lamp.world.end(fault)
    await lamp.clock.advance(5)
    lamp.links.clear()
    await lamp.clock.advance(300)
    assert Link.DOWN not in lamp.links or one_channel  # to change the channel it goes down once
    assert lamp.links.count(Link.DOWN) <= 1
    assert Link.JOINING not in lamp.links
    lamp.world.end(changed)
    await lamp.wait(lambda: lamp.online, 1000)
    await lamp.kill()


async def test_a_radio_that_hears_as_a_hotspot_never_blinks_in_vain(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, able(RadioTable(scan_while_hotspot=True)))
    await lamp.started()
    fault = await fallen_back(lamp)
    lamp.links.clear()
    await lamp.clock.advance(600)
    assert lamp.links == []
    lamp.world.end(fault)
    await lamp.wait(lambda: lamp.online, 60)
    await lamp.kill()
