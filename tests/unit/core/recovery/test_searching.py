"""From what was heard to the network to be tried next, and the time there is for it."""

from itertools import pairwise

import pytest
from tests.unit.core.recovery.driving import (
    BESIDE,
    CHANNEL_1,
    CHANNEL_6,
    CHANNEL_36,
    DEAF,
    DOWN,
    HOTSPOT,
    ONLINE,
    START,
    Driven,
    heard,
    saved,
)

from firstlight.core.recovery.messages import Rehearse, Rejoin, Saw, Scan, ScanFailed, Triggered
from firstlight.core.recovery.phases import (
    AWAY_SECONDS,
    HOME_SECONDS,
    LEAST_SECONDS,
    RECOVERY_SECONDS,
    REJOIN_SECONDS,
    SCAN_SECONDS,
    Phase,
)
from firstlight.model.attempt import Cause
from firstlight.model.radio import Abilities

HOUR = 3600.0
FOUR = ["home", "office", "pier", "cabin"]


def around(driven: Driven, *names: str, after: float = 0.0) -> Driven:
    """All four are saved; these are in sight."""
    return driven.look([saved(name) for name in FOUR], [heard(name) for name in names], after=after)


def test_one_after_the_other_until_the_queue_is_empty() -> None:
    driven = around(Driven().until(Phase.LOOKING), "pier", "home", "office")
    tried = [driven.the(Rejoin).candidate.name]
    while driven.joined(Cause.NETWORK_NOT_FOUND, after=1).phase is Phase.REJOINING:
        tried.append(driven.the(Rejoin).candidate.name)
    assert tried == ["home", "office", "pier"]
    assert driven.phase is Phase.FALLBACK
    assert set(driven.state.failures) == {"uuid-home", "uuid-office", "uuid-pier"}


def test_recovery_has_a_limit_and_the_last_network_only_what_is_left_of_it() -> None:
    driven = Driven().until(Phase.DEGRADED)
    began = driven.now
    around(driven.wear(), *FOUR, after=10)
    given = [driven.the(Rejoin).seconds]
    while driven.joined(Cause.TIMEOUT, after=given[-1]).phase is Phase.REJOINING:
        given.append(driven.the(Rejoin).seconds)
    assert given == [REJOIN_SECONDS, RECOVERY_SECONDS - 20 - REJOIN_SECONDS]
    assert driven.phase is Phase.FALLBACK
    assert driven.now.since(began) == RECOVERY_SECONDS


def test_a_try_to_come_home_has_a_limit_too() -> None:
    driven = Driven().until(Phase.SCOUTING)
    began = driven.now
    around(driven, *FOUR, after=10)
    given = [driven.the(Rejoin).seconds]
    while driven.joined(Cause.TIMEOUT, after=given[-1]).phase is Phase.HOMING:
        given.append(driven.the(Rejoin).seconds)
    assert given == [REJOIN_SECONDS, AWAY_SECONDS - 10 - REJOIN_SECONDS]
    assert driven.now.since(began) == AWAY_SECONDS


@pytest.mark.parametrize(
    ("left", "phase"), [(LEAST_SECONDS, Phase.REJOINING), (LEAST_SECONDS - 0.1, Phase.FALLBACK)]
)
def test_with_too_little_time_no_further_one_is_begun(left: float, phase: Phase) -> None:
    driven = Driven().until(Phase.LOOKING).scan("home", "office")
    spent = driven.now.monotonic - driven.state.trouble.since
    driven.joined(Cause.TIMEOUT, after=RECOVERY_SECONDS - spent - left)
    assert driven.phase is phase
    if phase is Phase.REJOINING:
        assert driven.the(Rejoin).seconds == pytest.approx(left)


def test_no_network_gets_less_than_it_needs_after_it_has_proved_itself() -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE).scan("home", after=SCAN_SECONDS - 1)
    driven.joined(after=driven.the(Rehearse).seconds)
    assert driven.phase is Phase.HOMING
    assert driven.the(Rejoin).seconds == REJOIN_SECONDS


def test_time_beside_the_hotspot_is_not_time_without_it() -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE).scan("home", "office", after=5)
    driven.joined(Cause.TIMEOUT, after=REJOIN_SECONDS)
    driven.joined(after=20)
    assert driven.the(Rejoin).seconds >= LEAST_SECONDS


def test_beside_the_hotspot_there_is_time_for_every_network() -> None:
    driven = around(Driven().until(Phase.SCOUTING, BESIDE), *FOUR, after=10)
    tried = []
    while driven.phase is Phase.REHEARSING:
        tried.append(driven.the(Rehearse).candidate.name)
        driven.joined(Cause.NO_ADDRESS, after=driven.the(Rehearse).seconds)
    assert sorted(tried) == sorted(FOUR)


def failures(driven: Driven) -> dict[str, int]:
    return {uuid: kept.count for uuid, kept in driven.state.failures.items()}


def refused(times: int) -> Driven:
    """Home is in sight, and its password is another now."""
    driven = Driven().until(Phase.SCOUTING)
    while True:
        driven.scan("home", after=2)
        if driven.phase is Phase.HOMING:
            driven.joined(Cause.WRONG_PASSWORD, after=5)
        if failures(driven) == {"uuid-home": times}:
            return driven
        driven.scout()


def looking(driven: Driven, *, narrow: bool) -> Driven:
    """On to the next look for home of that kind; home stays in sight until then."""
    while driven.scout().state.narrow is not narrow:
        driven.scan("home", after=2)
    return driven


