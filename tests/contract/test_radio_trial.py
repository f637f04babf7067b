"""Trials: every adapter of the Radio port."""

import pytest
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import (
    HOTSPOT,
    JOINED,
    NO_ADDRESS,
    begin,
    find,
    follow,
    join,
    plan,
    wait_for_link,
)

from firstlight.errors import NotFound
from firstlight.model.access_point import Security
from firstlight.model.profile import KeyManagement, TrialPlan
from firstlight.model.radio import Link, LinkReason, LinkStage
from firstlight.radio.simulated.faults import Dhcp

ORDER = list(LinkStage)
KINDS = [
    pytest.param(Security.WPA2, plan(b"net"), id="wpa2"),
    pytest.param(Security.OPEN, plan(b"net", None), id="open"),
    pytest.param(Security.WPA3, plan(b"net", key_management=KeyManagement.SAE), id="sae"),
    pytest.param(Security.WPA2_WPA3, plan(b"net"), id="mixed"),
]


@pytest.mark.parametrize(("security", "tried"), KINDS)
async def test_a_trial_reports_its_stages_in_order_and_ends_with_a_lease(
    harness: RadioHarness, security: Security, tried: TrialPlan
) -> None:
    if security in {Security.WPA3, Security.WPA2_WPA3}:
        needs(harness, Capability.SAE)
    await harness.add_access_point(b"net", security=security)
    trial = await follow(harness, tried)
    assert trial.stages == sorted(trial.stages, key=ORDER.index)
    assert trial.stages[-1] is LinkStage.CONNECTED
    assert LinkStage.ASSOCIATING in trial.stages
    assert trial.reports[-1].ipv4 is not None
    assert trial.reports[-1].ipv4.address
    await wait_for_link(harness, Link.CONNECTED)
    state = harness.radio.state
    assert state.online
    assert state.ipv4 == trial.reports[-1].ipv4
    heard = {ap.bssid: ap for ap in harness.radio.access_points()}
    assert state.bssid in heard
    assert state.frequency == heard[state.bssid].frequency
    assert state.profile is not None
    assert (state.profile.uuid, state.profile.trial) == (trial.uuid, True)


async def test_a_hidden_network_can_be_joined(harness: RadioHarness) -> None:
    needs(harness, Capability.HIDDEN)
    await harness.add_access_point(b"hideaway", hidden=True)
    trial = await follow(harness, plan(b"hideaway", hidden=True))
    assert trial.stages[-1] is LinkStage.CONNECTED


@pytest.mark.parametrize(
    ("security", "key_management"),
    [(Security.WPA2, KeyManagement.WPA_PSK), (Security.WPA3, KeyManagement.SAE)],
)
async def test_a_wrong_password_is_told_as_such(
    harness: RadioHarness, security: Security, key_management: KeyManagement
) -> None:
    if security is Security.WPA3:
        needs(harness, Capability.SAE)
    await harness.add_access_point(b"net", security=security)
    trial = await follow(harness, plan(b"net", "wrong-horse", key_management))
    assert trial.stages[-1] is LinkStage.FAILED
    assert trial.reports[-1].reason in {LinkReason.NO_SECRETS, LinkReason.HANDSHAKE_FAILED}
    assert LinkStage.AUTHENTICATED not in trial.stages


async def test_an_absent_network_is_told_as_such(harness: RadioHarness) -> None:
    trial = await follow(harness, plan(b"nowhere"))
    assert trial.reports[-1].stage is LinkStage.FAILED
    assert trial.reports[-1].reason is LinkReason.SSID_NOT_FOUND


async def test_a_silent_dhcp_never_counts_as_connected(harness: RadioHarness) -> None:
    needs(harness, Capability.DHCP)
    await harness.add_access_point(b"net", dhcp=Dhcp.SILENT)
    trial = await follow(harness, plan(b"net"), NO_ADDRESS)
    assert LinkStage.AUTHENTICATED in trial.stages
    assert LinkStage.CONNECTED not in trial.stages
    assert trial.reports[-1].reason is LinkReason.DHCP_FAILED


