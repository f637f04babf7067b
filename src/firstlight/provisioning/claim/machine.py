"""Takes one event at a time: classify, follow the table, say what to do next."""

import msgspec
from msgspec.structs import replace

from firstlight.model.access_point import AccessPoint, Security, frequency_of
from firstlight.model.claim import (
    Claim,
    ClaimCause,
    ClaimState,
    ClaimStep,
    ClaimStepName,
    ClaimTry,
    Role,
)
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest, KeyManagement, TrialPlan
from firstlight.model.radio import SWITCH_SECONDS, LinkReport, LinkStage
from firstlight.model.registry import ClientCa
from firstlight.provisioning import protocol, softap
from firstlight.provisioning.claim import causes
from firstlight.provisioning.claim.messages import (
    Answered,
    Arm,
    Ask,
    Cancelled,
    Effect,
    EffectFailed,
    Event,
    Expired,
    Join,
    Leave,
    Left,
    Limit,
    Limited,
    Protect,
    Protected,
    Reported,
    Restore,
    Restored,
    Search,
    Searched,
    Started,
    Store,
    Stored,
    Unanswered,
    Work,
)
from firstlight.provisioning.claim.phases import (
    ASKING,
    BEFORE_STORING,
    DEADLINES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)
from firstlight.provisioning.protocol import Asked, Content, Refusal

_CANDIDATES = 8
"""So many controllers are tried at most; there should be one."""

ROUND_SECONDS = 45.0
"""After that no further controller is tried in this round: nobody reaches the device meanwhile."""

_WPA2 = frozenset({Security.WPA2, Security.WPA2_WPA3})
"""A network of that name without it is somebody else's."""

_ASKED = {
    Phase.ASKING_NONCE: Asked.NONCE,
    Phase.ASKING_CONFIGURATION: Asked.CONFIGURATION,
    Phase.ASKING_CERTIFICATE: Asked.CERTIFICATE,
}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Who claims. ``mac`` is the address that controllers have registered.

    ``present_as``: the same, where the radio's own is another one.
    """

    role: Role
    mac: MacAddress
    present_as: MacAddress | None = None
    tx_power_dbm: float = softap.TX_POWER_DBM


class Claiming(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to know about a claim. ``claim`` is the part that is told.

    ``everywhere``: whether all channels were looked at. ``ahead``: candidates that are not tried
    yet, strongest first. ``protected``: when the switch was armed last. ``own``: what went wrong on
    this side, and ends it.
    """

    claim: Claim
    wish: Wish
    phase: Phase
    began: Moment
    protected: Moment
    everywhere: bool = False
    ahead: tuple[AccessPoint, ...] = ()
    at: AccessPoint | None = None
    nonce: int = 0
    content: Content | None = None
    ca: ClientCa | None = None
    stored: bool = False
    own: Refusal | None = None

    def __repr__(self) -> str:
        return f"Claiming({self.phase}, {self.claim!r})"


def begin(wish: Wish, now: Moment) -> tuple[Claiming, tuple[Effect, ...]]:
    """Start a round; nothing is known yet."""
    claim = Claim(state=ClaimState.RUNNING, role=wish.role, started_at=now.unix_ms)
    state = Claiming(claim=claim, wish=wish, phase=Phase.SEARCHING, began=now, protected=now)
    return state, _entered(state, now)


def step(state: Claiming, event: Event, now: Moment) -> tuple[Claiming, tuple[Effect, ...]]:
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


Taken = tuple[Signal | None, Claiming]


def _classify(state: Claiming, event: Event, now: Moment) -> Taken:
    match event:
        case Reported(report):
            return _reported(state, report, now)
        case Searched() if state.phase is Phase.SEARCHING:
            return _searched(state, event, now)
        case Answered(asked, answer) if _ASKED.get(state.phase) is asked:
            return _answered(state, answer, now)
        case Unanswered(asked, cause, detail) if _ASKED.get(state.phase) is asked:
            return _broken(state, Refusal(cause, detail))
        case EffectFailed(phase, _, detail) if phase is state.phase:
            return _failed(state, causes.of_failure(phase), detail)
        case Expired(phase) if phase is state.phase:
            return _failed(state, causes.of_silence(phase), "")
        case Cancelled():
            return _cancelled(state)
        case _:
            return _completed(state, event, now)


