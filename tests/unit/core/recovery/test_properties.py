"""Whatever happens, in whatever order: the machine keeps its head."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.core.recovery.driving import BESIDE, DEAF, HEARING, Driven, heard, phone, saved

from firstlight.core import recovery
from firstlight.core.recovery import TRANSITIONS, State, messages
from firstlight.core.recovery.messages import View
from firstlight.core.recovery.phases import (
    LEAST_SECONDS,
    REJOIN_SECONDS,
    TYPING_SECONDS,
    USES_RADIO,
    Phase,
)
from firstlight.model.access_point import AccessPoint
from firstlight.model.attempt import Cause
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.model.profile import Profile
from firstlight.model.radio import Connectivity
from firstlight.model.reach import Internet, Reach
from firstlight.model.status import RecoveryLock, RecoveryResult

ROUNDING = 1e-6
NAMES = ["home", "office", "cabin"]
MOVES = {(before, after) for (before, _), after in TRANSITIONS.items()}
JOINS = {Phase.REJOINING, Phase.REHEARSING, Phase.HOMING}

settings = st.builds(
    recovery.Settings,
    enabled=st.sampled_from([True, True, True, False]),
    threshold=st.integers(1, 5),
    cooldown_seconds=st.sampled_from([1.0, 120.0, 3600.0]),
    check_seconds=st.sampled_from([1.0, 5.0, 20.0]),
    require_gateway=st.booleans(),
    require_internet=st.booleans(),
)
links = st.sampled_from(
    [
        {"online": True},
        {"joining": True},
        {"hotspot": 2412},
        {"hotspot": 2437},
        {"hotspot": 0},
        {},
    ]
)
views = st.builds(
    lambda link, fields: View(ready=True, **link, **fields),
    links,
    st.fixed_dictionaries(
        {
            "saved": st.booleans(),
            "maintenance": st.sampled_from([False, False, True]),
            "network": st.sampled_from(["", *NAMES]),
            "connectivity": st.sampled_from(Connectivity),
            "abilities": st.sampled_from([DEAF, HEARING, BESIDE]),
        }
    ),
) | st.builds(View, saved=st.booleans())
profiles = st.lists(
    st.builds(
        lambda name, number, priority, by_itself: saved(
            name, uuid=f"u{number}", priority=priority, autoconnect=by_itself
        ),
        st.sampled_from(NAMES),
        st.integers(0, 4),
        st.integers(-2, 2),
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda one: one.uuid,
)
sightings = st.lists(
    st.builds(
        heard, st.sampled_from(NAMES), frequency=st.sampled_from([0, 2412, 2437, 2484, 5180])
    ),
    max_size=4,
)
reaches = st.builds(Reach, gateway=st.booleans(), internet=st.sampled_from(Internet))
causes = st.none() | st.sampled_from(Cause)

Make = Callable[[int], messages.Event]


def scanned(known: list[Profile], around: list[AccessPoint]) -> Make:
    return lambda turn: messages.Scanned(turn=turn, profiles=tuple(known), heard=tuple(around))


answers: st.SearchStrategy[Make] = st.one_of(
    st.just(messages.Expired),
    st.just(messages.ScanFailed),
    st.builds(scanned, profiles, sightings),
    st.builds(lambda cause: lambda turn: messages.Joined(turn, cause), causes),
    st.builds(
        lambda reach, full: lambda turn: messages.Checked(turn, reach, full),
        reaches,
        st.booleans(),
    ),
)
happenings: st.SearchStrategy[Make] = st.one_of(
    st.builds(lambda view: lambda _: messages.Saw(view), views),
    st.just(lambda _: messages.Held()),
    st.builds(
        lambda view, pause, alone: lambda _: messages.Freed(view, pause, alone),
        views,
        st.sampled_from([0.0, 60.0, 600.0]),
        st.booleans(),
    ),
    st.just(lambda _: messages.Triggered("Somebody asked for it.")),
    st.just(lambda _: messages.Attended()),
    st.just(lambda _: messages.Forgotten()),
    st.builds(lambda number: lambda _: messages.Arrived(phone(number)), st.integers(0, 40)),
)
courses = st.lists(
    st.tuples(answers | happenings, st.sampled_from([0, 0, 0, 1, -1]), st.floats(0, 100)),
    max_size=40,
)
# Not only noise: from every phase on, so that the rarer ones are met, too.
starts = st.builds(
    lambda wished, phase, abilities: Driven(replace(wished, enabled=True)).until(phase, abilities),
    settings,
    st.sampled_from(Phase),
    st.sampled_from([DEAF, HEARING, BESIDE]),
) | st.builds(Driven, settings, cooldown=st.sampled_from([0.0, 0.5, 1.0]))

Course = list[tuple[Make, int, float]]


def take(driven: Driven, course: Course) -> list[tuple[State, messages.Event, State]]:
    """Feed it, and keep every step."""
    steps = []
    for make, distance, after in course:
        event, before = make(driven.state.turn + distance), driven.state
        driven.take(event, after=after)
        steps.append((before, event, driven.state))
        judge_effects(driven.state, driven.effects)
        judge_state(driven.state, driven.now)
    return steps


def judge_effects(state: State, effects: tuple[messages.Effect, ...]) -> None:
    arms = [one for one in effects if isinstance(one, messages.Arm)]
    work = [
        one
        for one in effects
        if isinstance(one, messages.Check | messages.Scan | messages.Rehearse | messages.Rejoin)
    ]
    assert len(arms) <= 1
    assert len(work) <= 1
    assert all(one.turn == state.turn for one in (*arms, *work))
    assert all(one.seconds > 0 for one in arms)
    for one in work:
        if isinstance(one, messages.Rehearse | messages.Rejoin):
            assert LEAST_SECONDS <= one.seconds <= REJOIN_SECONDS
    if state.held:
        assert not arms
        assert not work
    if messages.Stop() in effects:
        stop = effects.index(messages.Stop())
        assert all(effects.index(one) > stop for one in (*arms, *work))


def judge_state(state: State, now: Moment) -> None:
    assert 0.0 <= state.cooldown_left(now) <= state.settings.cooldown_seconds + ROUNDING
    assert 0.0 <= state.left_in_peace(now) <= TYPING_SECONDS + ROUNDING
    assert (state.current is not None) == (state.phase in JOINS)
    assert not (state.held and state.phase is not Phase.RESTING)
    recovering = state.phase in {Phase.LOOKING, Phase.REJOINING}
    assert recovering or state.record.last_result is not RecoveryResult.PENDING
    assert (state.lock(now) is RecoveryLock.RECOVERY) == recovering
    assert recovering <= (state.phase in USES_RADIO)
    assert len(state.guests) <= 32
    assert len(state.frequencies) <= 4


@given(starts, courses)
def test_no_order_of_events_leads_astray(driven: Driven, course: Course) -> None:
    for before, event, after in take(driven, course):
        assert after.turn - before.turn in {0, 1}
        if after.turn == before.turn:
            assert after.phase is before.phase
        else:
            assert (before.phase, after.phase) in MOVES
        if getattr(event, "turn", before.turn) != before.turn:
            assert after == before


@given(starts, courses)
def test_held_means_rest_until_it_is_free(driven: Driven, course: Course) -> None:
    driven.take(messages.Held())
    waiting = [one for one in course if not isinstance(one[0](driven.state.turn), messages.Freed)]
    for _, _, after in take(driven, waiting):
        assert after.phase is Phase.RESTING
        assert after.held


@given(starts, courses)
def test_what_was_begun_is_ended_before_it_is_begun_again(driven: Driven, course: Course) -> None:
    take(driven, course)
    told = driven.told()
    begun = [at for at, news in enumerate(told) if news is messages.News.STARTED]
    assert all(told[at + 1] is not messages.News.STARTED for at in begun if at + 1 < len(told))


@given(starts, courses, st.floats(0, 1e6), st.floats(-1e9, 1e9))
def test_nothing_depends_on_the_wall_clock(
    driven: Driven, course: Course, later: float, jump: float
) -> None:
    other = Driven(driven.state.settings)
    other.state, other.now = driven.state, Moment(driven.now.monotonic, driven.now.wall + jump)
    first, second = take(driven, course), take(other, course)
    dated = {"last_attempt_at": 0, "last_recovered_at": 0}
    assert [after.with_record(**dated) for *_, after in first] == [
        after.with_record(**dated) for *_, after in second
    ]
    now = Moment(driven.now.monotonic + later, 0.0)
    assert driven.state.cooldown_left(now) == other.state.cooldown_left(now)


@given(starts, courses)
def test_the_beginning_after_any_end_is_at_rest_and_nothing_is_pending(
    driven: Driven, course: Course
) -> None:
    take(driven, course)
    kept = recovery.Record.of(kept_of(driven.state))
    again = recovery.begin(driven.state.settings, kept, cooldown=0.0, now=driven.now)
    assert again.phase is Phase.RESTING
    assert again.record.last_result is not RecoveryResult.PENDING
    assert again.record.last_reason == driven.state.record.last_reason


def kept_of(state: State) -> Kept:
    record = state.record
    return Kept(
        last_attempt_at=record.last_attempt_at,
        last_recovered_at=record.last_recovered_at,
        last_result=record.last_result,
        last_reason=record.last_reason,
    )
