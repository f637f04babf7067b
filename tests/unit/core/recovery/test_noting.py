"""Who is left in peace and for how long, and what is said of a hotspot on its way."""

import itertools

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import (
    BESIDE,
    DOWN,
    GONE,
    HEARING,
    HOTSPOT,
    ONLINE,
    Driven,
    phone,
)

from firstlight.core.mode import Turn
from firstlight.core.recovery import Record
from firstlight.core.recovery.candidates import Failures
from firstlight.core.recovery.messages import (
    Arm,
    Arrived,
    Attended,
    Become,
    Forgotten,
    Freed,
    Held,
    News,
    Saw,
    Stop,
    Tell,
    Triggered,
)
from firstlight.core.recovery.phases import (
    ARRIVAL_SECONDS,
    ATTENDED_SECONDS,
    HOME_SECONDS,
    TYPING_SECONDS,
    Phase,
)
from firstlight.model.attempt import Cause
from firstlight.model.moment import Moment
from firstlight.model.radio import Abilities
from firstlight.model.status import RecoveryResult

HOUR = 3600.0


def leaves(driven: Driven) -> float:
    """Seconds until the device looks for home, with nothing but its own deadlines."""
    began = driven.now
    armed = HOME_SECONDS
    while driven.phase is Phase.FALLBACK:
        driven.expire(armed)
        if driven.phase is Phase.FALLBACK:
            armed = driven.the(Arm).seconds
            assert 0 < armed <= HOME_SECONDS
    return driven.now.since(began)


def test_alone_it_looks_for_home_every_half_minute() -> None:
    assert leaves(Driven().until(Phase.FALLBACK)) == HOME_SECONDS


def test_somebody_who_types_is_left_in_peace() -> None:
    assert leaves(Driven().until(Phase.FALLBACK).take(Attended())) == TYPING_SECONDS


def test_what_somebody_does_counts_from_the_last_time() -> None:
    driven = Driven().until(Phase.FALLBACK).take(Attended()).take(Attended(), after=20)
    assert leaves(driven) == pytest.approx(TYPING_SECONDS)


def test_somebody_who_has_just_come_is_left_in_peace() -> None:
    assert leaves(Driven().until(Phase.FALLBACK).take(Arrived(phone(1)))) == ARRIVAL_SECONDS


def test_coming_after_typing_shortens_nothing() -> None:
    driven = Driven().until(Phase.FALLBACK).take(Attended(), Arrived(phone(1)))
    assert leaves(driven) == TYPING_SECONDS


def test_whoever_only_comes_back_does_not_count() -> None:
    driven = Driven().until(Phase.FALLBACK).take(Arrived(phone(1)))
    assert leaves(driven) == ARRIVAL_SECONDS
    driven.scan().take(Saw(HOTSPOT), Arrived(phone(1)))
    assert leaves(driven) == HOME_SECONDS
    driven.scan().take(Saw(HOTSPOT), Arrived(phone(2)))
    assert leaves(driven) == ARRIVAL_SECONDS


def test_once_the_radio_was_somebody_else_s_everybody_is_new() -> None:
    driven = Driven().until(Phase.FALLBACK).take(Arrived(phone(1)), Held(), Freed(HOTSPOT))
    driven.take(Arrived(phone(1)), after=HOUR)
    assert leaves(driven) == ARRIVAL_SECONDS


def test_after_many_nobody_who_comes_counts_any_more() -> None:
    driven = Driven().until(Phase.FALLBACK)
    for number in range(32):
        before = driven.state.attended_until
        driven.take(Arrived(phone(number)), after=1)
        assert driven.state.attended_until > before
    before = driven.state
    driven.take(Arrived(phone(99)), after=1)
    assert driven.state == before
    assert len(before.guests) == 32


@pytest.mark.parametrize("gap", [1.0, 10.0, 44.0])
def test_made_up_addresses_do_not_keep_the_device_from_home_for_ever(gap: float) -> None:
    driven = Driven().until(Phase.FALLBACK)
    began, due = driven.now, driven.now.monotonic + HOME_SECONDS
    for number in itertools.count():
        driven.take(Arrived(phone(number)), after=gap)
        if driven.now.monotonic >= due:
            driven.expire()
            if driven.phase is not Phase.FALLBACK:
                break
            due = driven.now.monotonic + driven.the(Arm).seconds
    assert driven.now.since(began) <= 32 * gap + ARRIVAL_SECONDS + HOME_SECONDS + gap
    assert driven.now.since(began) <= ATTENDED_SECONDS + HOME_SECONDS + gap