async def test_a_failed_trial_leaves_no_profile(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    before = await harness.radio.profiles()
    trial = await follow(harness, plan(b"net", "wrong-horse"))
    assert trial.stages[-1] is LinkStage.FAILED
    await harness.radio.abandon()
    assert await harness.radio.profiles() == before
    assert harness.radio.state.link is Link.DOWN


async def test_a_promoted_trial_is_saved_and_stays_up(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    await harness.radio.protect(JOINED)
    uuid = await join(harness, plan(b"net"))
    saved = await find(harness, uuid)
    assert saved is not None
    assert (saved.trial, saved.autoconnect, saved.active) == (False, True, True)
    assert harness.radio.state.online
    await harness.radio.hotspot_up(HOTSPOT)
    saved = await find(harness, uuid)
    assert saved is not None
    assert not saved.active


async def test_promoting_an_unknown_profile_says_so(harness: RadioHarness) -> None:
    with pytest.raises(NotFound):
        await harness.radio.promote("00000000-0000-4000-8000-000000000000")


async def test_a_saved_network_is_joined_again_by_itself(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.radio.hotspot_down()
    await wait_for_link(harness, Link.CONNECTED)
    profile = harness.radio.state.profile
    assert profile is not None
    assert profile.uuid == uuid


async def test_abandoning_brings_the_old_network_back(harness: RadioHarness) -> None:
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    old = await join(harness, plan(b"old"))
    before = await harness.radio.profiles()
    await harness.radio.protect(JOINED * 2)
    trial = await follow(harness, plan(b"new", "wrong-horse"))
    assert trial.stages[-1] is LinkStage.FAILED
    await harness.radio.abandon()
    state = harness.radio.state
    assert state.online
    assert state.profile is not None
    assert state.profile.uuid == old
    assert await harness.radio.profiles() == before


async def test_abandoning_a_working_trial_brings_the_old_network_back(
    harness: RadioHarness,
) -> None:
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    old = await join(harness, plan(b"old"))
    before = await harness.radio.profiles()
    await harness.radio.protect(JOINED * 2)
    trial = await follow(harness, plan(b"new"))
    assert trial.stages[-1] is LinkStage.CONNECTED
    await harness.radio.abandon()
    profile = harness.radio.state.profile
    assert profile is not None
    assert profile.uuid == old
    assert await harness.radio.profiles() == before


async def test_abandoning_brings_the_hotspot_back(harness: RadioHarness) -> None:
    await harness.add_access_point(b"new")
    await harness.radio.hotspot_up(HOTSPOT)
    await harness.radio.protect(JOINED * 2)
    await harness.radio.hotspot_down()
    trial = await follow(harness, plan(b"new", "wrong-horse"))
    assert trial.stages[-1] is LinkStage.FAILED
    await harness.radio.abandon()
    assert harness.radio.state.link is Link.HOTSPOT


async def test_abandoning_nothing_touches_nothing(harness: RadioHarness) -> None:
    await harness.add_access_point(b"old")
    await join(harness, plan(b"old"))
    await harness.radio.protect(JOINED)
    before = harness.radio.state
    await harness.radio.abandon()
    assert harness.radio.state == before


async def test_the_switch_brings_the_old_network_back(harness: RadioHarness) -> None:
    needs(harness, Capability.SWITCH)
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    old = await join(harness, plan(b"old"))
    await harness.radio.scan()
    await harness.radio.protect(20)
    trial = await begin(harness, plan(b"new"))
    await harness.wait(lambda: trial.ended, JOINED)

    def back() -> bool:
        state = harness.radio.state
        return state.online and state.profile is not None and state.profile.uuid == old

    await harness.wait(back, JOINED * 2)
    assert await find(harness, trial.uuid) is None


async def test_a_released_switch_does_nothing(harness: RadioHarness) -> None:
    needs(harness, Capability.SWITCH)
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    await join(harness, plan(b"old"))
    await harness.radio.protect(30)
    new = await join(harness, plan(b"new"))
    with pytest.raises(TimeoutError):
        await harness.wait(lambda: harness.radio.state.link is not Link.CONNECTED, 40)
    profile = harness.radio.state.profile
    assert profile is not None
    assert profile.uuid == new


async def test_protecting_again_replaces_the_switch(harness: RadioHarness) -> None:
    needs(harness, Capability.SWITCH)
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    await join(harness, plan(b"old"))
    await harness.radio.scan()
    await harness.radio.protect(10)
    await harness.radio.protect(JOINED * 5)
    trial = await begin(harness, plan(b"new"))
    await harness.wait(lambda: trial.ended, JOINED)
    with pytest.raises(TimeoutError):
        await harness.wait(lambda: not harness.radio.state.online, 20)
    assert harness.radio.state.profile is not None
    assert harness.radio.state.profile.uuid == trial.uuid


async def test_releasing_what_is_not_armed_is_harmless(harness: RadioHarness) -> None:
    await harness.radio.release()
    await harness.radio.release()
    assert harness.radio.state.link is Link.DOWN
