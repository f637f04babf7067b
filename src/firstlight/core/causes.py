"""From what the radio and the probe saw to the one cause that a person is told, in words."""

from typing import NamedTuple

from firstlight.model.attempt import Cause
from firstlight.model.radio import LinkReason, LinkStage
from firstlight.model.reach import Internet, Reach


class Words(NamedTuple):
    """``message`` says what is wrong, ``hint`` what to do. ``{ssid}`` stands for the network."""

    message: str
    hint: str


_BY_REASON = {
    LinkReason.NO_SECRETS: Cause.WRONG_PASSWORD,
    LinkReason.HANDSHAKE_FAILED: Cause.WRONG_PASSWORD,
    LinkReason.ASSOCIATION_REJECTED: Cause.AUTH_MISMATCH,
    LinkReason.SSID_NOT_FOUND: Cause.NETWORK_NOT_FOUND,
    LinkReason.SUPPLICANT_FAILED: Cause.UNAVAILABLE,
    LinkReason.SUPPLICANT_TIMEOUT: Cause.TIMEOUT,
    LinkReason.DHCP_FAILED: Cause.NO_ADDRESS,
    LinkReason.RADIO_BLOCKED: Cause.RADIO_BLOCKED,
    LinkReason.RADIO_GONE: Cause.RADIO_GONE,
    LinkReason.MANAGER_GONE: Cause.UNAVAILABLE,
    LinkReason.REPLACED: Cause.BUSY,
}

_BY_INTERNET = {
    Internet.NO_NAMES: Cause.DNS_FAILURE,
    Internet.PORTAL: Cause.CAPTIVE_PORTAL,
    Internet.UNREACHABLE: Cause.NO_INTERNET,
}

WORDS: dict[Cause, Words] = {
    Cause.WRONG_PASSWORD: Words(
        "The password for {ssid} was not accepted.",
        "Check the password, upper and lower case included, and try again.",
    ),
    Cause.NETWORK_NOT_FOUND: Words(
        "The network {ssid} was not found.",
        "Move closer to the router, check the name, and say so if the network is hidden.",
    ),
    Cause.AUTH_MISMATCH: Words(
        "{ssid} asks for another kind of sign-in than was given.",
        "An open network takes no password, a secured one needs it; networks with user accounts "
        "(802.1X) and WEP are not supported.",
    ),
    Cause.NO_ADDRESS: Words(
        "{ssid} accepted the device but gave it no address.",
        "Restart the router, or check that its DHCP server is on and has free addresses.",
    ),
    Cause.NO_GATEWAY: Words(
        "{ssid} gave an address, but its gateway does not answer.",
        "Restart the router; on a network without a router, set join.require_gateway to false.",
    ),
    Cause.DNS_FAILURE: Words(
        "{ssid} works, but names can't be looked up.",
        "Check the router's DNS setting and its connection to the internet.",
    ),
    Cause.CAPTIVE_PORTAL: Words(
        "{ssid} wants a sign-in on a web page before it lets anybody through.",
        "Use a network without a sign-in page, or have this device's MAC address let through.",
    ),
    Cause.NO_INTERNET: Words(
        "{ssid} works, but the internet can't be reached through it.",
        "Check the router's own connection; a closed network wants join.require_internet = false.",
    ),
    Cause.RADIO_BLOCKED: Words(
        "The WiFi radio is switched off.",
        "Switch it on: rfkill unblock wifi, or the switch on the case.",
    ),
    Cause.RADIO_GONE: Words(
        "The WiFi radio disappeared.",
        "Plug the WiFi adapter in again; firstlight doctor says what the system sees.",
    ),
    Cause.BUSY: Words(
        "Something else took over the WiFi radio during the attempt.",
        "Try again once the other program is done.",
    ),
    Cause.TIMEOUT: Words(
        "{ssid} did not answer in time.",
        "Move closer to the router and try again.",
    ),
    Cause.UNAVAILABLE: Words(
        "NetworkManager could not carry out the attempt.",
        "Run firstlight doctor; it says what stands in the way.",
    ),
    Cause.CANCELLED: Words(
        "The attempt was cancelled.",
        "Try again whenever you like.",
    ),
}


def cause_of_link(reason: LinkReason, reached: LinkStage, *, secured: bool) -> Cause:
    """Why a link failed. An unknown reason is judged by how far the station had come.

    Where no password was given (``secured`` is false), none can have been wrong.
    """
    if secured and reason is LinkReason.SUPPLICANT_TIMEOUT and reached is LinkStage.ASSOCIATED:
        return Cause.WRONG_PASSWORD
    if reason in _BY_REASON:
        cause = _BY_REASON[reason]
        mismatch = cause is Cause.WRONG_PASSWORD and not secured
        return Cause.AUTH_MISMATCH if mismatch else cause
    return Cause.NO_ADDRESS if reached is LinkStage.AUTHENTICATED else Cause.TIMEOUT


def cause_of_reach(
    reach: Reach, *, gateway_required: bool, internet_required: bool
) -> Cause | None:
    """What is missing behind the link, or ``None`` when all that is required is there."""
    if gateway_required and not reach.gateway:
        return Cause.NO_GATEWAY
    if internet_required:
        return _BY_INTERNET.get(reach.internet)
    return None


def shortcoming(reach: Reach) -> Cause | None:
    """What is missing behind the link, required or not."""
    return cause_of_reach(reach, gateway_required=True, internet_required=True)
