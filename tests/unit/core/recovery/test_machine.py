"""From the first sign of trouble to the moment when something is done; and what changes nothing."""

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import (
    ALL_WELL,
    DOWN,
    GONE,
    HOTSPOT,
    NO_GATEWAY,
    NO_INTERNET,
    ONLINE,
    SETTINGS,
    Driven,
    phone,
)

from firstlight.core.mode import Turn
from firstlight.core.recovery.messages import (
    Arm,
    Arrived,
    Attended,
    Become,
    Check,
    Checked,
    Event,
    Expired,
    Freed,
    Held,
    Joined,
    Saw,
    Scan,
    ScanFailed,
    Scanned,
    Stop,
    View,
)
from firstlight.core.recovery.phases import (
    GRACE_SECONDS,
    PATIENCE_SECONDS,
    RECOVERY_SECONDS,
    Phase,
)
from firstlight.core.recovery.settings import Settings
from firstlight.model.attempt import Cause
from firstlight.model.radio import Connectivity
from firstlight.model.status import RecoveryResult

FULL = replace(ONLINE, connectivity=Connectivity.FULL)
LIMITED = replace(ONLINE, connectivity=Connectivity.LIMITED)


def stale(turn: int) -> list[Event]:
    return [
        Expired(turn),
        Checked(turn, NO_GATEWAY, full=True),
        Checked(turn, ALL_WELL, full=True),
        Scanned(turn=turn, profiles=(), heard=()),
        ScanFailed(turn),
        Joined(turn, None),
        Joined(turn, Cause.TIMEOUT),
    ]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("distance", [-1, 1, 1000])
def test_what_belongs_to_another_turn_changes_nothing(phase: Phase, distance: int) -> None:
    driven = Driven().until(phase)
    before = driven.state
    for event in stale(before.turn + distance):
        driven.take(event, after=30)
        assert (driven.state, driven.effects) == (before, ())


def test_the_turn_counts_transitions_and_nothing_else() -> None:
    driven = Driven().until(Phase.STEADY)
    first = driven.state.turn
    driven.checked().expire(30).checked().take(Saw(FULL), Attended(), Arrived(phone(1)))
    assert driven.state.turn == first
    assert driven.take(Saw(DOWN)).state.turn == first + 1


def test_while_the_radio_is_held_nothing_is_done_until_it_is_free() -> None:
    driven = Driven().until(Phase.STEADY).take(Held())
    assert driven.phase is Phase.RESTING
    assert driven.effects == (Stop(),)
    driven.take(Saw(DOWN), Saw(HOTSPOT), Saw(ONLINE), Saw(GONE), Saw(DOWN), Held(), after=100)
    assert driven.phase is Phase.RESTING
    assert driven.all[-1] == Stop()
    assert driven.take(Freed(DOWN)).phase is Phase.DEGRADED


@pytest.mark.parametrize(
    ("view", "alone", "phase"),
    [
        (ONLINE, False, Phase.STEADY),
        (ONLINE, True, Phase.STEADY),
        (DOWN, False, Phase.DEGRADED),
        (DOWN, True, Phase.FALLBACK),
        (HOTSPOT, False, Phase.FALLBACK),
        (replace(HOTSPOT, saved=False), False, Phase.FALLBACK),
        (replace(DOWN, saved=False), True, Phase.FALLBACK),
        (replace(DOWN, saved=False), False, Phase.RESTING),
        (replace(DOWN, saved=False, maintenance=True), False, Phase.FALLBACK),
        (GONE, True, Phase.RESTING),
    ],
)
def test_what_a_free_radio_is_like(view: View, phase: Phase, *, alone: bool) -> None:
    assert Driven().take(Freed(view, alone=alone)).phase is phase


def test_a_radio_that_comes_late_is_met_when_it_comes() -> None:
    driven = Driven().take(Freed(GONE))
    assert driven.take(Saw(ONLINE)).phase is Phase.STEADY
    driven.take(Saw(GONE)).take(Saw(DOWN))
    assert driven.phase is Phase.DEGRADED
    assert driven.state.streak == 1


