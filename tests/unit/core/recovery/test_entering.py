"""What is done, told and written down on entering a phase."""

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import (
    BESIDE,
    CHANNEL_1,
    CHANNEL_36,
    DEAF,
    DOWN,
    HEARING,
    HOTSPOT,
    NO_GATEWAY,
    ONLINE,
    Driven,
    heard,
    saved,
)

from firstlight.core.mode import Turn
from firstlight.core.recovery.entering import entered
from firstlight.core.recovery.messages import (
    Arm,
    Become,
    Check,
    Freed,
    Held,
    News,
    Rehearse,
    Rejoin,
    Saw,
    Scan,
    ScanFailed,
    Stop,
    Tell,
    Triggered,
)
from firstlight.core.recovery.phases import (
    HOME_SECONDS,
    REJOIN_SECONDS,
    SCAN_SECONDS,
    Phase,
    Signal,
)
from firstlight.model.attempt import Cause
from firstlight.model.radio import Abilities
from firstlight.model.status import RecoveryResult


@pytest.mark.parametrize("phase", [Phase.LOOKING, Phase.REJOINING])
def test_recovery_that_has_to_give_way_has_failed(phase: Phase) -> None:
    driven = Driven().until(phase).take(Held())
    assert driven.effects[0] == Stop()
    assert driven.the(Tell).news is News.FAILED
    assert driven.state.record.last_result is RecoveryResult.FAILED
    assert (driven.state.queue, driven.state.current) == ((), None)


@pytest.mark.parametrize(
    "phase", [Phase.STEADY, Phase.DEGRADED, Phase.FALLBACK, Phase.SCOUTING, Phase.HOMING]
)
def test_whatever_else_gives_way_quietly(phase: Phase) -> None:
    driven = Driven().until(phase)
    record = driven.state.record
    assert driven.take(Held()).effects == (Stop(),)
    assert driven.state.record == record


def test_looking_begins_with_a_word_and_a_cooldown() -> None:
    driven = Driven().until(Phase.LOOKING)
    state = driven.state
    assert driven.effects == (
        Stop(),
        Tell(News.STARTED, "The link to home was lost."),
        Arm(state.turn, SCAN_SECONDS),
        Scan(turn=state.turn),
    )
    assert state.record.last_attempt_at == driven.now.unix_ms
    assert state.record.last_result is RecoveryResult.PENDING
    assert state.record.last_reason == "The link to home was lost."
    assert state.cooldown_left(driven.now) == 120


def test_a_network_that_is_joined_again() -> None:
    driven = Driven().until(Phase.REJOINING)
    rejoin = driven.the(Rejoin)
    assert (rejoin.turn, rejoin.seconds) == (driven.state.turn, REJOIN_SECONDS)
    assert (rejoin.candidate.name, rejoin.candidate.uuid) == ("home", "uuid-home")
    driven.joined(after=6)
    state = driven.state
    assert driven.effects == (
        Stop(),
        Become(Turn.ONLINE),
        Tell(News.COMPLETED, "Back on home."),
        Arm(state.turn, 30.0),
    )
    assert state.record.last_result is RecoveryResult.REJOIN_SUCCEEDED
    assert state.record.last_recovered_at == driven.now.unix_ms
    assert state.cooldown_left(driven.now) == 120
    assert (state.streak, state.current) == (0, None)
    assert driven.told() == [News.STARTED, News.COMPLETED]


def test_the_name_that_is_told_is_that_of_the_network_joined() -> None:
    driven = Driven().until(Phase.LOOKING).scan("office").joined()
    assert driven.the(Tell).message == "Back on office."


def test_a_network_that_comes_while_it_is_looked_for() -> None:
    driven = Driven().until(Phase.LOOKING).take(Saw(ONLINE), after=2)
    assert driven.the(Tell) == Tell(News.COMPLETED, "Back on home.")
    assert driven.the(Check).full
    assert driven.state.record.last_result is RecoveryResult.REJOIN_SUCCEEDED
    assert driven.state.cooldown_left(driven.now) == 120


