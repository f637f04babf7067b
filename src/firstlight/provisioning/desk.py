"""Who gets what inside the SoftAP: the checks of a request, in their order.

By the time anybody asks here it is certain that the request came in over the SoftAP's interface;
``caller`` is the MAC address that the kernel has for it there. A header is a claim, not a proof.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from firstlight.errors import (
    Busy,
    Code,
    FirstlightError,
    InvalidInput,
    NotFound,
    Unauthorized,
)
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.provisioning_mode import ModeEnd, Progress
from firstlight.provisioning.messages import Effect, News, Tell
from firstlight.provisioning.nonces import MOST_BAD, Fault
from firstlight.provisioning.phases import Phase
from firstlight.provisioning.session import called, ended, noted
from firstlight.provisioning.state import Device, End, State

INACTIVE = "Provisioning mode inactive"


class Refused(StrEnum):
    """Why a request is refused."""

    INACTIVE = "inactive"
    STRANGER = "stranger"
    UNREGISTERED = "unregistered"
    NO_MAC = "no_mac"
    OTHER_MAC = "other_mac"
    BAD_NONCE = "bad_nonce"
    NO_RECORD = "no_record"


_NONCES: Mapping[Fault, str] = {
    Fault.MISSING: "The header x-nonce is missing.",
    Fault.MALFORMED: "The header x-nonce is not a nonce.",
    Fault.NONE_GIVEN: "There is no nonce for this device.",
    Fault.WRONG: "The nonce is wrong.",
    Fault.EXPIRED: "The nonce has expired.",
}


class Verdict(msgspec.Struct, frozen=True):
    """What became of a request: nothing is wrong, or this is."""

    state: State
    effects: tuple[Effect, ...] = ()
    refused: Refused | None = None
    message: str = ""

    def error(self) -> FirstlightError | None:
        """What to raise, if anything."""
        match self.refused:
            case None:
                return None
            case Refused.INACTIVE:
                return Busy(INACTIVE, code=Code.PROVISIONING_INACTIVE)
            case Refused.NO_RECORD:
                return NotFound(self.message, code=Code.UNKNOWN_RECORD)
            case _:
                hint = "GET /api/provisioning/nonce gives one that is good once, for a minute."
                is_nonce = self.refused is Refused.BAD_NONCE
                return Unauthorized(self.message, hint=hint if is_nonce else None)


def asks_nonce(state: State, caller: MacAddress | None, value: int, now: Moment) -> Verdict:
    """Somebody wants a nonce; ``value`` is the one to give."""
    refusal = _known(state, caller, now)
    if refusal is not None or caller is None:
        return refusal or Verdict(state)
    return Verdict(replace(state, nonces=state.nonces.issued(caller, value, now.monotonic)))


def asks_record(
    state: State, caller: MacAddress | None, claimed: str | None, nonce: str | None, now: Moment
) -> Verdict:
    """Somebody wants configuration. A good nonce is spent by that, whatever comes of it."""
    refusal = _claims(state, caller, claimed, now)
    if refusal is not None or caller is None:
        return refusal or Verdict(state)
    nonces, fault = state.nonces.spent(caller, nonce, now.monotonic)
    state = replace(state, nonces=nonces)
    if fault is None:
        return Verdict(replace(state, bad=0))
    message = _NONCES[fault]
    if fault is Fault.MISSING:
        return Verdict(state, (), Refused.BAD_NONCE, message)
    return _bad_nonce(replace(state, bad=state.bad + 1), caller, message, now)


def asks_certificate(
    state: State, caller: MacAddress | None, claimed: str | None, now: Moment
) -> Verdict:
    """Somebody wants the client CA. Raises ``InvalidInput`` without a header."""
    if state.phase is Phase.ACTIVE and not claimed:
        raise InvalidInput("mac-address", "is missing; send the device's MAC address in it")
    return _claims(state, caller, claimed, now) or Verdict(state)


def _bad_nonce(state: State, caller: MacAddress, message: str, now: Moment) -> Verdict:
    if state.bad >= MOST_BAD:
        who = called(state, caller)
        words = f"Provisioning Mode ended at once: {who} presented {MOST_BAD} bad nonces."
        end = End(reason=ModeEnd.BAD_NONCES, message=words, mac=caller, at=now.unix_ms)
        state, effects = ended(state, end)
        return Verdict(state, effects, Refused.BAD_NONCE, message)
    return _refusal(state, caller, Refused.BAD_NONCE, message, now)


def _known(state: State, caller: MacAddress | None, now: Moment) -> Verdict | None:
    """A refusal, unless the mode is on and the caller is a registered device."""
    if state.phase is not Phase.ACTIVE:
        return Verdict(state, (), Refused.INACTIVE, INACTIVE)
    if caller is None:
        message = "No station of that address is on the SoftAP."
        return Verdict(state, (), Refused.STRANGER, message)
    if caller not in state.allowlist:
        message = "This device is not registered."
        return Verdict(state, (), Refused.UNREGISTERED, message)
    return None


def _claims(
    state: State, caller: MacAddress | None, claimed: str | None, now: Moment
) -> Verdict | None:
    """A refusal, unless the caller is known and says of itself what the kernel says of it."""
    refusal = _known(state, caller, now)
    if refusal is not None or caller is None:
        return refusal
    if not claimed:
        return Verdict(state, (), Refused.NO_MAC, "The header mac-address is missing.")
    if _mac(claimed) != caller:
        message = "The header mac-address is not the MAC address of this device."
        return _refusal(state, caller, Refused.OTHER_MAC, message, now)
    return None


def _refusal(
    state: State, caller: MacAddress, refused: Refused, message: str, now: Moment
) -> Verdict:
    """Told to everybody, and noted for a device that has not got its configuration yet."""
    known = state.devices.get(caller)
    if known is None or known.progress is not Progress.CONFIGURED:
        device = Device(progress=Progress.REFUSED, at=now.monotonic, reason=message)
        state = noted(state, caller, device)
    words = f"{called(state, caller)} was refused: {message}"
    return Verdict(state, (Tell(News.REFUSED, words, caller, refused.value),), refused, message)


def goes_on(state: State, turn: int) -> Verdict:
    """Whether the session in which a request was found good, by its ``turn``, still is.

    To be asked again whenever time has passed since: who was let in gets nothing any more once a
    stranger has ended the mode.
    """
    if state.phase is Phase.ACTIVE and state.turn == turn:
        return Verdict(state)
    return Verdict(state, (), Refused.INACTIVE, INACTIVE)


def not_found(state: State, caller: MacAddress, message: str, now: Moment) -> Verdict:
    """Everything was in order, but there is no such record."""
    return _refusal(state, caller, Refused.NO_RECORD, message, now)


def _mac(text: str) -> MacAddress | None:
    try:
        return MacAddress(text)
    except InvalidInput:
        return None
