"""Takes one event at a time: classify, follow the table, say what to do next."""

import msgspec
from msgspec.structs import replace

from firstlight.core import causes
from firstlight.core.join.messages import (
    Abandon,
    Activate,
    Arm,
    Cancelled,
    Effect,
    EffectFailed,
    Event,
    Expired,
    Look,
    Looked,
    Promote,
    Promoted,
    Protect,
    Protected,
    Release,
    Released,
    Reported,
    Restored,
    Retire,
    Retired,
    Search,
    SearchEnded,
    Work,
)
from firstlight.core.join.phases import (
    BEFORE_PROOF,
    DEADLINES,
    FULL_SEARCHES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)
from firstlight.core.networks import find
from firstlight.core.security import key_management
from firstlight.errors import Code, InvalidInput
from firstlight.model.access_point import AccessPoint
from firstlight.model.attempt import Attempt, AttemptState, Cause, Step, StepName
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest, KeyManagement, TrialPlan
from firstlight.model.radio import SWITCH_SECONDS, Ipv4, LinkReport, LinkStage
from firstlight.model.reach import Reach

_STAGES = list(LinkStage)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as proven."""

    require_gateway: bool = True
    require_internet: bool = False


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to know about an attempt. ``attempt`` is the part that is told."""

    attempt: Attempt
    request: JoinRequest
    policy: Policy
    phase: Phase
    began: Moment
    seen: AccessPoint | None = None
    missed: int = 0
    reached: LinkStage = LinkStage.PREPARING
    ipv4: Ipv4 | None = None
    key_management: KeyManagement = KeyManagement.NONE


def begin(
    request: JoinRequest,
    *,
    attempt: str,
    policy: Policy,
    access_points: tuple[AccessPoint, ...],
    now: Moment,
) -> tuple[Join, tuple[Effect, ...]]:
    """Start an attempt with what is in sight now."""
    told = Attempt(
        id=attempt,
        ssid=request.ssid.text,
        ssid_hex=request.ssid.hex(),
        state=AttemptState.RUNNING,
        started_at=now.unix_ms,
    )
    state = Join(
        attempt=told,
        request=request,
        policy=policy,
        phase=Phase.PROTECTING,
        began=now,
        seen=find(request.ssid, access_points),
    )
    return state, _entered(state, now)


def step(state: Join, event: Event, now: Moment) -> tuple[Join, tuple[Effect, ...]]:
    """Take one event. Events that came too late to matter change nothing."""
    if state.phase.is_final:
        return state, ()
    signal, state = _classify(state, event, now)
    if signal is None:
        return state, ()
    state = replace(state, phase=TRANSITIONS[state.phase, signal])
    if state.phase.is_final:
        return _finish(state, now), ()
    return state, _entered(state, now)


def _classify(state: Join, event: Event, now: Moment) -> tuple[Signal | None, Join]:
    match event:
        case Reported(report):
            return _reported(state, report, now)
        case SearchEnded() if state.phase is Phase.SEARCHING:
            return _searched(state, event, now)
        case Looked(reach) if state.phase is Phase.PROVING:
            return _looked(state, reach, now)
        case EffectFailed(phase, code) if phase is state.phase:
            return Signal.BROKEN, _blame(state, _cause_of_code(code))
        case Expired(phase) if phase is state.phase:
            return Signal.BROKEN, _blame(state, _cause_of_silence(state))
        case Cancelled() if state.phase in BEFORE_PROOF:
            return Signal.BROKEN, _blame(state, Cause.CANCELLED)
        case _:
            return _completed(state, event, now)


_COMPLETIONS: dict[type[Event], tuple[Phase, Signal, StepName | None]] = {
    Protected: (Phase.PROTECTING, Signal.PROTECTED, None),
    Promoted: (Phase.PROMOTING, Signal.PROMOTED, StepName.SAVED),
    Released: (Phase.RELEASING, Signal.RELEASED, None),
    Retired: (Phase.RETIRING, Signal.RETIRED, None),
    Restored: (Phase.RETURNING, Signal.RESTORED, StepName.RESTORED),
}


def _completed(state: Join, event: Event, now: Moment) -> tuple[Signal | None, Join]:
    phase, signal, name = _COMPLETIONS.get(type(event), (None, None, None))
    if signal is None or phase is not state.phase:
        return None, state
    return signal, state if name is None else _reach_step(state, name, now)


def _reported(state: Join, report: LinkReport, now: Moment) -> tuple[Signal | None, Join]:
    if state.phase not in {Phase.LINKING, Phase.ADDRESSING, Phase.PROVING}:
        return None, state
    if report.stage is LinkStage.FAILED:
        secured = state.request.passphrase is not None
        cause = causes.cause_of_link(report.reason, state.reached, secured=secured)
        return Signal.BROKEN, _blame(state, cause)
    state = replace(state, reached=max(state.reached, report.stage, key=_STAGES.index))
    if report.stage in {LinkStage.ASSOCIATED, LinkStage.AUTHENTICATED, LinkStage.CONNECTED}:
        state = _reach_step(state, StepName.ASSOCIATED, now)
    if report.stage in {LinkStage.AUTHENTICATED, LinkStage.CONNECTED}:
        if state.request.passphrase is not None:
            state = _reach_step(state, StepName.PASSWORD_ACCEPTED, now)
        if report.stage is LinkStage.AUTHENTICATED and state.phase is Phase.LINKING:
            return Signal.AUTHENTICATED, state
    if report.stage is LinkStage.CONNECTED and state.phase is not Phase.PROVING:
        return Signal.ADDRESSED, _reach_step(
            replace(state, ipv4=report.ipv4), StepName.ADDRESS, now
        )
    return None, state