@pytest.mark.parametrize("start", [0.0, 200.0, 299.0, 301.0, 1e6])
@pytest.mark.parametrize("gap", [1.0, 29.0, 59.0])
def test_nobody_keeps_the_device_from_home_for_ever(start: float, gap: float) -> None:
    driven = Driven(now=Moment(start, 0.0)).until(Phase.FALLBACK).take(Attended())
    began, armed = driven.now, driven.now.monotonic + HOME_SECONDS
    while driven.phase is Phase.FALLBACK:
        driven.take(Attended(), after=gap)
        if driven.now.monotonic >= armed:
            driven.expire()
            arms = [one for one in driven.effects if isinstance(one, Arm)]
            armed = driven.now.monotonic + arms[0].seconds
        assert driven.now.since(began) <= ATTENDED_SECONDS + HOME_SECONDS + gap
    assert driven.now.since(began) > ATTENDED_SECONDS - 300


def test_after_one_try_somebody_who_goes_on_is_left_in_peace_again() -> None:
    driven = Driven().until(Phase.FALLBACK).take(Attended())
    while driven.phase is Phase.FALLBACK:
        driven.take(Attended(), after=15).expire(15)
    driven.scan(after=4).take(Saw(HOTSPOT), Attended(), after=2)
    assert driven.state.left_in_peace(driven.now) == TYPING_SECONDS


def test_somebody_who_comes_much_later_is_somebody_new() -> None:
    driven = Driven().take(Freed(replace(HOTSPOT, saved=False)), Attended())
    driven.take(Attended(), after=HOUR)
    assert driven.state.left_in_peace(driven.now) == TYPING_SECONDS


def test_short_breaks_belong_to_one_go() -> None:
    driven = Driven().take(Freed(replace(HOTSPOT, saved=False)), Attended())
    began = driven.now.monotonic
    for _ in range(5):
        driven.take(Attended(), after=TYPING_SECONDS + 200)
    assert driven.state.attended_since == began


def test_somebody_who_comes_while_a_network_is_rehearsed_is_not_cut_off() -> None:
    driven = Driven().until(Phase.REHEARSING).take(Attended(), after=3)
    driven.joined(after=3)
    assert driven.phase is Phase.FALLBACK
    assert leaves(driven) >= TYPING_SECONDS - 3


def test_somebody_who_comes_while_a_hotspot_only_listens_is_not_cut_off() -> None:
    driven = Driven().until(Phase.SCOUTING, HEARING).take(Attended(), after=1)
    assert driven.scan("home", after=1).phase is Phase.FALLBACK


@pytest.mark.parametrize("abilities", [HEARING, BESIDE])
def test_but_not_for_ever(abilities: Abilities) -> None:
    driven = Driven().until(Phase.FALLBACK, abilities)
    began = driven.now
    while driven.phase is not Phase.HOMING:
        driven.take(Attended(), after=10)
        match driven.phase:
            case Phase.SCOUTING:
                driven.scan("home")
            case Phase.REHEARSING:
                driven.joined()
            case _:
                driven.expire()
        assert driven.now.since(began) <= ATTENDED_SECONDS + 2 * HOME_SECONDS + 60


def test_a_person_who_wants_the_hotspot_has_it_for_a_while() -> None:
    assert leaves(Driven().take(Freed(HOTSPOT, 600.0))) == 600


def test_a_network_that_comes_by_itself_is_taken_also_while_somebody_types() -> None:
    driven = Driven().take(Freed(HOTSPOT, 600.0), Attended(), Saw(ONLINE))
    assert driven.phase is Phase.STEADY


@pytest.mark.parametrize("phase", Phase)
def test_when_everything_is_forgotten_nothing_of_before_counts(phase: Phase) -> None:
    driven = Driven(cooldown=60).until(phase).take(Held())
    known = replace(
        driven.state,
        failures={"u": Failures(count=1, until=1e9, cause=Cause.TIMEOUT)},
        frequencies=(2437,),
        scouts=3,
        record=Record(
            last_attempt_at=1,
            last_recovered_at=2,
            last_result=RecoveryResult.REJOIN_FAILED,
            last_reason="The link to home was lost.",
        ),
    )
    driven.state = known
    driven.take(Forgotten())
    assert driven.effects == ()
    assert (driven.state.phase, driven.state.turn) == (known.phase, known.turn)
    assert driven.state.record == Record()
    assert driven.state.cooldown_left(driven.now) == 0
    assert (driven.state.failures, driven.state.frequencies) == ({}, ())
    assert (driven.state.streak, driven.state.scouts) == (0, 0)


def fallen() -> Driven:
    return Driven().until(Phase.LOOKING).scan(after=4)


def test_a_recovery_that_waits_for_its_hotspot_ends_when_everything_is_forgotten() -> None:
    driven = fallen().take(Forgotten())
    assert driven.told() == [News.STARTED, News.FAILED]
    driven.take(Saw(HOTSPOT), after=3)
    assert driven.told() == [News.STARTED, News.FAILED]


