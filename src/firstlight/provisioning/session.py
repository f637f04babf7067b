"""Provisioning Mode as one machine: takes an event at a time, and says what to do next.

The mode is on for as long as it must be and no longer: a station that nobody registered, five bad
nonces in a row, the end of its time, or a wish end it, and with it goes all that it knew.
"""

from msgspec.structs import replace

from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.provisioning_mode import ModeEnd, Progress
from firstlight.provisioning.ends import WORDS
from firstlight.provisioning.messages import (
    Arm,
    Configured,
    Effect,
    Event,
    Expired,
    Failed,
    Joined,
    Known,
    Left,
    Load,
    Loaded,
    Lower,
    Lowered,
    News,
    Raise,
    Raised,
    Survey,
    Surveyed,
    Tell,
    Unwished,
    Wished,
)
from firstlight.provisioning.phases import TRANSITIONS, Phase, Signal
from firstlight.provisioning.state import MOST_DEVICES, Device, End, State

ON_THE_AIR = frozenset({Phase.RAISING, Phase.ACTIVE})
"""In these a station may join; the first may be here before we hear that the SoftAP is up."""

ENDABLE = frozenset({Phase.LOADING, Phase.SURVEYING, Phase.RAISING, Phase.ACTIVE})

Stepped = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, now: Moment) -> Stepped:
    """Take one event. Events that came too late to matter change nothing."""
    if getattr(event, "turn", state.turn) != state.turn:
        return state, ()
    match event:
        case Wished(plan) if state.phase is Phase.OFF:
            return _begun(replace(state, plan=plan))
        case Loaded(_, allowlist, shown) if state.phase is Phase.LOADING:
            state = _moved(replace(state, allowlist=allowlist, shown=shown), Signal.LOADED)
            return state, (Survey(state.turn),)
        case Surveyed(_, others) if state.phase is Phase.SURVEYING:
            return _surveyed(state, others, now)
        case Raised(_, softap) if state.phase is Phase.RAISING:
            return _raised(replace(state, softap=softap), now)
        case Lowered() if state.phase is Phase.STOPPING:
            tell = Tell(News.DOWN, "The SoftAP is down; nothing is handed out any more.")
            return _moved(state, Signal.LOWERED), (tell,)
        case Expired() if state.phase is Phase.ACTIVE:
            return ended(state, End(reason=ModeEnd.EXPIRED, message="", at=now.unix_ms))
        case Failed(_, reason, message, hint) | Unwished(reason, message, hint):
            end = End(reason=reason, message=message, hint=hint, at=now.unix_ms)
            return ended(state, end) if state.phase in ENDABLE else (state, ())
        case Joined() | Left() | Known() | Configured() if state.phase in ON_THE_AIR:
            return _moved_about(state, event, now)
        case _:
            return state, ()


def ended(state: State, end: End) -> Stepped:
    """The way out, from wherever it stands. What the session knew is gone at once."""
    message, hint = WORDS[end.reason]
    end = replace(end, message=end.message or message, hint=end.hint or hint)
    state = _moved(
        State(settings=state.settings, phase=state.phase, turn=state.turn, ended=end),
        Signal.ENDED,
    )
    quiet = end.reason in {ModeEnd.ASKED, ModeEnd.EXPIRED, ModeEnd.RESTARTED}
    rogue = end.reason in {ModeEnd.ROGUE_STATION, ModeEnd.BAD_NONCES}
    news = News.STOPPING if quiet else News.ROGUE if rogue else News.FAILED
    return state, (Lower(state.turn), Tell(news, end.message, end.mac, end.reason.value))


def noted(state: State, mac: MacAddress, device: Device) -> State:
    """With that device's progress; of too many, the newcomers are not told apart."""
    if mac not in state.devices and len(state.devices) >= MOST_DEVICES:
        return state
    known = state.devices.get(mac)
    who = device.who or (known.who if known else None)
    return replace(state, devices={**state.devices, mac: replace(device, who=who)})


def _begun(state: State) -> Stepped:
    state = _moved(replace(state, ended=None), Signal.WISHED)
    return state, (Load(state.turn), Tell(News.STARTING, "Provisioning Mode is starting."))


def _surveyed(state: State, others: tuple[AccessPoint, ...], now: Moment) -> Stepped:
    if not others:
        state = _moved(state, Signal.CLEAR)
        return state, (Raise(state.turn, state.plan),)
    return ended(
        state, End(reason=ModeEnd.ANOTHER_CONTROLLER, message=_named(others), at=now.unix_ms)
    )


def _named(others: tuple[AccessPoint, ...]) -> str:
    seen = others[0]
    return (
        "Another controller is in Provisioning Mode nearby: "
        f"{seen.bssid} on channel {seen.channel or '?'}."
    )


def _raised(state: State, now: Moment) -> Stepped:
    state = _moved(state, Signal.RAISED)
    seconds = state.settings.ttl_seconds
    state = replace(state, until=now.monotonic + seconds)
    expected = len(state.allowlist)
    devices = "1 device is" if expected == 1 else f"{expected} devices are"
    message = f"Provisioning Mode is on for {round(seconds / 60)} minutes; {devices} expected."
    return state, (Arm(state.turn, seconds), Tell(News.ACTIVE, message))


def _moved_about(state: State, event: Joined | Left | Known | Configured, now: Moment) -> Stepped:
    match event:
        case Joined(mac) if mac not in state.allowlist:
            message = f"Provisioning Mode ended at once: {mac} joined, which is not registered."
            end = End(reason=ModeEnd.ROGUE_STATION, message=message, mac=mac, at=now.unix_ms)
            return ended(state, end)
        case Joined(mac):
            return _joined(state, mac, now)
        case Left(mac):
            return replace(state, present=state.present - {mac}), ()
        case Known(who):
            known = state.devices.get(who.mac)
            return (noted(state, who.mac, replace(known, who=who)) if known else state), ()
        case _:
            return _configured(state, event.mac, now)


def _joined(state: State, mac: MacAddress, now: Moment) -> Stepped:
    state = replace(state, present=state.present | {mac})
    known = state.devices.get(mac)
    if known is None or known.progress is not Progress.CONFIGURED:
        state = noted(state, mac, Device(progress=Progress.JOINED, at=now.monotonic))
    return state, (Tell(News.JOINED, f"{called(state, mac)} joined the SoftAP.", mac),)


def _configured(state: State, mac: MacAddress, now: Moment) -> Stepped:
    device = Device(progress=Progress.CONFIGURED, at=now.monotonic)
    state = replace(noted(state, mac, device), bad=0)
    return state, (Tell(News.CONFIGURED, f"{called(state, mac)} has its configuration.", mac),)


def called(state: State, mac: MacAddress) -> str:
    """What a person calls that device."""
    device = state.devices.get(mac)
    known = device.who if device is not None else None
    who = known or next((one for one in state.shown if one.mac == mac), None)
    return f"{who.name} ({mac})" if who is not None else str(mac)


def _moved(state: State, signal: Signal) -> State:
    return replace(state, phase=TRANSITIONS[state.phase, signal], turn=state.turn + 1)
