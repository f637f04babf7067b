"""Why a claim failed: from what was seen to the one cause that a person is told, in words."""

from collections.abc import Iterable
from typing import NamedTuple

from firstlight.model.claim import ClaimCause, ClaimTry
from firstlight.model.radio import LinkReason
from firstlight.provisioning.claim.phases import Phase

OUR_OWN = frozenset({ClaimCause.STORE_FAILED, ClaimCause.RADIO_FAILED, ClaimCause.CANCELLED})
"""What another controller would not make better."""


class Words(NamedTuple):
    """``message`` says what is wrong, ``hint`` what to do."""

    message: str
    hint: str


WORDS: dict[ClaimCause, Words] = {
    ClaimCause.NOTHING_FOUND: Words(
        "No controller in Provisioning Mode is in range.",
        "Switch Provisioning Mode on at the controller, and bring the device within 1.5 m of it.",
    ),
    ClaimCause.COULD_NOT_JOIN: Words(
        "A controller is in range, but its network could not be joined.",
        "Only one device at a time gets in: wait until the other is done. Bring the device closer.",
    ),
    ClaimCause.NO_ADDRESS: Words(
        "The controller's network was joined, but it gave no address.",
        "Switch the controller's Provisioning Mode off and on again.",
    ),
    ClaimCause.UNREACHABLE: Words(
        "The controller's network was joined, but the controller does not answer there.",
        "It may have ended Provisioning Mode just then; look at it, and switch it on again.",
    ),
    ClaimCause.TIMEOUT: Words(
        "The controller did not answer in time.",
        "Bring the device closer to the controller, and try again.",
    ),
    ClaimCause.FORBIDDEN: Words(
        "The controller says that the request did not come over its provisioning network.",
        "Something passes the request on. Take the device away from other networks.",
    ),
    ClaimCause.INACTIVE: Words(
        "The controller's Provisioning Mode is no longer active.",
        "Switch it on again at the controller.",
    ),
    ClaimCause.UNAUTHORIZED: Words(
        "The controller did not accept the device's MAC address or nonce.",
        "Register this device's MAC address at the controller, and switch Provisioning Mode on "
        "anew: who is registered is read when it goes on.",
    ),
    ClaimCause.NOT_REGISTERED: Words(
        "The controller has no configuration for this device.",
        "Register this device's MAC address at the controller, in the right role: client or "
        "controller.",
    ),
    ClaimCause.BAD_ANSWER: Words(
        "The controller's answer makes no sense.",
        "Check the record at the controller, and the versions of both.",
    ),
    ClaimCause.FINGERPRINT_MISMATCH: Words(
        "The CA certificate is not the one that the controller announced. Nothing was stored.",
        "Upload the certificate at the controller anew. If it happens again, somebody may be in "
        "between.",
    ),
    ClaimCause.STORE_FAILED: Words(
        "The configuration could not be stored.",
        "Check the free space and the permissions of the state folder.",
    ),
    ClaimCause.RADIO_FAILED: Words(
        "The WiFi radio did not do what a claim needs.",
        "Run firstlight doctor; it says what stands in the way.",
    ),
    ClaimCause.CANCELLED: Words(
        "The claim was cancelled.",
        "Try again whenever you like.",
    ),
}

_FAR = list(ClaimCause)
_LINKING = frozenset({Phase.STARTING, Phase.LINKING})
_RADIO = frozenset({LinkReason.RADIO_BLOCKED, LinkReason.RADIO_GONE, LinkReason.MANAGER_GONE})

_BY_SILENCE = {
    Phase.LINKING: ClaimCause.COULD_NOT_JOIN,
    Phase.ADDRESSING: ClaimCause.NO_ADDRESS,
    Phase.ASKING_NONCE: ClaimCause.TIMEOUT,
    Phase.ASKING_CONFIGURATION: ClaimCause.TIMEOUT,
    Phase.ASKING_CERTIFICATE: ClaimCause.TIMEOUT,
    Phase.STORING: ClaimCause.STORE_FAILED,
}
_BY_FAILURE = {
    Phase.ASKING_NONCE: ClaimCause.UNREACHABLE,
    Phase.ASKING_CONFIGURATION: ClaimCause.UNREACHABLE,
    Phase.ASKING_CERTIFICATE: ClaimCause.UNREACHABLE,
    Phase.STORING: ClaimCause.STORE_FAILED,
}


def of_silence(phase: Phase) -> ClaimCause:
    """What it means that the deadline of that phase has passed."""
    return _BY_SILENCE.get(phase, ClaimCause.RADIO_FAILED)


def of_failure(phase: Phase) -> ClaimCause:
    """What it means that the effect of that phase could not be carried out."""
    return _BY_FAILURE.get(phase, ClaimCause.RADIO_FAILED)


def of_link(reason: LinkReason, phase: Phase) -> ClaimCause:
    """Why the link failed, or broke."""
    if reason in _RADIO:
        return ClaimCause.RADIO_FAILED
    if phase in _LINKING and reason is not LinkReason.DHCP_FAILED:
        return ClaimCause.COULD_NOT_JOIN
    if phase in _LINKING or phase is Phase.ADDRESSING:
        return ClaimCause.NO_ADDRESS
    return ClaimCause.UNREACHABLE


def farthest(tries: Iterable[ClaimTry]) -> ClaimTry | None:
    """The one that came farthest says most; of equals the first, which was the strongest."""
    return max(tries, key=lambda one: _FAR.index(one.cause), default=None)
