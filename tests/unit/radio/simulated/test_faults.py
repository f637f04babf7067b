"""What goes wrong in a world, seen through the radio."""

import pytest
from tests.unit.radio.simulated.world_tour import HOTSPOT, NET, OTHER, SAVED, plan, tour

from firstlight.errors import Code, NotPermitted, RadioFailure, RadioUnavailable
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Availability, Link, LinkReason, LinkStage, RadioChanged
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import (
    Blocked,
    DhcpSilent,
    Fault,
    HotspotFails,
    ManagerRestart,
    Outage,
    PskChanged,
    Refused,
    SignalDrop,
    SupplicantGone,
    Unmanaged,
    Unplugged,
)

OBSTACLES = [
    (ManagerRestart(), Availability.NO_NETWORK_MANAGER, Code.NO_NETWORK_MANAGER),
    (Unplugged(), Availability.NO_WIFI_DEVICE, Code.NO_WIFI_DEVICE),
    (Unmanaged(), Availability.UNMANAGED, Code.UNMANAGED),
    (Blocked(), Availability.BLOCKED, Code.RADIO_BLOCKED),
    (SupplicantGone(), Availability.SUPPLICANT_GONE, Code.NO_WIFI_DEVICE),
]
REASONS = [
    (ManagerRestart(), LinkReason.MANAGER_GONE),
    (Unplugged(), LinkReason.RADIO_GONE),
    (Blocked(), LinkReason.RADIO_BLOCKED),
    (SupplicantGone(), LinkReason.SUPPLICANT_FAILED),
]
NAME = Ssid(b"net")


@pytest.mark.parametrize(("fault", "availability", "code"), OBSTACLES)
async def test_an_obstacle_is_told_and_named_by_every_refusal(
    fault: Fault, availability: Availability, code: Code
) -> None:
    async with tour() as seen:
        seen.world.begin(fault)
        assert seen.radio.state.availability is availability
        for refused in (
            seen.radio.scan(),
            seen.radio.protect(10),
            seen.radio.hotspot_up(HOTSPOT),
            seen.radio.activate_trial(plan(), seen.reports.append),
            seen.radio.abandon(),
        ):
            with pytest.raises(RadioUnavailable) as refusal:
                await refused
            assert refusal.value.code is code
            assert refusal.value.hint
        seen.world.end(fault)
        assert seen.radio.state.availability is Availability.READY
    told = [event.state.availability for event in seen.events if isinstance(event, RadioChanged)]
    assert told == [availability, Availability.READY]


@pytest.mark.parametrize(("fault", "reason"), REASONS)
async def test_an_obstacle_ends_a_trial_with_its_reason(fault: Fault, reason: LinkReason) -> None:
    async with tour() as seen:
        await seen.do(seen.radio.scan())
        uuid = await seen.begin(plan())
        seen.world.begin(fault)
        assert seen.reports[-1].stage is LinkStage.FAILED
        assert seen.reports[-1].reason is reason
        seen.world.end(fault)
        assert uuid not in {profile.uuid for profile in await seen.radio.profiles()}


@pytest.mark.parametrize("fault", [fault for fault, _, _ in OBSTACLES])
async def test_a_saved_network_is_back_soon_after_an_obstacle(fault: Fault) -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        assert seen.radio.state.online
        seen.world.begin(fault)
        assert not seen.radio.state.online
        assert seen.radio.access_points() == ()
        await seen.let_pass(2)
        seen.world.end(fault)
        await seen.let_pass(10)
        assert seen.radio.state.online


async def test_unplugging_ends_a_scan_with_a_word() -> None:
    async with tour() as seen:
        seen.world.timeline.after(1, lambda: seen.world.begin(Unplugged()))
        with pytest.raises(RadioUnavailable) as refusal:
            await seen.do(seen.radio.scan())
        assert refusal.value.code is Code.RADIO_GONE
        assert seen.radio.access_points() == ()
        assert seen.radio.state.interface == ""


async def test_an_outage_of_the_network_in_use_is_survived() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        assert seen.radio.state.online
        outage = Outage(ssid=NAME)
        seen.world.begin(outage)
        await seen.let_pass(10)
        assert seen.radio.state.link is not Link.CONNECTED
        await seen.let_pass(60)
        assert seen.radio.access_points() == ()
        seen.world.end(outage)
        await seen.let_pass(60)
        assert seen.radio.state.online


async def test_a_short_outage_is_not_noticed() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        before = seen.radio.state
        outage = Outage(ssid=NAME)
        seen.world.begin(outage)
        await seen.let_pass(1)
        seen.world.end(outage)
        await seen.let_pass(10)
        assert seen.radio.state == before


async def test_a_changed_passphrase_ends_the_link_and_is_not_tried_again() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        fault = PskChanged(ssid=NAME, passphrase=Passphrase("battery-staple"))
        seen.world.begin(fault)
        await seen.let_pass(30)
        assert seen.radio.state.link is Link.DOWN
        seen.events.clear()
        await seen.let_pass(600)
        assert not any(isinstance(event, RadioChanged) for event in seen.events)
        await seen.begin(plan(passphrase="battery-staple"))
        await seen.let_pass(5)
        assert seen.reports[-1].stage is LinkStage.CONNECTED