def test_what_failed_is_left_alone_for_a_while_when_looking_for_home() -> None:
    driven = Driven().until(Phase.SCOUTING)
    until, tried = 0.0, []
    while driven.now.since(START) < HOUR:
        driven.scan("home", after=2)
        if driven.phase is Phase.HOMING:
            assert driven.now.monotonic >= until
            tried.append(driven.now.monotonic)
            driven.joined(Cause.TIMEOUT, after=10)
            until = driven.state.failures["uuid-home"].until
        driven.scout()
    pauses = [round(after - before) for before, after in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 900
    assert failures(driven) == {"uuid-home": len(tried)}


def test_another_is_tried_meanwhile() -> None:
    driven = refused(3).scout().scan("home", "office")
    assert driven.the(Rejoin).candidate.name == "office"


def test_recovery_itself_tries_everything_again() -> None:
    driven = Driven().until(Phase.SCOUTING).scan("home").joined(Cause.WRONG_PASSWORD)
    driven.take(Triggered("Somebody asked for it.")).scan("home")
    assert (driven.phase, driven.the(Rejoin).candidate.name) == (Phase.REJOINING, "home")
    driven.joined(Cause.WRONG_PASSWORD)
    assert failures(driven) == {"uuid-home": 2}


def test_a_network_that_was_out_of_sight_is_tried_afresh() -> None:
    driven = around(looking(refused(4), narrow=False), after=2)
    assert failures(driven) == {}
    assert driven.scout().scan("home", after=2).phase is Phase.HOMING


def test_a_look_at_known_frequencies_only_does_not_tell_what_is_out_of_sight() -> None:
    driven = around(looking(refused(4), narrow=True), after=2)
    assert failures(driven) == {"uuid-home": 4}
    assert driven.scout().scan("home", after=2).phase is Phase.FALLBACK


@pytest.mark.parametrize("narrow", [True, False])
def test_a_profile_that_was_deleted_is_forgotten_at_any_look(*, narrow: bool) -> None:
    assert failures(looking(refused(4), narrow=narrow).scan("office")) == {}


def test_looks_alternate_between_known_frequencies_and_everywhere() -> None:
    driven = Driven().until(Phase.SCOUTING)
    driven.scan("home", frequency=CHANNEL_36).joined(Cause.TIMEOUT)
    looks = []
    for _ in range(6):
        driven.expire(HOME_SECONDS)
        looks.append(driven.the(Scan).frequencies)
        around(driven.take(Saw(DOWN)), after=2)
    assert looks == [(), (CHANNEL_36,)] * 3


def test_after_a_look_that_failed_the_next_one_is_everywhere() -> None:
    driven = Driven().until(Phase.SCOUTING).scan("home", frequency=CHANNEL_36).joined(None)
    assert driven.state.frequencies == (CHANNEL_36,)
    driven.take(Saw(ONLINE)).take(Saw(DOWN)).wear()
    assert driven.phase is Phase.LOOKING
    driven.take(ScanFailed(driven.state.turn)).take(Saw(HOTSPOT)).expire(HOME_SECONDS)
    assert driven.the(Scan).frequencies == ()


def test_the_latest_frequencies_come_first_and_there_are_only_a_few() -> None:
    driven = Driven().until(Phase.SCOUTING)
    frequencies = [CHANNEL_1, CHANNEL_6, 2462, CHANNEL_36, 5200]
    driven.look(
        [saved(f"net{at}", priority=-at) for at in range(5)],
        [heard(f"net{at}", frequency=frequency) for at, frequency in enumerate(frequencies)],
    )
    assert driven.state.frequencies == tuple(frequencies[:4])
    driven.joined(Cause.TIMEOUT, after=AWAY_SECONDS)
    driven.scout().look([saved("new")], [heard("new", frequency=5200)])
    assert driven.state.frequencies == (5200, CHANNEL_1, CHANNEL_6, 2462)


def test_a_frequency_that_is_not_known_is_not_looked_at() -> None:
    driven = Driven().until(Phase.SCOUTING).scan("home", frequency=0)
    assert driven.state.frequencies == ()


@pytest.mark.parametrize("phase", [Phase.LOOKING, Phase.SCOUTING])
@pytest.mark.parametrize("abilities", [DEAF, BESIDE])
def test_when_no_network_is_saved_any_more_that_is_known_from_then_on(
    phase: Phase, abilities: Abilities
) -> None:
    driven = Driven().until(phase, abilities).look([saved("home", autoconnect=False)], [])
    assert (driven.phase, driven.state.view.saved) == (Phase.FALLBACK, False)
    assert driven.expire(HOME_SECONDS).phase is Phase.FALLBACK


def test_a_rehearsal_that_fails_leads_to_the_next_network() -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE).scan("home", "office")
    driven.joined(Cause.WRONG_PASSWORD, after=4)
    assert (driven.phase, driven.the(Rehearse).candidate.name) == (Phase.REHEARSING, "office")
    assert failures(driven) == {"uuid-home": 1}


@pytest.mark.parametrize("cause", [Cause.UNAVAILABLE, Cause.TIMEOUT])
def test_where_rehearsals_never_work_the_direct_way_is_tried_in_the_end(cause: Cause) -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE)
    began = driven.now
    while driven.now.since(began) < HOUR:
        driven.scan("home", after=2)
        if driven.phase is Phase.HOMING:
            return
        if driven.phase is Phase.REHEARSING:
            driven.joined(cause, after=5)
        assert driven.phase is Phase.FALLBACK
        driven.scout()
    pytest.fail("an hour of rehearsals, and never the thing itself")