def test_a_steady_link_is_looked_behind_in_turns() -> None:
    driven = Driven().until(Phase.STEADY)
    turn = driven.state.turn
    assert driven.effects == (Stop(), Become(Turn.ONLINE), Check(turn, full=True))
    assert driven.checked(full=True).effects == (Arm(turn, 30.0),)
    looks = []
    for _ in range(20):
        looks.append(driven.expire(30).the(Check).full)
        driven.checked(full=looks[-1])
    assert looks == ([False] * 9 + [True]) * 2


def test_a_link_that_must_give_the_internet_is_looked_behind_as_far_as_that() -> None:
    driven = Driven(replace(SETTINGS, require_internet=True)).until(Phase.STEADY).checked(full=True)
    assert driven.expire(30).the(Check).full
    driven.checked(NO_INTERNET, full=True)
    assert driven.phase is Phase.DEGRADED
    assert driven.state.trouble.reason.endswith("the internet can't be reached through it.")
    driven.expire(5)
    assert driven.the(Check).full
    assert driven.checked(ALL_WELL, full=True).phase is Phase.STEADY


def test_without_internet_a_link_is_good_enough_where_it_need_not_be() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_INTERNET, full=True)
    assert driven.phase is Phase.STEADY


@pytest.mark.parametrize(
    ("before", "after", "looks"),
    [
        (ONLINE, FULL, True),
        (FULL, LIMITED, True),
        (FULL, FULL, False),
        (FULL, ONLINE, False),
        (FULL, replace(FULL, network="office"), False),
    ],
)
def test_networkmanager_s_own_check_is_a_hint_to_look(
    before: View, after: View, *, looks: bool
) -> None:
    driven = Driven().take(Freed(before), Saw(after))
    assert driven.effects == ((Check(driven.state.turn, full=True),) if looks else ())


def test_a_link_that_is_lost_is_counted_and_something_done_at_the_threshold() -> None:
    driven = Driven().until(Phase.STEADY).take(Saw(DOWN))
    assert driven.state.streak == 1
    assert driven.state.trouble.reason == "The link to home was lost."
    assert driven.effects == (Stop(), Arm(driven.state.turn, 5.0))
    driven.expire(5)
    assert (driven.phase, driven.state.streak) == (Phase.DEGRADED, 2)
    assert driven.effects == (Arm(driven.state.turn, 5.0),)
    driven.expire(5)
    assert (driven.phase, driven.state.streak) == (Phase.LOOKING, 3)


def test_a_gateway_that_is_silent_is_counted_likewise() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_GATEWAY, full=True)
    assert driven.state.trouble.reason == "home is joined, but its gateway does not answer."
    driven.expire(5)
    assert driven.effects == (Check(driven.state.turn, full=False),)
    driven.checked(NO_GATEWAY)
    assert driven.effects == (Arm(driven.state.turn, 5.0),)
    driven.expire(5).checked(NO_GATEWAY)
    assert driven.phase is Phase.LOOKING


def test_trouble_without_a_name_is_told_nevertheless() -> None:
    nameless = replace(ONLINE, network="")
    driven = Driven().take(Freed(nameless)).checked(NO_GATEWAY)
    assert driven.state.trouble.reason == "The network is joined, but its gateway does not answer."
    driven = Driven().take(Freed(nameless), Saw(replace(DOWN, network="")))
    assert driven.state.trouble.reason == "The link was lost."


def test_a_link_that_comes_back_by_itself_is_looked_behind_and_that_is_all() -> None:
    driven = Driven().until(Phase.DEGRADED).take(Saw(ONLINE), after=3)
    assert (driven.phase, driven.the(Check).full) == (Phase.DEGRADED, True)
    driven.checked(full=True)
    assert (driven.phase, driven.state.streak) == (Phase.STEADY, 0)
    assert driven.effects == (Stop(), Become(Turn.ONLINE), Arm(driven.state.turn, 30.0))
    assert driven.state.record.last_result is RecoveryResult.IDLE
    assert driven.state.cooldown_left(driven.now) == 0


