"""Small changes of what is known, each the answer to one thing that happened."""

from msgspec.structs import replace

from firstlight.core.mode import Turn
from firstlight.core.recovery.messages import Absolve, Become, Check, Effect, News, Tell
from firstlight.core.recovery.phases import (
    ARRIVAL_SECONDS,
    ATTENDED_SECONDS,
    TYPING_SECONDS,
    Phase,
)
from firstlight.core.recovery.state import Record, State, Trouble
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.status import RecoveryResult

_MOST_GUESTS = 32

Noted = tuple[State, tuple[Effect, ...]]


def lost(network: str) -> str:
    """What a link that is gone is called."""
    return f"The link to {network} was lost." if network else "The link was lost."


def ailing(network: str, what: str) -> str:
    """What a link that leads nowhere is called."""
    return f"{network or 'The network'} is joined, but {what}."


def troubled(state: State, reason: str, now: Moment) -> State:
    """It begins now."""
    return replace(state, streak=1, trouble=Trouble(now.monotonic, reason))


def looking(state: State, *, full: bool) -> Noted:
    """Look behind the link."""
    return state, (Check(state.turn, full or state.settings.require_internet),)


def forgotten(state: State, now: Moment) -> Noted:
    """As new, but for what it is doing; a recovery whose end is not told yet ends here."""
    waiting = state.rising and state.record.last_result is RecoveryResult.REJOIN_FAILED
    effects = (Tell(News.FAILED, "Recovery ended: everything was forgotten."),) if waiting else ()
    state = replace(
        state,
        record=Record(),
        streak=0,
        cooldown_until=now.monotonic,
        failures={},
        frequencies=(),
        scouts=0,
    )
    return state, effects


def absolved(state: State) -> Noted:
    """A network works, so that another did not is over."""
    if not state.blamed:
        return state, ()
    return replace(state, blamed=False), (Absolve(),)


def attended(state: State, now: Moment) -> State:
    """A person is there, and was before, unless that is long ago."""
    return _in_peace(state, now, TYPING_SECONDS)


def arrived(state: State, mac: MacAddress, now: Moment) -> State:
    """Somebody came; who only comes back, as a phone does by itself, does not count.

    Nor does anybody after so many others: addresses can be made up.
    """
    if mac in state.guests or len(state.guests) >= _MOST_GUESTS:
        return state
    state = replace(state, guests=state.guests | {mac})
    return _in_peace(state, now, ARRIVAL_SECONDS)


def _in_peace(state: State, now: Moment, seconds: float) -> State:
    gone_before = now.monotonic > state.attended_until + ATTENDED_SECONDS / 6
    return replace(
        state,
        attended_since=now.monotonic if gone_before else state.attended_since,
        attended_until=max(state.attended_until, now.monotonic + seconds),
    )


def risen(state: State, now: Moment) -> Noted:
    """The hotspot is up, if it was on its way."""
    up = state.view.hotspot is not None
    if state.phase is not Phase.FALLBACK or not state.rising or not up:
        return state, ()
    effects: tuple[Effect, ...] = ()
    if state.record.last_result in {RecoveryResult.REJOIN_FAILED, RecoveryResult.FAILED}:
        state, news = restored(state, now)
        effects = (news,)
    if state.stuck:
        effects = (*effects, Become(Turn.ALONE))
    return replace(state, rising=False, stuck=False), effects


def restored(state: State, now: Moment) -> tuple[State, Tell]:
    """Recovery has ended in the hotspot."""
    state = state.with_record(
        last_result=RecoveryResult.HOTSPOT_RESTORED, last_recovered_at=now.unix_ms
    )
    return state, Tell(News.COMPLETED, "No network could be joined; the hotspot is up.")


def overdue(state: State) -> Noted:
    """The hotspot should be up by now; if it isn't, say so once."""
    if not state.rising or state.stuck or state.view.hotspot is not None:
        return state, ()
    state = replace(state, stuck=True).with_record(last_result=RecoveryResult.FAILED)
    message = "No network could be joined, and the hotspot did not come up."
    return state, (Tell(News.FAILED, message), Become(Turn.STUCK))