def _completed(state: Claiming, event: Event, now: Moment) -> Taken:
    match state.phase, event:
        case Phase.LIMITING, Limited():
            return Signal.LIMITED, state
        case Phase.MEASURING, Limited(dbm):
            claim = replace(state.claim, tx_power=dbm)
            return Signal.LIMITED, replace(state, claim=claim)
        case Phase.PROTECTING, Protected():
            return Signal.PROTECTED, replace(state, protected=now)
        case Phase.STARTING, Started():
            return Signal.STARTED, state
        case Phase.STORING, Stored():
            state = _reach(replace(state, stored=True), ClaimStepName.STORED, now)
            return Signal.STORED, state
        case Phase.LEAVING, Left():
            return _left(state, now)
        case Phase.RESTORING, Restored():
            return _over(state), state
        case _:
            return None, state


def _failed(state: Claiming, cause: ClaimCause, detail: str) -> Taken:
    match state.phase:
        case Phase.LIMITING | Phase.MEASURING:
            # Many drivers can't; the controller's own low power still keeps it near.
            return Signal.LIMITED, state
        case Phase.LEAVING:
            return Signal.BROKEN, state
        case Phase.RESTORING:
            return _over(state), state
        case _:
            return _broken(state, Refusal(cause, detail))


def _cancelled(state: Claiming) -> Taken:
    wish = Refusal(ClaimCause.CANCELLED, "")
    match state.phase:
        case Phase.STORING | Phase.MEASURING | Phase.RESTORING:
            return None, state
        case Phase.LEAVING:
            return None, state if state.stored or state.own else replace(state, own=wish)
        case _:
            return _broken(state, wish)


def _reported(state: Claiming, report: LinkReport, now: Moment) -> Taken:
    if report.stage is LinkStage.FAILED and state.phase in BEFORE_STORING:
        cause = causes.of_link(report.reason, state.phase)
        return _broken(state, Refusal(cause, report.reason.value))
    if state.phase not in {Phase.STARTING, Phase.LINKING, Phase.ADDRESSING}:
        return None, state
    if report.stage is LinkStage.CONNECTED:
        return Signal.ADDRESSED, _reach(state, ClaimStepName.JOINED, now)
    if report.stage is LinkStage.AUTHENTICATED and state.phase is not Phase.ADDRESSING:
        return Signal.AUTHENTICATED, state
    return None, state


def _searched(state: Claiming, event: Searched, now: Moment) -> Taken:
    tried = {one.bssid for one in state.claim.tries}
    found = [one for one in candidates(event.access_points, event.began) if one.bssid not in tried]
    if found:
        state = replace(state, ahead=tuple(found[1:]), claim=_at(state.claim, found[0]))
        return Signal.FOUND, _reach(replace(state, at=found[0]), ClaimStepName.FOUND, now)
    if not state.everywhere:
        return Signal.ELSEWHERE, replace(state, everywhere=True)
    if tried:
        return Signal.BROKEN, state
    return _broken(state, Refusal(ClaimCause.NOTHING_FOUND, ""))


def candidates(seen: tuple[AccessPoint, ...], began: float) -> list[AccessPoint]:
    """Controllers that the scan has heard, strongest first.

    Ages are whole seconds, so one that was heard by this very scan may look up to a second older.
    """
    heard = {
        one.bssid: one
        for one in seen
        if one.ssid == softap.SSID
        and one.security in _WPA2
        and (one.last_seen is None or one.last_seen >= began - 1)
    }
    return sorted(heard.values(), key=lambda one: (-one.signal, one.bssid))[:_CANDIDATES]


def _answered(state: Claiming, answer: protocol.Answer, now: Moment) -> Taken:
    match state.phase:
        case Phase.ASKING_NONCE:
            nonce = protocol.read_nonce(answer)
            if isinstance(nonce, Refusal):
                return _broken(state, nonce)
            return Signal.ANSWERED, _reach(replace(state, nonce=nonce), ClaimStepName.NONCE, now)
        case Phase.ASKING_CONFIGURATION:
            content = protocol.read_configuration(state.wish.role, answer)
            if isinstance(content, Refusal):
                return _broken(state, content)
            state = replace(state, content=content)
            return Signal.ANSWERED, _reach(state, ClaimStepName.CONFIGURATION, now)
        case _:
            ca = protocol.read_certificate(answer)
            if isinstance(ca, Refusal):
                return _broken(state, ca)
            if ca is None:
                return Signal.ANSWERED, state
            return Signal.ANSWERED, _reach(replace(state, ca=ca), ClaimStepName.CERTIFICATE, now)


def _broken(state: Claiming, why: Refusal) -> Taken:
    """Note it against this controller, and on this side if another would not make it better."""
    if why.cause in causes.OUR_OWN or state.at is None:
        state = replace(state, own=why)
    if state.at is not None and why.cause not in causes.OUR_OWN:
        tried = ClaimTry(bssid=str(state.at.bssid), cause=why.cause, detail=why.detail)
        state = replace(state, claim=replace(state.claim, tries=(*state.claim.tries, tried)))
    return Signal.BROKEN, replace(state, content=None, ca=None, nonce=0)