def test_a_link_that_comes_back_and_leads_nowhere_counts_on() -> None:
    driven = Driven().until(Phase.DEGRADED).take(Saw(ONLINE)).checked(NO_GATEWAY)
    assert (driven.phase, driven.state.streak) == (Phase.DEGRADED, 2)


def test_the_same_link_seen_twice_is_looked_behind_once() -> None:
    driven = Driven().until(Phase.DEGRADED).take(Saw(ONLINE), Saw(LIMITED))
    assert driven.effects == ()


JOINING = replace(DOWN, joining=True)


def test_networkmanager_s_own_try_is_left_alone_for_a_while() -> None:
    driven = Driven().until(Phase.DEGRADED).take(Saw(JOINING))
    began = driven.now
    while driven.phase is Phase.DEGRADED:
        driven.expire(5)
    assert driven.now.since(began) == GRACE_SECONDS


def test_once_its_try_is_over_nothing_is_waited_for() -> None:
    driven = Driven().until(Phase.DEGRADED).take(Saw(JOINING)).expire(5).expire(5)
    assert driven.phase is Phase.DEGRADED
    assert driven.take(Saw(DOWN)).expire(5).phase is Phase.LOOKING


@pytest.mark.parametrize("check_seconds", [1.0, 5.0, 7.0, 20.0])
@pytest.mark.parametrize("look", [0.1, 6.0, 10.0])
def test_however_slowly_it_is_counted_it_is_the_hotspot_s_turn_in_time(
    check_seconds: float, look: float
) -> None:
    """A silent gateway is found late already; from then on there is no time to lose."""
    settings = replace(SETTINGS, threshold=100, check_seconds=check_seconds)
    driven = Driven(settings).until(Phase.STEADY).checked(NO_GATEWAY)
    began = driven.now
    while driven.phase is Phase.DEGRADED:
        armed = [one.seconds for one in driven.effects if isinstance(one, Arm)]
        driven.expire(armed[0]).checked(NO_GATEWAY, after=look)
    assert driven.phase is Phase.LOOKING
    driven.expire(driven.the(Arm).seconds)
    assert driven.phase is Phase.FALLBACK
    assert driven.now.since(began) <= RECOVERY_SECONDS


@pytest.mark.parametrize("joining", [True, False])
def test_patience_ends_whatever_the_threshold_says(*, joining: bool) -> None:
    driven = Driven(replace(SETTINGS, threshold=100)).until(Phase.DEGRADED)
    driven.take(Saw(replace(DOWN, joining=joining)))
    began = driven.now
    while driven.phase is Phase.DEGRADED:
        driven.expire(5)
    assert driven.now.since(began) == PATIENCE_SECONDS


def test_switched_off_it_only_watches() -> None:
    driven = Driven(replace(SETTINGS, enabled=False)).until(Phase.DEGRADED)
    for _ in range(100):
        assert driven.expire(5).effects == (Arm(driven.state.turn, 5.0),)
    assert driven.take(Saw(ONLINE)).checked().phase is Phase.STEADY


@pytest.mark.parametrize(
    ("settings", "view"),
    [
        (replace(SETTINGS, enabled=False), DOWN),
        (replace(SETTINGS, enabled=False), ONLINE),
        (SETTINGS, replace(ONLINE, maintenance=True)),
    ],
)
def test_what_is_only_watched_is_counted_no_further_than_it_matters(
    settings: Settings, view: View
) -> None:
    """Every count is written to the disk."""
    driven = Driven(settings).take(Freed(replace(view, online=True))).checked(NO_GATEWAY)
    driven.take(Saw(view))
    for _ in range(50):
        driven.expire(5)
        if view.online:
            driven.checked(NO_GATEWAY)
    assert (driven.phase, driven.state.streak) == (Phase.DEGRADED, settings.threshold)


def test_switched_off_it_does_not_look_for_home_either() -> None:
    driven = Driven(replace(SETTINGS, enabled=False)).until(Phase.FALLBACK)
    for _ in range(100):
        driven.expire(30)
        assert driven.phase is Phase.FALLBACK