def test_home_from_the_hotspot_is_good_news_and_no_recovery_that_would_cool_down() -> None:
    driven = Driven().until(Phase.HOMING).joined(after=4)
    assert driven.the(Tell) == Tell(News.COMPLETED, "Back on home.")
    assert driven.state.record.last_result is RecoveryResult.REJOIN_SUCCEEDED
    assert driven.state.cooldown_left(driven.now) == 0


@pytest.mark.parametrize("before", [Phase.RESTING, Phase.FALLBACK, Phase.SCOUTING])
def test_a_network_that_is_simply_there_is_no_news(before: Phase) -> None:
    driven = Driven().until(before).take(Freed(ONLINE) if before is Phase.RESTING else Saw(ONLINE))
    assert driven.phase is Phase.STEADY
    assert driven.told() == []
    assert driven.effects == (Stop(), Become(Turn.ONLINE), Check(driven.state.turn, full=True))
    assert driven.state.cooldown_left(driven.now) == 0


def test_home_again_failures_are_forgotten() -> None:
    driven = Driven().until(Phase.SCOUTING).scan("home", "office").joined(Cause.NO_ADDRESS)
    assert list(driven.state.failures) == ["uuid-home"]
    driven.joined()
    assert (driven.phase, driven.state.failures, driven.state.scouts) == (Phase.STEADY, {}, 0)


@pytest.mark.parametrize("lead", ["nothing in sight", "no answer", "nothing could be joined"])
def test_when_nothing_helps_it_is_the_hotspot_s_turn(lead: str) -> None:
    driven = Driven().until(Phase.LOOKING)
    match lead:
        case "nothing in sight":
            driven.scan(after=4)
        case "no answer":
            driven.expire(SCAN_SECONDS)
        case _:
            driven.scan("home", after=4).joined(Cause.WRONG_PASSWORD, after=9)
    state = driven.state
    assert driven.effects[-3:] == (Stop(), Become(Turn.ALONE), Arm(state.turn, HOME_SECONDS))
    assert state.record.last_result is RecoveryResult.REJOIN_FAILED
    assert state.cooldown_left(driven.now) == 120
    assert state.rising


def test_at_the_start_the_hotspot_s_turn_is_no_result() -> None:
    driven = Driven().take(Freed(DOWN, alone=True))
    assert driven.effects == (Stop(), Become(Turn.ALONE), Arm(driven.state.turn, HOME_SECONDS))
    assert driven.state.record.last_result is RecoveryResult.IDLE
    assert driven.state.cooldown_left(driven.now) == 0


def test_from_rest_trouble_begins_now() -> None:
    driven = Driven().take(Freed(DOWN), after=7)
    assert driven.state.trouble.since == driven.now.monotonic
    assert driven.state.trouble.reason == "The link to home was lost."


def test_a_look_for_home_without_a_place_to_look_at_first_is_everywhere() -> None:
    driven = Driven().until(Phase.FALLBACK).expire(HOME_SECONDS)
    turn = driven.state.turn
    assert driven.effects == (Stop(), Arm(turn, SCAN_SECONDS), Scan(turn=turn))


def rehearsed(abilities: Abilities, *, up_on: int, target: int) -> Driven:
    hotspot = replace(HOTSPOT, abilities=abilities, hotspot=up_on)
    driven = Driven().take(Freed(hotspot)).expire(HOME_SECONDS)
    return driven.look([saved("home")], [heard("home", frequency=target)], after=3)


def test_beside_the_hotspot_on_its_own_channel() -> None:
    driven = rehearsed(BESIDE, up_on=CHANNEL_1, target=CHANNEL_1)
    work = driven.the(Rehearse)
    assert (work.turn, work.channel, work.seconds) == (driven.state.turn, None, REJOIN_SECONDS)
    assert work.candidate.name == "home"


def test_beside_the_hotspot_after_it_has_moved() -> None:
    assert rehearsed(BESIDE, up_on=CHANNEL_1, target=2462).the(Rehearse).channel == 11


def test_beside_the_hotspot_on_any_channel_where_the_radio_can() -> None:
    free = replace(BESIDE, one_channel=False)
    assert rehearsed(free, up_on=CHANNEL_1, target=CHANNEL_36).the(Rehearse).channel is None


