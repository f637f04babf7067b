"""Saved profiles, and what a killed process leaves: every adapter of the Radio port."""

import pytest
from tests.contract.harness import Capability, RadioHarness, needs
from tests.contract.joining import (
    HOTSPOT,
    JOINED,
    SOON,
    Heard,
    begin,
    find,
    follow,
    join,
    plan,
    wait_for_link,
)

from firstlight.errors import NotFound
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Availability, Link, LinkReason, LinkStage, RadioChanged


async def test_forgetting_an_unknown_profile_says_so(harness: RadioHarness) -> None:
    with pytest.raises(NotFound):
        await harness.radio.forget("00000000-0000-4000-8000-000000000000")


async def test_forgetting_the_active_profile_leaves_its_network(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    await harness.radio.forget(uuid)
    await wait_for_link(harness, Link.DOWN, SOON)
    assert await find(harness, uuid) is None
    assert harness.radio.state.profile is None


async def test_retiring_removes_older_profiles_of_that_network_only(harness: RadioHarness) -> None:
    for ssid in (b"other", b"net"):
        await harness.add_access_point(ssid)
    other = await join(harness, plan(b"other"))
    older = await join(harness, plan(b"net"))
    newer = await join(harness, plan(b"net"))
    await harness.radio.hotspot_up(HOTSPOT)
    assert len(await harness.radio.retire(newer)) == 1
    left = {profile.uuid: profile for profile in await harness.radio.profiles()}
    assert {other, newer} <= set(left)
    assert older not in left
    assert any(profile.kind is ProfileKind.HOTSPOT for profile in left.values())
    assert await harness.radio.retire(newer) == ()


async def test_settling_with_nothing_left_behind_does_nothing(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    await join(harness, plan(b"net"))
    before = harness.radio.state
    assert await harness.radio.settle() == ()
    assert harness.radio.state == before


async def test_settling_ends_the_trial_of_a_killed_process(harness: RadioHarness) -> None:
    needs(harness, Capability.KILL)
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    old = await join(harness, plan(b"old"))
    await harness.radio.protect(JOINED * 5)
    trial = await follow(harness, plan(b"new"))
    assert trial.stages[-1] is LinkStage.CONNECTED
    await harness.kill()
    left_over = await find(harness, trial.uuid)
    assert left_over is not None
    assert left_over.trial
    done = await harness.radio.settle()
    assert done
    assert all(sentence.endswith(".") for sentence in done)
    assert await find(harness, trial.uuid) is None

    def back() -> bool:
        state = harness.radio.state
        return state.online and state.profile is not None and state.profile.uuid == old

    await harness.wait(back, JOINED)
    assert await harness.radio.settle() == ()


async def test_settling_ends_a_trial_that_nothing_came_before(harness: RadioHarness) -> None:
    needs(harness, Capability.KILL)
    await harness.add_access_point(b"new")
    await harness.radio.protect(JOINED * 5)
    trial = await follow(harness, plan(b"new"))
    await harness.kill()
    assert await harness.radio.settle()
    assert await find(harness, trial.uuid) is None
    await wait_for_link(harness, Link.DOWN, SOON)


async def test_settling_keeps_what_was_promoted_before_the_kill(harness: RadioHarness) -> None:
    needs(harness, Capability.KILL)
    await harness.add_access_point(b"old")
    await harness.add_access_point(b"new")
    await join(harness, plan(b"old"))
    await harness.radio.protect(JOINED * 5)
    trial = await follow(harness, plan(b"new"))
    await harness.radio.promote(trial.uuid)
    await harness.kill()
    await harness.radio.settle()
    saved = await find(harness, trial.uuid)
    assert saved is not None
    assert not saved.trial
    assert harness.radio.state.online


async def test_a_restarted_manager_goes_and_comes_back(harness: RadioHarness) -> None:
    needs(harness, Capability.MANAGER_RESTART)
    await harness.add_access_point(b"net")
    uuid = await join(harness, plan(b"net"))
    events = Heard()
    with harness.radio.subscribe(events):
        await harness.restart_manager()

        def seen() -> list[Availability]:
            return [e.state.availability for e in events.events if isinstance(e, RadioChanged)]

        await harness.wait(lambda: Availability.NO_NETWORK_MANAGER in seen(), JOINED)
        await harness.wait(lambda: seen()[-1] is Availability.READY, JOINED)
    saved = await find(harness, uuid)
    assert saved is not None
    assert saved.ssid == b"net"
    await wait_for_link(harness, Link.CONNECTED)


async def test_a_restarted_manager_ends_a_trial(harness: RadioHarness) -> None:
    needs(harness, Capability.MANAGER_RESTART)
    await harness.add_access_point(b"net")
    await harness.radio.scan()
    trial = await begin(harness, plan(b"net"))
    await harness.restart_manager()
    await harness.wait(lambda: LinkStage.FAILED in trial.stages, JOINED)
    assert trial.reports[-1].reason is LinkReason.MANAGER_GONE
    await harness.wait(lambda: harness.radio.state.availability is Availability.READY, JOINED)
    await harness.radio.settle()
    assert await find(harness, trial.uuid) is None


async def test_a_subscription_ends_exactly(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    inside, after = Heard(), Heard()
    with harness.radio.subscribe(after):
        with harness.radio.subscribe(inside):
            await harness.radio.scan()
            await harness.wait(lambda: bool(inside.events), SOON)
            count = len(inside.events)
        await follow(harness, plan(b"net"))
        await harness.wait(lambda: after.has(RadioChanged), SOON)
    assert len(inside.events) == count


async def test_every_change_of_state_is_told(harness: RadioHarness) -> None:
    await harness.add_access_point(b"net")
    events = Heard()
    with harness.radio.subscribe(events):
        await follow(harness, plan(b"net"))
        states = [event.state for event in events.events if isinstance(event, RadioChanged)]
        await harness.wait(lambda: events.has(RadioChanged), SOON)
        assert states[-1] == harness.radio.state
    links = [state.link for state in states]
    assert Link.JOINING in links
    assert links[-1] is Link.CONNECTED