def test_in_maintenance_a_link_that_leads_nowhere_is_only_watched() -> None:
    driven = Driven().take(Freed(replace(ONLINE, maintenance=True)))
    for _ in range(100):
        if driven.phase is Phase.DEGRADED:
            driven.expire(5)
        driven.checked(NO_GATEWAY)
        assert driven.phase is Phase.DEGRADED
    assert driven.checked().phase is Phase.STEADY


def test_in_maintenance_a_link_that_is_lost_leads_to_the_hotspot_and_there_it_stays() -> None:
    quiet = replace(DOWN, maintenance=True)
    driven = Driven().until(Phase.STEADY).take(Saw(quiet)).expire(5).expire(5)
    assert driven.phase is Phase.FALLBACK
    for _ in range(100):
        assert driven.expire(30).phase is Phase.FALLBACK
    driven.take(Saw(DOWN)).expire(30)
    assert driven.phase is Phase.SCOUTING


def test_while_cooling_down_it_is_the_hotspot_s_turn_at_once() -> None:
    driven = Driven().until(Phase.REJOINING).joined()
    driven.take(Saw(DOWN), after=60).expire(5).expire(5)
    assert driven.phase is Phase.FALLBACK
    record = driven.state.record
    assert record.last_result is RecoveryResult.COOLDOWN
    assert record.last_reason == "The link to home was lost."


@pytest.mark.parametrize(("late", "phase"), [(0.0, Phase.LOOKING), (-0.1, Phase.FALLBACK)])
def test_the_cooldown_holds_to_its_last_moment(late: float, phase: Phase) -> None:
    driven = Driven().until(Phase.REJOINING).joined().take(Saw(DOWN), after=60).expire(5)
    rest = driven.state.cooldown_left(driven.now)
    assert driven.expire(rest + late).phase is phase


@pytest.mark.parametrize("before", [Phase.LOOKING, Phase.SCOUTING, Phase.FALLBACK])
def test_a_link_that_comes_by_itself_is_taken(before: Phase) -> None:
    driven = Driven().until(before).take(Saw(ONLINE))
    assert driven.phase is Phase.STEADY
    assert driven.the(Check).full


def test_a_bad_link_that_is_still_there_is_not_one_that_came() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_GATEWAY)
    for _ in range(2):
        driven.expire(5).checked(NO_GATEWAY)
    assert driven.take(Saw(LIMITED)).phase is Phase.LOOKING
    driven.scan()
    assert driven.take(Saw(ONLINE)).phase is Phase.FALLBACK


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.REHEARSING, Phase.HOMING])
def test_a_link_under_proof_is_not_taken_before_its_proof(phase: Phase) -> None:
    driven = Driven().until(phase).take(Saw(ONLINE))
    assert (driven.phase, driven.effects) == (phase, ())


@pytest.mark.parametrize("phase", [Phase.LOOKING, Phase.SCOUTING])
def test_a_look_round_that_says_nothing_ends_in_time(phase: Phase) -> None:
    driven = Driven().until(phase)
    begun = [one for one in driven.all if isinstance(one, Scan | Arm)][-2:]
    assert {type(one) for one in begun} == {Scan, Arm}
    assert driven.expire(20).phase is Phase.FALLBACK


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.REHEARSING, Phase.HOMING])
def test_a_deadline_of_the_same_turn_changes_nothing_where_none_was_set(phase: Phase) -> None:
    driven = Driven().until(phase)
    before = driven.state
    assert driven.expire().state == before


@pytest.mark.parametrize("phase", [Phase.LOOKING, Phase.FALLBACK, Phase.RESTING])
def test_a_look_behind_the_link_means_nothing_where_none_was_asked_for(phase: Phase) -> None:
    driven = Driven().until(phase)
    assert driven.checked(NO_GATEWAY).phase is phase
    assert driven.effects == ()


@pytest.mark.parametrize("phase", [Phase.STEADY, Phase.FALLBACK, Phase.REJOINING])
def test_a_look_round_means_nothing_where_none_was_asked_for(phase: Phase) -> None:
    driven = Driven().until(phase)
    before = driven.state
    assert driven.scan("home").state == before
    assert driven.take(ScanFailed(before.turn)).state == before