@pytest.mark.parametrize(
    ("abilities", "target"), [(BESIDE, CHANNEL_36), (HEARING, CHANNEL_1), (DEAF, CHANNEL_1)]
)
def test_otherwise_the_hotspot_goes_down_for_it(abilities: Abilities, target: int) -> None:
    driven = rehearsed(abilities, up_on=CHANNEL_1, target=target)
    assert (driven.phase, driven.the(Rejoin).candidate.name) == (Phase.HOMING, "home")


def test_what_has_proved_itself_beside_the_hotspot_is_joined() -> None:
    driven = Driven().until(Phase.REHEARSING)
    candidate = driven.the(Rehearse).candidate
    driven.joined(after=5)
    assert driven.phase is Phase.HOMING
    assert driven.the(Rejoin).candidate == candidate
    assert driven.joined(after=5).phase is Phase.STEADY


def test_a_person_who_asks_for_it_gets_the_direct_way() -> None:
    driven = Driven().until(Phase.FALLBACK, BESIDE).take(Triggered("Somebody asked for it."))
    assert driven.scan("home").phase is Phase.REJOINING


@pytest.mark.parametrize("lead", ["no answer", "no luck", "out of sight"])
def test_a_link_that_works_is_not_given_up_because_nothing_was_heard(lead: str) -> None:
    driven = Driven().until(Phase.STEADY).checked(full=True)
    driven.take(Triggered("Somebody asked for it."))
    match lead:
        case "no answer":
            driven.expire(SCAN_SECONDS)
        case "no luck":
            driven.take(ScanFailed(driven.state.turn))
        case _:
            driven.scan()
    assert driven.phase is Phase.STEADY
    assert driven.the(Check).full


def test_a_link_that_leads_nowhere_is_given_up_for_the_hotspot() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_GATEWAY)
    for _ in range(2):
        driven.expire(5).checked(NO_GATEWAY)
    driven.scan("home").take(Saw(DOWN), Saw(ONLINE)).joined(Cause.NO_GATEWAY)
    assert (driven.phase, driven.state.over_link) == (Phase.FALLBACK, True)
    assert not driven.take(Saw(DOWN)).state.over_link
    assert not driven.take(Saw(HOTSPOT)).state.over_link


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.REHEARSING, Phase.HOMING])
def test_a_network_that_somebody_else_has_joined_meanwhile_is_not_given_up(phase: Phase) -> None:
    driven = Driven().until(phase).take(Saw(replace(ONLINE, network="office")))
    driven.joined(Cause.BUSY)
    assert driven.phase is Phase.STEADY
    assert not driven.state.over_link


@pytest.mark.parametrize("phase", [Phase.REJOINING, Phase.REHEARSING, Phase.HOMING])
def test_a_join_of_nothing_is_a_fault_and_loud(phase: Phase) -> None:
    driven = Driven().until(phase)
    nothing = replace(driven.state, current=None)
    with pytest.raises(AssertionError, match=f"nothing to try in {phase}"):
        entered(nothing, Phase.SCOUTING, Signal.FOUND, driven.now)


def test_a_link_that_was_found_bad_and_never_left_is_no_success() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_GATEWAY)
    for _ in range(2):
        driven.expire(5).checked(NO_GATEWAY)
    driven.scan("home").joined(Cause.UNAVAILABLE)
    assert News.COMPLETED not in driven.told()
    assert driven.state.record.last_result is not RecoveryResult.REJOIN_SUCCEEDED


def test_a_person_who_asks_for_it_makes_a_bad_link_no_better() -> None:
    driven = Driven().until(Phase.STEADY).checked(NO_GATEWAY)
    driven.take(Triggered("Somebody asked for it."))
    driven.take(ScanFailed(driven.state.turn))
    assert News.COMPLETED not in driven.told()


def test_recovery_that_is_begun_anew_while_the_hotspot_is_on_its_way_ends_the_one_before() -> None:
    driven = Driven().until(Phase.LOOKING).scan(after=4)
    assert (driven.phase, driven.state.rising) == (Phase.FALLBACK, True)
    driven.take(Triggered("Somebody asked for it."), after=1)
    assert driven.phase is Phase.LOOKING
    assert driven.told() == [News.STARTED, News.FAILED, News.STARTED]