def test_a_hotspot_that_comes_up_ends_recovery() -> None:
    driven = fallen().take(Saw(HOTSPOT), after=3)
    assert driven.effects == (
        Tell(News.COMPLETED, "No network could be joined; the hotspot is up."),
    )
    assert driven.state.record.last_result is RecoveryResult.HOTSPOT_RESTORED
    assert driven.state.record.last_recovered_at == driven.now.unix_ms
    assert not driven.state.rising
    assert driven.take(Saw(DOWN), Saw(HOTSPOT)).effects == ()
    assert driven.told() == [News.STARTED, News.COMPLETED]


def test_a_hotspot_that_was_only_restrained_by_a_cooldown_is_no_success() -> None:
    driven = Driven().until(Phase.REJOINING).joined().take(Saw(DOWN)).wear()
    assert driven.take(Saw(HOTSPOT)).effects == ()
    assert driven.state.record.last_result is RecoveryResult.COOLDOWN


def test_a_change_that_has_nothing_to_do_with_it_is_none() -> None:
    driven = fallen().take(Saw(replace(DOWN, network="office")))
    assert (driven.effects, driven.state.rising) == ((), True)


def test_a_hotspot_that_does_not_come_up_is_told_once() -> None:
    driven = fallen().take(Saw(replace(DOWN, maintenance=True))).expire(HOME_SECONDS)
    armed = Arm(driven.state.turn, HOME_SECONDS)
    message = "No network could be joined, and the hotspot did not come up."
    assert driven.effects == (Tell(News.FAILED, message), Become(Turn.STUCK), armed)
    assert driven.state.record.last_result is RecoveryResult.FAILED
    assert driven.expire(HOME_SECONDS).effects == (armed,)


def test_when_it_comes_up_after_all_the_error_is_over() -> None:
    driven = fallen().expire(HOME_SECONDS).scan(after=4).take(Saw(HOTSPOT), after=2)
    assert driven.state.record.last_result is RecoveryResult.HOTSPOT_RESTORED
    assert mode_of(driven) is Turn.ALONE
    assert not driven.state.stuck


def test_a_hotspot_that_is_up_is_not_overdue() -> None:
    driven = fallen().take(Saw(HOTSPOT)).expire(HOME_SECONDS)
    assert News.FAILED not in driven.told()


def mode_of(driven: Driven) -> Turn:
    """What the device's mode turned last."""
    return [one.turn for one in driven.all if isinstance(one, Become)][-1]


def test_as_long_as_the_hotspot_does_not_come_up_the_device_says_so() -> None:
    driven = fallen().expire(HOME_SECONDS)
    assert (driven.phase, mode_of(driven)) == (Phase.SCOUTING, Turn.STUCK)
    for _ in range(3):
        driven.scan(after=4)
        assert (driven.phase, mode_of(driven)) == (Phase.FALLBACK, Turn.STUCK)
        driven.expire(HOME_SECONDS)
    assert driven.told().count(News.FAILED) == 1


def test_a_hotspot_that_does_not_come_up_the_next_time_is_told_again() -> None:
    driven = fallen().expire(HOME_SECONDS).take(Saw(ONLINE)).checked(full=True)
    assert driven.phase is Phase.STEADY
    driven.take(Saw(DOWN), after=HOUR).wear().scan().expire(HOME_SECONDS)
    assert mode_of(driven) is Turn.STUCK
    assert driven.told().count(News.FAILED) == 2


def test_a_radio_that_comes_back_begins_afresh() -> None:
    driven = fallen().expire(HOME_SECONDS).take(Saw(GONE)).take(Saw(DOWN), after=HOUR)
    driven.wear().scan().expire(HOME_SECONDS)
    assert mode_of(driven) is Turn.STUCK
    assert driven.told().count(News.FAILED) == 2


@pytest.mark.parametrize("lead", ["hotspot up", "network by itself"])
def test_every_recovery_that_was_begun_is_ended_in_words(lead: str) -> None:
    if lead == "hotspot up":
        driven = Driven().until(Phase.FALLBACK, BESIDE)
        driven.take(Triggered("Somebody asked for it.")).scan(after=4)
    else:
        driven = fallen().take(Saw(ONLINE), after=1)
    assert driven.told()[-1] is not News.STARTED
    assert driven.state.record.last_result is not RecoveryResult.PENDING


def test_a_hotspot_that_stays_up_throughout_ends_recovery_too() -> None:
    driven = Driven().until(Phase.FALLBACK, BESIDE)
    driven.take(Triggered("Somebody asked for it.")).scan(after=4)
    assert driven.phase is Phase.FALLBACK
    assert driven.state.record.last_result is RecoveryResult.HOTSPOT_RESTORED
    assert Stop() in driven.effects
