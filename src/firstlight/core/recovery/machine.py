"""Takes one event at a time: classify, follow the table, say what to do next."""

from msgspec.structs import replace

from firstlight.core.recovery import noting
from firstlight.core.recovery.entering import entered
from firstlight.core.recovery.messages import (
    Arm,
    Arrived,
    Attended,
    Checked,
    Effect,
    Event,
    Expired,
    Forgotten,
    Freed,
    Held,
    Joined,
    Saw,
    ScanFailed,
    Scanned,
    Triggered,
    View,
)
from firstlight.core.recovery.phases import (
    GRACE_SECONDS,
    HOME_SECONDS,
    PATIENCE_SECONDS,
    TRANSITIONS,
    Phase,
    Signal,
)
from firstlight.core.recovery.searching import after_failure, after_rehearsal, after_search, no_luck
from firstlight.core.recovery.settings import Settings
from firstlight.core.recovery.state import Record, State, Trouble, ailment
from firstlight.model.moment import Moment
from firstlight.model.radio import Connectivity

__all__ = ["State", "begin", "step"]

_SOON = 0.5
"""A shorter wait may pass without the clock moving on."""

_TRYING = frozenset({Phase.REJOINING, Phase.REHEARSING, Phase.HOMING})

Judged = tuple[Signal | None, State, tuple[Effect, ...]]


def begin(settings: Settings, record: Record, *, cooldown: float, now: Moment) -> State:
    """At the start of the process; resting until ``Freed``. ``cooldown``: seconds left of it."""
    return State(
        settings=settings,
        phase=Phase.RESTING,
        record=record,
        held=True,
        cooldown_until=now.monotonic + min(cooldown, settings.cooldown_seconds),
    )


def step(state: State, event: Event, now: Moment) -> tuple[State, tuple[Effect, ...]]:
    """Take one event. Events that came too late to matter change nothing."""
    turn = getattr(event, "turn", state.turn)
    if turn != state.turn:
        return state, ()
    signal, state, effects = _classify(state, event, now)
    if signal is None:
        return state, effects
    before = state.phase
    state = replace(state, phase=TRANSITIONS[before, signal], turn=state.turn + 1)
    state, more = entered(state, before, signal, now)
    return state, (*effects, *more)


def _classify(state: State, event: Event, now: Moment) -> Judged:
    match event:
        case Held():
            state = replace(state, held=True)
            return (Signal.HELD if state.phase is not Phase.RESTING else None), state, ()
        case Freed(view) if state.phase is not Phase.RESTING:
            return _saw(state, view, now)
        case Freed(view, pause, alone):
            until = max(state.pause_until, now.monotonic + pause)
            state = replace(state, held=False, view=view, pause_until=until, guests=frozenset())
            return _found_out(state, alone=alone)
        case Saw(view):
            return _saw(state, view, now)
        case Attended():
            return None, noting.attended(state, now), ()
        case Arrived(mac):
            return None, noting.arrived(state, mac, now), ()
        case Forgotten():
            return None, *noting.forgotten(state, now)
        case Triggered(reason) if (state.phase, Signal.WISHED) in TRANSITIONS:
            state = replace(state, trouble=Trouble(now.monotonic, reason, wished=True))
            return Signal.WISHED, state, ()
        case _:
            return _worked(state, event, now)


def _worked(state: State, event: Event, now: Moment) -> Judged:
    match event:
        case Expired():
            return _expired(state, now)
        case Checked(_, reach, full):
            return _checked(state, ailment(reach, state.settings, full=full), now, full=full)
        case Scanned() if state.phase in {Phase.LOOKING, Phase.SCOUTING}:
            return *after_search(state, event, now), ()
        case ScanFailed() if state.phase in {Phase.LOOKING, Phase.SCOUTING}:
            return *no_luck(state), ()
        case Joined(_, cause) if state.phase in _TRYING:
            if cause is not None:
                return after_failure(state, cause, now)
            if state.phase is Phase.REHEARSING:
                return *after_rehearsal(state, now), ()
            return Signal.PROVEN, state, ()
        case _:
            return None, state, ()


