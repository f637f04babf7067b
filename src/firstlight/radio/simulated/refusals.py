"""What is said when the radio can't do what it was asked."""

from firstlight.errors import (
    Busy,
    Code,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
)
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Availability, LinkReason
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.profiles import Kept


def hotspot_holds() -> Busy:
    """A hotspot keeps the radio from scanning."""
    return Busy(
        "The radio is a hotspot and can't scan meanwhile.",
        hint="Take the hotspot down first; what was heard before it stays listed, with its age.",
    )


def joining_holds() -> Busy:
    """Joining keeps the radio from scanning."""
    return Busy(
        "The radio is joining a network and can't scan meanwhile.",
        hint="Ask again in a few seconds.",
        retry_after=3.0,
    )


def no_second_interface() -> Busy:
    """A rehearsal needs a hotspot, and a radio that can do more beside it."""
    return Busy(
        "The radio can't join a network beside its hotspot now.",
        hint="It has to be a hotspot, and its driver has to allow a second interface.",
    )


def no_softap_beside() -> Busy:
    """A SoftAP beside a network needs a radio that can do both, and 2.4 GHz for both."""
    return Busy(
        "This radio can't be an access point while it keeps its network.",
        code=Code.RADIO_IN_USE,
        hint="Let the SoftAP take the radio, or give the device another network.",
    )


def no_firewall() -> RadioFailure:
    """Without rules there is no SoftAP."""
    return RadioFailure(
        "The firewall can't be set: nft can't be run.",
        code=Code.NO_FIREWALL,
        hint="Install nftables (apt-get install nftables), and run Firstlight as root.",
    )


def softap_failed(ssid: Ssid) -> RadioFailure:
    """The driver failed."""
    return RadioFailure(
        f"The SoftAP {ssid.text} did not come up.",
        code=Code.HOTSPOT_FAILED,
        hint="Try another channel; firstlight doctor says what else may stand in the way.",
    )


def closed() -> RadioUnavailable:
    """Whoever waited waits in vain."""
    return RadioUnavailable(
        "The radio was closed while this was under way.", code=Code.NO_WIFI_DEVICE
    )


def passphrase_too_short() -> RadioFailure:
    """WPA2 takes no such passphrase."""
    return RadioFailure(
        "A hotspot with a passphrase of under 8 characters was refused.",
        code=Code.HOTSPOT_FAILED,
        hint="Give it 8 to 63 characters; a hotspot is never open.",
    )


def refused() -> NotPermitted:
    """Changes are not for this user."""
    return NotPermitted(
        "NetworkManager refuses this user (polkit).",
        hint="Run Firstlight as root, or allow org.freedesktop.NetworkManager.* to its user.",
    )


def hotspot_rises() -> Busy:
    """A scan ends early for a hotspot."""
    return Busy(
        "The scan was cut short: the radio became a hotspot.",
        hint="Scan before the hotspot goes up; what was heard until now stays listed.",
    )


def not_active(profile: Kept, reason: LinkReason) -> RadioFailure:
    """The activation that somebody waited for has failed."""
    if profile.softap:
        return softap_failed(profile.ssid)
    if profile.kind is ProfileKind.HOTSPOT:
        return RadioFailure(
            f"The hotspot {profile.ssid.text} did not come up ({reason}).",
            code=Code.HOTSPOT_FAILED,
            hint="Try another channel; firstlight doctor says what else may stand in the way.",
        )
    return RadioFailure(f"The network {profile.name} did not come back ({reason}).")


_OBSTACLES: dict[Availability, tuple[Code, str, str]] = {
    Availability.NO_NETWORK_MANAGER: (
        Code.NO_NETWORK_MANAGER,
        "NetworkManager is not running.",
        "Start it: systemctl start NetworkManager.",
    ),
    Availability.NO_WIFI_DEVICE: (
        Code.NO_WIFI_DEVICE,
        "There is no WiFi device.",
        "Plug a WiFi adapter in; firstlight doctor says what the system sees.",
    ),
    Availability.UNMANAGED: (
        Code.UNMANAGED,
        "NetworkManager is told to leave the WiFi device alone.",
        "Let it manage the device: nmcli device set INTERFACE managed yes.",
    ),
    Availability.BLOCKED: (
        Code.RADIO_BLOCKED,
        "The WiFi radio is switched off.",
        "Switch it on: rfkill unblock wifi, or the switch on the case.",
    ),
    Availability.SUPPLICANT_GONE: (
        Code.NO_WIFI_DEVICE,
        "wpa_supplicant is not running, so the WiFi device can't be used.",
        "Start it: systemctl start wpa_supplicant.",
    ),
}


def unavailable(obstacle: Availability, *, gone: bool = False) -> RadioUnavailable:
    """What is said about an obstacle; ``gone``: the radio was there when the work began."""
    code, message, hint = _OBSTACLES[obstacle]
    if gone and obstacle is Availability.NO_WIFI_DEVICE:
        code, message = Code.RADIO_GONE, "The WiFi device disappeared."
    return RadioUnavailable(message, code=code, hint=hint)


def unknown_interface(asked: str, present: str) -> RadioUnavailable:
    """The radio that was asked for is not the one that is there."""
    return RadioUnavailable(
        f"There is no WiFi device named {asked}; there is {present}.",
        code=Code.UNKNOWN_INTERFACE,
        hint=f"Set interface to {present}, or leave it empty for the first WiFi device.",
    )