async def test_a_dhcp_server_that_falls_silent_fails_only_who_asks_now() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        seen.world.begin(DhcpSilent(ssid=NAME))
        await seen.let_pass(60)
        assert seen.radio.state.online
        await seen.begin(plan())
        await seen.let_pass(60)
        assert seen.reports[-1].reason is LinkReason.DHCP_FAILED


async def test_a_signal_that_drops_ends_the_link_and_later_joins_time_out() -> None:
    async with tour(NET + SAVED) as seen:
        await seen.let_pass(10)
        seen.world.begin(SignalDrop(ssid=NAME, signal=9))
        await seen.let_pass(5)
        assert not seen.radio.state.online
        await seen.do(seen.radio.abandon())
        await seen.begin(plan())
        await seen.let_pass(10)
        assert seen.reports[-1].reason is LinkReason.SUPPLICANT_TIMEOUT
        assert LinkStage.ASSOCIATED not in [report.stage for report in seen.reports]


async def test_an_outage_in_the_middle_of_a_join_fails_it() -> None:
    async with tour(NET + 'dhcp = "slow"') as seen:
        await seen.do(seen.radio.scan())
        await seen.begin(plan())
        await seen.let_pass(2)
        assert seen.reports[-1].stage is LinkStage.AUTHENTICATED
        seen.world.begin(Outage(ssid=NAME))
        await seen.let_pass(6)
        assert seen.reports[-1].reason is LinkReason.SSID_NOT_FOUND


async def test_a_fault_elsewhere_does_not_touch_a_join() -> None:
    async with tour(NET + 'dhcp = "slow"\n' + OTHER) as seen:
        await seen.do(seen.radio.scan())
        await seen.begin(plan())
        for _ in range(10):
            fault = Outage(ssid=Ssid(b"other"))
            seen.world.begin(fault)
            await seen.let_pass(0.5)
            seen.world.end(fault)
            await seen.let_pass(0.5)
        assert seen.reports[-1].stage is LinkStage.CONNECTED


async def test_polkit_refuses_changes_and_lets_look() -> None:
    async with tour() as seen:
        seen.world.begin(Refused())
        for refused in (
            seen.radio.scan(),
            seen.radio.forget("x"),
            seen.radio.settle(),
            seen.radio.protect(10),
            seen.radio.promote("x"),
            seen.radio.release(),
            seen.radio.retire("x"),
            seen.radio.abandon(),
            seen.radio.hotspot_up(HOTSPOT),
            seen.radio.hotspot_down(),
            seen.radio.activate_trial(plan(), seen.reports.append),
        ):
            with pytest.raises(NotPermitted):
                await refused
        assert await seen.radio.profiles() == ()
        assert await seen.radio.stations() == ()
        assert seen.radio.state.availability is Availability.READY


async def test_a_hotspot_that_fails_says_so() -> None:
    async with tour() as seen:
        seen.world.begin(HotspotFails())
        with pytest.raises(RadioFailure) as refusal:
            await seen.do(seen.radio.hotspot_up(HOTSPOT))
        assert refusal.value.code is Code.HOTSPOT_FAILED
        assert refusal.value.hint
        assert seen.radio.state.link is Link.DOWN


async def test_faults_of_the_file_come_and_go_on_time() -> None:
    text = (
        NET
        + SAVED
        + '[[faults]]\nkind = "blocked"\nat = 20\nuntil = 40\n'
        + '[[faults]]\nkind = "manager_restart"\nat = 60\n'
    )
    async with tour(text) as seen:
        begun = seen.clock.monotonic()
        moments: list[tuple[float, Availability]] = []
        last = Availability.READY
        while seen.clock.monotonic() < begun + 80:
            await seen.let_pass(1)
            if seen.radio.state.availability is not last:
                last = seen.radio.state.availability
                moments.append((seen.clock.monotonic() - begun, last))
        assert moments == [
            (20, Availability.BLOCKED),
            (40, Availability.READY),
            (60, Availability.NO_NETWORK_MANAGER),
            (62, Availability.READY),
        ]
        assert seen.radio.state.online


async def test_a_restart_tries_again_what_was_refused_before() -> None:
    async with tour(NET + SAVED) as seen:
        changed = PskChanged(ssid=NAME, passphrase=Passphrase("battery-staple"))
        seen.world.begin(changed)
        await seen.let_pass(30)
        seen.world.end(changed)
        await seen.let_pass(300)
        assert not seen.radio.state.online
        seen.world.restart_manager()
        await seen.let_pass(30)
        assert seen.radio.state.online


async def test_a_restart_loses_the_checkpoint() -> None:
    async with tour(NET + OTHER + SAVED) as seen:
        await seen.let_pass(10)
        await seen.radio.protect(30)
        seen.world.restart_manager()
        await seen.let_pass(1)
        assert not seen.world.checkpoint.armed


async def test_a_switch_that_fires_while_the_radio_is_away_does_no_harm() -> None:
    async with tour(NET + OTHER + SAVED) as seen:
        await seen.let_pass(10)
        await seen.radio.protect(5)
        fault = Unplugged()
        seen.world.begin(fault)
        await seen.let_pass(10)
        assert seen.radio.state.link is Link.DOWN
        seen.world.end(fault)
        await seen.let_pass(30)
        assert seen.radio.state.online
