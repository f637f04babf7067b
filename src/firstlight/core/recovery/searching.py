"""From what was heard to the network to be tried next."""

from msgspec.structs import replace

from firstlight.core.causes import WORDS
from firstlight.core.recovery.candidates import (
    Approach,
    Candidate,
    approach,
    failed,
    in_order,
    networks,
)
from firstlight.core.recovery.messages import Blame, Effect, Scanned
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

_PROOFS = frozenset({Cause.NO_GATEWAY, Cause.DNS_FAILURE, Cause.CAPTIVE_PORTAL, Cause.NO_INTERNET})
"""There is a link, and it was found wanting."""

Next = tuple[Signal, State]


def time_left(state: State, now: Moment) -> float:
    """Seconds that are left for trying networks before it is the hotspot's turn."""
    if state.phase in {Phase.LOOKING, Phase.REJOINING}:
        return state.trouble.since + RECOVERY_SECONDS - now.monotonic
    return state.away_since + AWAY_SECONDS - now.monotonic


def trying(state: State) -> Candidate:
    """The network that is being tried. The table leads nowhere without one where it is asked."""
    if state.current is None:
        raise AssertionError(f"nothing to try in {state.phase}")
    return state.current


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


def after_failure(
    state: State, cause: Cause, now: Moment
) -> tuple[Signal, State, tuple[Effect, ...]]:
    """Take note of it, tell what is new about it, and go on to the next."""
    current = trying(state)
    if state.view.online and not state.over_link and cause not in _PROOFS:
        # Somebody else has joined a network meanwhile, or this one came after all.
        return Signal.ONLINE, state, ()
    before = state.failures.get(current.uuid)
    noted = failed(before, cause, now.monotonic)
    state = replace(state, failures={**state.failures, current.uuid: noted})
    known = before is not None and before.cause is cause
    if known or cause is Cause.BUSY:
        return *next_network(state, now), ()
    message = WORDS[cause].message.format(ssid=current.name)
    return *next_network(replace(state, blamed=True), now), (Blame(message),)


def next_network(state: State, now: Moment) -> Next:
    """The first in the queue, if there is time for it."""
    if not state.queue or (_is_away(state) and time_left(state, now) < LEAST_SECONDS):
        return _exhausted(replace(state, queue=(), current=None))
    if not _is_away(state) and state.left_in_peace(now):
        return _exhausted(replace(state, queue=(), current=None))
    current, *rest = state.queue
    state = replace(state, current=current, queue=tuple(rest))
    if state.phase in {Phase.SCOUTING, Phase.REHEARSING}:
        how = approach(state.view.abilities, state.view.hotspot, current.frequency)
        failures = state.failures.get(current.uuid)
        if how is not Approach.DIRECT and not (failures and failures.doubtful):
            return Signal.REHEARSABLE, state
    return Signal.FOUND, state


def after_rehearsal(state: State, now: Moment) -> Next:
    """It went well; but somebody may have come meanwhile."""
    return (Signal.EXHAUSTED if state.left_in_peace(now) else Signal.FOUND), state


def no_luck(state: State) -> Next:
    """The look round could not be done. Where networks are is not known then: the next is wide."""
    return _exhausted(replace(state, frequencies=()))


def _exhausted(state: State) -> Next:
    """A link that only a person found wanting is not given up because nothing else was found."""
    kept = state.phase is Phase.LOOKING and state.view.online and not state.over_link
    return (Signal.ONLINE if kept else Signal.EXHAUSTED), state


def _is_away(state: State) -> bool:
    """Whether trying on costs time in which nobody can reach the device."""
    beside = state.phase in {Phase.SCOUTING, Phase.REHEARSING} and state.view.hotspot is not None
    return not beside
