"""What is done, and written down, on entering a phase."""

from collections.abc import Callable

from msgspec.structs import replace

from firstlight.core.mode import Turn
from firstlight.core.recovery import noting
from firstlight.core.recovery.candidates import Approach, approach
from firstlight.core.recovery.messages import (
    Arm,
    Become,
    Check,
    Effect,
    News,
    Rehearse,
    Rejoin,
    Scan,
    Stop,
    Tell,
)
from firstlight.core.recovery.phases import (
    HOME_SECONDS,
    REJOIN_SECONDS,
    SCAN_SECONDS,
    Phase,
    Signal,
)
from firstlight.core.recovery.searching import time_left, trying
from firstlight.core.recovery.state import State
from firstlight.model.access_point import channel_of
from firstlight.model.moment import Moment
from firstlight.model.status import RecoveryResult

Entered = tuple[State, tuple[Effect, ...]]


def entered(state: State, before: Phase, signal: Signal, now: Moment) -> Entered:
    """``state`` is in its new phase already."""
    return _ENTER[state.phase](state, before, signal, now)


def _resting(state: State, before: Phase, _signal: Signal, _now: Moment) -> Entered:
    if before in {Phase.LOOKING, Phase.REJOINING}:
        state = state.with_record(last_result=RecoveryResult.FAILED)
        stopped = Tell(
            News.FAILED, "Recovery ended early: the radio was needed for something else."
        )
        return replace(_idle(state), rising=False, stuck=False), (Stop(), stopped)
    return replace(_idle(state), rising=False, stuck=False), (Stop(),)


def _steady(state: State, before: Phase, signal: Signal, now: Moment) -> Entered:
    proven = signal is Signal.PROVEN
    unfinished = state.rising and state.record.last_result in _UNFINISHED
    came_back = proven or before in {Phase.LOOKING, Phase.REJOINING} or unfinished
    effects: tuple[Effect, ...] = (Stop(), Become(Turn.ONLINE))
    if proven:
        state, absolved = noting.absolved(state)
        effects = (*effects, *absolved)
    if came_back:
        name = state.current.name if proven and state.current else state.view.network
        state = state.with_record(
            last_result=RecoveryResult.REJOIN_SUCCEEDED, last_recovered_at=now.unix_ms
        )
        effects = (*effects, Tell(News.COMPLETED, f"Back on {name}."))
    if before in {Phase.LOOKING, Phase.REJOINING}:
        state = _cooling(state, now)
    state = replace(_idle(state), streak=0, failures={}, scouts=0, pause_until=0.0)
    state = replace(state, rising=False, stuck=False)
    if proven or before is Phase.DEGRADED:
        # What lies behind the link has just been looked at.
        return state, (*effects, Arm(state.turn, state.settings.interval_seconds))
    return state, (*effects, Check(state.turn, full=True))


def _degraded(state: State, before: Phase, _signal: Signal, now: Moment) -> Entered:
    if before is Phase.RESTING:
        state = noting.troubled(state, noting.lost(state.view.network), now)
    return state, (Stop(), Arm(state.turn, state.settings.check_seconds))


def _looking(state: State, before: Phase, _signal: Signal, now: Moment) -> Entered:
    found_bad = before is Phase.DEGRADED or not state.trouble.wished
    state = replace(state, over_link=state.view.online and found_bad)
    effects: tuple[Effect, ...] = (Stop(),)
    if state.rising and state.record.last_result in _UNFINISHED:
        effects = (*effects, Tell(News.FAILED, "The hotspot is not up yet; recovery begins anew."))
    state = _cooling(state, now).with_record(
        last_attempt_at=now.unix_ms,
        last_result=RecoveryResult.PENDING,
        last_reason=state.trouble.reason,
    )
    return state, (
        *effects,
        Tell(News.STARTED, state.trouble.reason),
        Arm(state.turn, max(1.0, min(SCAN_SECONDS, time_left(state, now)))),
        Scan(turn=state.turn),
    )


def _joining(state: State, before: Phase, _signal: Signal, now: Moment) -> Entered:
    candidate = trying(state)
    beside = before is Phase.SCOUTING and state.view.hotspot is not None
    if beside or before is Phase.REHEARSING:
        # Up to now the hotspot was there.
        state = replace(state, away_since=now.monotonic, attended_since=now.monotonic)
    seconds = min(REJOIN_SECONDS, time_left(state, now))
    return state, (Rejoin(turn=state.turn, candidate=candidate, seconds=seconds),)


def _rehearsing(state: State, _before: Phase, _signal: Signal, _now: Moment) -> Entered:
    candidate = trying(state)
    how = approach(state.view.abilities, state.view.hotspot, candidate.frequency)
    retuned = how is Approach.RETUNED
    work = Rehearse(
        turn=state.turn,
        candidate=candidate,
        channel=channel_of(candidate.frequency) if retuned else None,
        seconds=REJOIN_SECONDS,
    )
    return state, (work,)


def _fallback(state: State, before: Phase, signal: Signal, now: Moment) -> Entered:
    up = state.view.hotspot is not None
    effects: tuple[Effect, ...] = (Stop(), Become(Turn.STUCK if state.stuck else Turn.ALONE))
    if before in {Phase.LOOKING, Phase.REJOINING}:
        state = _cooling(state, now).with_record(last_result=RecoveryResult.REJOIN_FAILED)
        if up:
            state, news = noting.restored(state, now)
            effects = (*effects, news)
    elif signal is Signal.RESTRAINED:
        state = state.with_record(
            last_result=RecoveryResult.COOLDOWN, last_reason=state.trouble.reason
        )
    state = replace(_idle(state), rising=not up, over_link=state.view.online)
    return state, (*effects, Arm(state.turn, HOME_SECONDS))


def _scouting(state: State, _before: Phase, _signal: Signal, now: Moment) -> Entered:
    state = replace(state, away_since=now.monotonic, scouts=state.scouts + 1)
    if not state.view.abilities.scan_as_hotspot:
        state = replace(state, attended_since=now.monotonic)
    # Mostly a network returns where it was, and one channel takes a moment; but it may have moved.
    narrow = state.frequencies if state.narrow else ()
    return state, (
        Stop(),
        Arm(state.turn, SCAN_SECONDS),
        Scan(turn=state.turn, frequencies=narrow),
    )


_UNFINISHED = frozenset({RecoveryResult.REJOIN_FAILED, RecoveryResult.FAILED})


def _idle(state: State) -> State:
    return replace(state, queue=(), current=None, over_link=False)


def _cooling(state: State, now: Moment) -> State:
    return replace(state, cooldown_until=now.monotonic + state.settings.cooldown_seconds)


_ENTER: dict[Phase, Callable[[State, Phase, Signal, Moment], Entered]] = {
    Phase.RESTING: _resting,
    Phase.STEADY: _steady,
    Phase.DEGRADED: _degraded,
    Phase.LOOKING: _looking,
    Phase.REJOINING: _joining,
    Phase.FALLBACK: _fallback,
    Phase.SCOUTING: _scouting,
    Phase.REHEARSING: _rehearsing,
    Phase.HOMING: _joining,
}