def _searched(state: Join, event: SearchEnded, now: Moment) -> tuple[Signal | None, Join]:
    # Ages are whole seconds, so a network heard by this very scan may look up to a second older.
    heard = tuple(
        seen
        for seen in event.access_points
        if seen.last_seen is None or seen.last_seen >= event.began - 1
    )
    seen = find(state.request.ssid, heard)
    if seen is None:
        if state.missed < FULL_SEARCHES - (state.seen is None):
            return Signal.ELSEWHERE, replace(state, missed=state.missed + 1)
        return Signal.BROKEN, _blame(state, Cause.NETWORK_NOT_FOUND)
    try:
        chosen = key_management(seen, state.request.passphrase)
    except InvalidInput as error:
        return Signal.BROKEN, _blame(
            state, Cause.AUTH_MISMATCH, message=error.message, hint=error.hint
        )
    state = replace(state, seen=seen, key_management=chosen)
    return Signal.FOUND, _reach_step(state, StepName.FOUND, now)


def _looked(state: Join, reach: Reach, now: Moment) -> tuple[Signal | None, Join]:
    if reach.gateway:
        state = _reach_step(state, StepName.GATEWAY, now)
    lacking = causes.shortcoming(reach)
    if lacking is None:
        return Signal.PROVEN, _reach_step(state, StepName.INTERNET, now)
    policy = state.policy
    cause = causes.cause_of_reach(
        reach, gateway_required=policy.require_gateway, internet_required=policy.require_internet
    )
    if cause is not None:
        return Signal.BROKEN, _blame(state, cause)
    return Signal.PROVEN, replace(state, attempt=replace(state.attempt, warning=lacking))


def _cause_of_code(code: Code) -> Cause:
    match code:
        case Code.RADIO_BLOCKED:
            return Cause.RADIO_BLOCKED
        case Code.RADIO_GONE | Code.NO_WIFI_DEVICE:
            return Cause.RADIO_GONE
        case Code.BUSY:
            return Cause.BUSY
        case Code.TIMEOUT:
            return Cause.TIMEOUT
        case _:
            return Cause.UNAVAILABLE


def _cause_of_silence(state: Join) -> Cause:
    match state.phase:
        case Phase.ADDRESSING:
            return Cause.NO_ADDRESS
        case _:
            return Cause.TIMEOUT


def _blame(state: Join, cause: Cause, *, message: str = "", hint: str | None = None) -> Join:
    """Keep the first cause: what fails on the way back is only a consequence."""
    told = state.attempt
    if told.cause is not None or state.phase not in BEFORE_PROOF | {Phase.PROMOTING}:
        return state
    words = causes.WORDS[cause]
    return replace(
        state,
        attempt=replace(
            told,
            cause=cause,
            message=message or words.message.format(ssid=told.ssid),
            hint=hint or words.hint.format(ssid=told.ssid),
        ),
    )


def _reach_step(state: Join, name: StepName, now: Moment) -> Join:
    told = state.attempt
    if any(reached.name is name for reached in told.steps):
        return state
    elapsed = round(now.since(state.began) * 1000)
    reached = Step(name=name, at=now.unix_ms, elapsed_ms=elapsed)
    return replace(state, attempt=replace(told, steps=(*told.steps, reached)))


def _finish(state: Join, now: Moment) -> Join:
    outcome = AttemptState.SUCCEEDED if state.phase is Phase.SUCCEEDED else AttemptState.FAILED
    return replace(state, attempt=replace(state.attempt, state=outcome, ended_at=now.unix_ms))


def _entered(state: Join, now: Moment) -> tuple[Effect, ...]:
    work = _work(state)
    deadline = DEADLINES[state.phase]
    if state.phase in BEFORE_PROOF:
        deadline = max(0.0, min(deadline, TRIAL_SECONDS - now.since(state.began)))
    armed = Arm(state.phase, deadline)
    return (armed,) if work is None else (armed, work)


def _work(state: Join) -> Work | None:
    match state.phase:
        case Phase.PROTECTING:
            return Protect(SWITCH_SECONDS)
        case Phase.SEARCHING:
            narrow = state.seen is not None and not state.missed
            return Search(
                request=state.request,
                frequencies=(state.seen.frequency,) if narrow and state.seen else (),
            )
        case Phase.LINKING:
            return Activate(_plan(state))
        case Phase.PROVING if state.ipv4 is not None:
            return Look(state.ipv4)
        case _:
            return _SIMPLE_WORK.get(state.phase)


_SIMPLE_WORK: dict[Phase, Work] = {
    Phase.PROMOTING: Promote(),
    Phase.RELEASING: Release(),
    Phase.RETIRING: Retire(),
    Phase.RETURNING: Abandon(),
}


def _plan(state: Join) -> TrialPlan:
    return TrialPlan(
        attempt=state.attempt.id,
        request=state.request,
        key_management=state.key_management,
        frequency=state.seen.frequency if state.seen else None,
    )
