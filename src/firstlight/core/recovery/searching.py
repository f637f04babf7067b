"""From what was heard to the network to be tried next."""

from msgspec.structs import replace

from firstlight.core.recovery.candidates import Approach, approach, failed, in_order, networks
from firstlight.core.recovery.messages import Scanned
from firstlight.core.recovery.phases import (
    AWAY_SECONDS,
    LEAST_SECONDS,
    RECOVERY_SECONDS,
    Phase,
    Signal,
)
from firstlight.core.recovery.state import State
from firstlight.model.attempt import Cause
from firstlight.model.moment import Moment

_MOST_FREQUENCIES = 4

Next = tuple[Signal, State]


def time_left(state: State, now: Moment) -> float:
    """Seconds that are left for trying networks before it is the hotspot's turn."""
    if state.phase in {Phase.LOOKING, Phase.REJOINING}:
        return state.trouble.since + RECOVERY_SECONDS - now.monotonic
    return state.away_since + AWAY_SECONDS - now.monotonic


def after_search(state: State, found: Scanned, now: Moment) -> Next:
    """Choose from what was heard. A network that was out of sight may be tried afresh."""
    candidates = in_order(found.profiles, found.heard, last=state.view.network)
    seen = {one.uuid for one in candidates}
    if state.phase is Phase.SCOUTING:
        failures = {
            uuid: kept
            for uuid, kept in state.failures.items()
            if uuid in seen or (state.narrow and uuid in {one.uuid for one in found.profiles})
        }
        candidates = tuple(
            one
            for one in candidates
            if one.uuid not in failures or failures[one.uuid].until <= now.monotonic
        )
    else:
        failures = {uuid: kept for uuid, kept in state.failures.items() if uuid in seen}
    heard_on = dict.fromkeys(
        [one.frequency for one in candidates if one.frequency] + list(state.frequencies)
    )
    state = replace(
        state,
        queue=candidates,
        current=None,
        failures=failures,
        frequencies=tuple(heard_on)[:_MOST_FREQUENCIES],
        view=replace(state.view, saved=bool(networks(found.profiles))),
    )
    return next_network(state, now)


def after_failure(state: State, cause: Cause, now: Moment) -> Next:
    """Take note of it, and go on to the next."""
    if state.current is not None:
        uuid = state.current.uuid
        noted = failed(state.failures.get(uuid), cause, now.monotonic)
        state = replace(state, failures={**state.failures, uuid: noted})
    return next_network(state, now)


def next_network(state: State, now: Moment) -> Next:
    """The first in the queue, if there is time for it."""
    if not state.queue or time_left(state, now) < LEAST_SECONDS:
        return Signal.EXHAUSTED, replace(state, queue=(), current=None)
    current, *rest = state.queue
    state = replace(state, current=current, queue=tuple(rest))
    if state.phase in {Phase.SCOUTING, Phase.REHEARSING}:
        how = approach(state.view.abilities, state.view.hotspot, current.frequency)
        if how is not Approach.DIRECT:
            return Signal.REHEARSABLE, state
    return Signal.FOUND, state