def _left(state: Claiming, now: Moment) -> Taken:
    late = now.since(state.began) > ROUND_SECONDS
    if state.stored or state.own is not None or late:
        return Signal.LEFT, state
    if state.ahead:
        following, *ahead = state.ahead
        claim = _at(state.claim, following)
        return Signal.NEXT, replace(state, at=following, ahead=tuple(ahead), claim=claim)
    if state.everywhere:
        return Signal.LEFT, state
    return Signal.ELSEWHERE, replace(state, at=None, everywhere=True)


def _over(state: Claiming) -> Signal:
    return Signal.DONE if state.stored else Signal.GIVEN_UP


def _at(claim: Claim, candidate: AccessPoint) -> Claim:
    """Another controller: its steps are its own."""
    found = tuple(one for one in claim.steps if one.name is ClaimStepName.FOUND)
    return replace(claim, bssid=str(candidate.bssid), steps=found)


def _reach(state: Claiming, name: ClaimStepName, now: Moment) -> Claiming:
    claim = state.claim
    if any(reached.name is name for reached in claim.steps):
        return state
    elapsed = round(now.since(state.began) * 1000)
    reached = ClaimStep(name=name, at=now.unix_ms, elapsed_ms=elapsed)
    return replace(state, claim=replace(claim, steps=(*claim.steps, reached)))


def _finish(state: Claiming, now: Moment) -> Claiming:
    claim = replace(state.claim, ended_at=now.unix_ms)
    if state.phase is Phase.SUCCEEDED:
        return replace(state, claim=replace(claim, state=ClaimState.SUCCEEDED))
    cause = _cause(state)
    words = causes.WORDS[cause]
    claim = replace(
        claim,
        state=ClaimState.FAILED,
        bssid="",
        cause=cause,
        message=words.message,
        hint=words.hint,
    )
    return replace(state, claim=claim)


def _cause(state: Claiming) -> ClaimCause:
    if state.own is not None:
        return state.own.cause
    tried = causes.farthest(state.claim.tries)
    return ClaimCause.RADIO_FAILED if tried is None else tried.cause


def _entered(state: Claiming, now: Moment) -> tuple[Effect, ...]:
    deadline = DEADLINES[state.phase]
    if state.phase in BEFORE_STORING:
        deadline = max(0.0, min(deadline, TRIAL_SECONDS - now.since(state.protected)))
    armed = Arm(state.phase, deadline)
    work = _work(state, now)
    return (armed,) if work is None else (armed, work)


def _work(state: Claiming, now: Moment) -> Work | None:
    match state.phase:
        case Phase.SEARCHING:
            first = () if state.everywhere else (frequency_of(softap.CHANNEL),)
            return Search(ssid=softap.SSID, frequencies=first)
        # Drivers tell the power that they use only while there is a link.
        case Phase.LIMITING | Phase.MEASURING:
            return Limit(state.wish.tx_power_dbm)
        case Phase.STARTING if state.at is not None:
            return Join(_plan(state, state.at))
        case Phase.STORING if state.at is not None and state.content is not None:
            return Store(
                role=state.wish.role,
                at=now.unix_ms,
                controller=state.at.bssid,
                content=state.content,
                ca=state.ca,
            )
        case phase if phase in ASKING:
            return Ask(_request(state))
        case _:
            return _SIMPLE_WORK.get(state.phase)


_SIMPLE_WORK: dict[Phase, Work] = {
    Phase.PROTECTING: Protect(SWITCH_SECONDS),
    Phase.LEAVING: Leave(),
    Phase.RESTORING: Restore(),
}


def _request(state: Claiming) -> protocol.Request:
    match state.phase:
        case Phase.ASKING_NONCE:
            return protocol.nonce_request()
        case Phase.ASKING_CONFIGURATION:
            wish = state.wish
            return protocol.configuration_request(wish.role, wish.mac, state.nonce)
        case _:
            return protocol.certificate_request(state.wish.mac)


def _plan(state: Claiming, candidate: AccessPoint) -> TrialPlan:
    return TrialPlan(
        attempt="claim",
        request=JoinRequest(ssid=softap.SSID, passphrase=softap.passphrase_of(candidate.bssid)),
        key_management=KeyManagement.WPA_PSK,
        frequency=candidate.frequency,
        bssid=candidate.bssid,
        present_as=state.wish.present_as,
        brief=True,
    )
