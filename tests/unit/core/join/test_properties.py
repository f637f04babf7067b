"""Whatever happens, in whatever order: the attempt ends, and ends well or as it began."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.join.driving import HOME, LEASE, REQUEST, SECRET, START, Driven, seen

from firstlight.core.join import TRANSITIONS, messages, step
from firstlight.core.join.machine import Join, Policy
from firstlight.core.join.phases import DEADLINES, TRIAL_SECONDS, Phase
from firstlight.errors import Code
from firstlight.model.access_point import Security
from firstlight.model.attempt import AttemptState, StepName
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import LinkReason, LinkReport, LinkStage
from firstlight.model.reach import Internet, Reach

phases = st.sampled_from(Phase)
sightings = st.builds(
    seen,
    st.sampled_from([bytes(HOME), b"else", b"caf\xe9"]),
    security=st.sampled_from(Security),
    frequency=st.sampled_from([2412, 5180, 1]),
    signal=st.integers(0, 100),
    last_seen=st.none() | st.floats(900, 1200),
)
reports = st.builds(
    LinkReport,
    stage=st.sampled_from(LinkStage),
    reason=st.sampled_from(LinkReason),
    ipv4=st.none() | st.just(LEASE),
)
strays = st.one_of(
    st.builds(
        messages.SearchEnded,
        st.lists(sightings, max_size=4).map(tuple),
        st.floats(900, 1200),
    ),
    st.builds(messages.Reported, reports),
    st.builds(
        messages.Looked,
        st.builds(Reach, gateway=st.booleans(), internet=st.sampled_from(Internet)),
    ),
    st.sampled_from(
        [
            messages.Protected(),
            messages.Promoted(),
            messages.Released(),
            messages.Retired(),
            messages.Restored(),
            messages.Cancelled(),
        ]
    ),
    st.builds(messages.EffectFailed, phases, st.sampled_from(Code)),
    st.builds(messages.Expired, phases),
)
happenings = st.lists(st.tuples(strays, st.floats(0, 40)), max_size=30)
attempts = st.builds(
    Driven,
    st.sampled_from([REQUEST, JoinRequest(ssid=HOME), JoinRequest(ssid=HOME, hidden=True)]),
    policy=st.builds(Policy, require_gateway=st.booleans(), require_internet=st.booleans()),
    access_points=st.lists(sightings, max_size=3).map(tuple),
)
# Not only noise: as far as a good course goes, so that the later phases are met, too.
under_way = st.builds(
    lambda driven, phase: driven.until(phase),
    st.builds(Driven, policy=st.builds(Policy, require_internet=st.booleans())),
    st.sampled_from([phase for phase in Phase if phase is not Phase.FAILED]),
)
starts = attempts | under_way

STEPS = list(StepName)
MOVES = {(before, after) for (before, _), after in TRANSITIONS.items()}


def judge(before: Join, after: Join, effects: tuple[messages.Effect, ...]) -> None:
    """What must hold of any step."""
    if after.phase is not before.phase:
        assert (before.phase, after.phase) in MOVES
    if before.attempt.cause is not None:
        assert after.attempt.cause is before.attempt.cause
        assert after.attempt.message == before.attempt.message
    assert after.attempt.steps[: len(before.attempt.steps)] == before.attempt.steps
    if effects:
        armed, *work = effects
        assert isinstance(armed, messages.Arm)
        assert armed.phase is after.phase
        assert 0 <= armed.seconds <= DEADLINES[after.phase]
        assert len(work) <= 1
        assert not any(isinstance(one, messages.Arm) for one in work)
    else:
        assert after.phase is before.phase or after.phase.is_final


@given(starts, happenings)
def test_no_order_of_events_leads_astray(
    driven: Driven, events: list[tuple[messages.Event, float]]
) -> None:
    saved = StepName.SAVED in driven.steps
    for event, after in events:
        before = driven.state
        driven.take(event, after=after)
        judge(before, driven.state, driven.effects)
        saved = saved or StepName.SAVED in driven.steps
        assert not (saved and driven.phase in {Phase.RETURNING, Phase.FAILED})
    names = [STEPS.index(name) for name in driven.steps]
    assert names == sorted(set(names))
    elapsed = [reached.elapsed_ms for reached in driven.attempt.steps]
    assert elapsed == sorted(elapsed)


@given(starts, happenings)
def test_silence_ends_every_attempt(
    driven: Driven, events: list[tuple[messages.Event, float]]
) -> None:
    for event, after in events:
        driven.take(event, after=after)
    for _ in Phase:
        if not driven.phase.is_final:
            driven.take(messages.Expired(driven.phase))
    assert driven.phase.is_final
    told = driven.attempt
    assert told.ended_at is not None
    if driven.phase is Phase.FAILED:
        assert told.state is AttemptState.FAILED
        assert told.cause is not None
        assert told.message
        assert told.hint
        assert Phase.RETURNING in driven.phases
        assert StepName.SAVED not in driven.steps
    else:
        assert told.state is AttemptState.SUCCEEDED
        assert told.cause is None
        assert StepName.SAVED in driven.steps
        assert Phase.PROVING in driven.phases


@given(attempts)
def test_silence_alone_lasts_no_longer_than_promised(driven: Driven) -> None:
    while not driven.phase.is_final:
        armed = driven.effects[0]
        assert isinstance(armed, messages.Arm)
        driven.take(messages.Expired(armed.phase), after=armed.seconds)
    assert driven.now.since(START) <= TRIAL_SECONDS + DEADLINES[Phase.RETURNING]


@given(starts, st.floats(0, 40))
def test_nothing_follows_the_end(driven: Driven, after: float) -> None:
    while not driven.phase.is_final:
        driven.take(messages.Expired(driven.phase))
    ended = driven.state
    for event in (messages.Cancelled(), messages.Restored(), messages.Expired(ended.phase)):
        driven.take(event, after=after)
        assert driven.state == ended
        assert driven.effects == ()


@given(starts, phases, st.sampled_from(Code))
def test_what_comes_too_late_changes_nothing(driven: Driven, stale: Phase, code: Code) -> None:
    if stale is driven.phase:
        return
    for event in (messages.Expired(stale), messages.EffectFailed(stale, code)):
        assert step(driven.state, event, driven.now) == (driven.state, ())


@given(starts, happenings)
def test_the_secret_is_never_told(
    driven: Driven, events: list[tuple[messages.Event, float]]
) -> None:
    for event, after in events:
        driven.take(event, after=after)
        assert SECRET not in f"{driven.state!r} {driven.effects!r}"
        assert SECRET not in msgspec.json.encode(driven.attempt).decode()