def _found_out(state: State, *, alone: bool = False) -> Judged:
    """What a radio that is free to be looked after is like."""
    view = state.view
    if state.held or not view.ready:
        return None, state, ()
    if view.online:
        return Signal.ONLINE, state, ()
    if alone or view.hotspot is not None or (view.maintenance and not view.saved):
        return Signal.STRANDED, state, ()
    if view.saved:
        return Signal.AILING, state, ()
    return None, state, ()


def _saw(state: State, view: View, now: Moment) -> Judged:
    before = state.view
    state = replace(state, view=view, over_link=state.over_link and view.online)
    if state.phase is Phase.RESTING:
        return _found_out(state)
    if not view.ready:
        return Signal.HELD, state, ()
    match state.phase:
        case Phase.STEADY if view.hotspot is not None:
            return Signal.STRANDED, state, ()
        case Phase.STEADY if not view.online:
            return Signal.AILING, noting.troubled(state, noting.lost(before.network), now), ()
        case Phase.STEADY if _is_news(before, view):
            return None, *noting.looking(state, full=True)
        case Phase.DEGRADED if view.online and not before.online:
            return None, *noting.looking(state, full=True)
        case Phase.DEGRADED if view.hotspot is not None:
            return Signal.STRANDED, state, ()
        case Phase.LOOKING | Phase.SCOUTING | Phase.FALLBACK:
            came = view.online and not before.online
            return (Signal.ONLINE if came else None), *noting.risen(state, now)
        case _:
            return None, state, ()


def _is_news(before: View, view: View) -> bool:
    changed = before.connectivity is not view.connectivity
    return changed and view.connectivity is not Connectivity.UNKNOWN


def _expired(state: State, now: Moment) -> Judged:
    match state.phase:
        case Phase.STEADY:
            full = now.monotonic >= state.internet_due
            return None, *noting.looking(state, full=full)
        case Phase.DEGRADED if state.view.online:
            return None, *noting.looking(state, full=state.settings.require_internet)
        case Phase.DEGRADED:
            return _counted(state, now)
        case Phase.FALLBACK:
            return _home_time(state, now)
        case Phase.LOOKING | Phase.SCOUTING:
            return *no_luck(state), ()
        case _:
            return None, state, ()


def _checked(state: State, trouble: str | None, now: Moment, *, full: bool) -> Judged:
    due = now.monotonic + state.settings.internet_interval_seconds
    state = replace(state, internet_due=due) if full else state
    if state.phase is Phase.STEADY:
        if trouble is not None:
            reason = noting.ailing(state.view.network, trouble)
            return Signal.AILING, noting.troubled(state, reason, now), ()
        state, effects = noting.absolved(state)
        return None, state, (*effects, Arm(state.turn, state.settings.interval_seconds))
    if state.phase is not Phase.DEGRADED:
        return None, state, ()
    if trouble is None:
        return Signal.ONLINE, state, ()
    return _counted(state, now)


def _counted(state: State, now: Moment) -> Judged:
    """One more bad sign: wait on, or is it time to do something?"""
    state = replace(state, streak=min(state.streak + 1, state.settings.threshold))
    since = now.monotonic - state.trouble.since
    impatient = since >= PATIENCE_SECONDS
    wait = state.settings.check_seconds
    again = (
        Arm(state.turn, wait if impatient else min(wait, max(_SOON, PATIENCE_SECONDS - since))),
    )
    if state.streak < state.settings.threshold and not impatient:
        return None, state, again
    if not state.settings.enabled or (state.view.joining and since < GRACE_SECONDS):
        return None, state, again
    if state.view.maintenance:
        return (None, state, again) if state.view.online else (Signal.RESTRAINED, state, ())
    if now.monotonic < state.cooldown_until:
        return Signal.RESTRAINED, state, ()
    return Signal.WORN, state, ()


def _home_time(state: State, now: Moment) -> Judged:
    state, effects = noting.overdue(state)
    wait = max(state.left_in_peace(now), state.pause_until - now.monotonic)
    if wait > 0:
        return None, state, (*effects, Arm(state.turn, min(wait, HOME_SECONDS)))
    if not state.view.saved or state.view.maintenance or not state.settings.enabled:
        return None, state, (*effects, Arm(state.turn, HOME_SECONDS))
    return Signal.DUE, state, effects
