"""From the radio to the lease: the rungs that the radio's state tells."""

from firstlight.core.causes import WORDS, Words
from firstlight.core.ladder.seen import Judged, Seen, below
from firstlight.model.attempt import Cause
from firstlight.model.ladder import RungName
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.model.regulation import is_country

_WITHOUT_RADIO = {
    Availability.NO_NETWORK_MANAGER: Words(
        "NetworkManager is not running.",
        "Start it: systemctl enable --now NetworkManager; firstlight doctor says more.",
    ),
    Availability.NOT_PERMITTED: Words(
        "NetworkManager does not let Firstlight change the network.",
        "Run the daemon as root, or allow its user NetworkManager's actions in polkit's rules.",
    ),
    Availability.NO_WIFI_DEVICE: Words(
        "There is no WiFi device.",
        "Plug one in. If it is plugged in, look for its driver: dmesg | grep -i firmware",
    ),
    Availability.UNKNOWN_INTERFACE: Words(
        "The configured WiFi device is not there.",
        "Set interface to a WiFi device that firstlight doctor lists, or leave it empty.",
    ),
    Availability.UNMANAGED: Words(
        "NetworkManager does not manage the WiFi device.",
        "Let it: nmcli device set {interface} managed yes; if that does not last, look for "
        "unmanaged-devices in NetworkManager's configuration.",
    ),
    Availability.SUPPLICANT_GONE: Words(
        "wpa_supplicant is not running.",
        "Start it: systemctl restart wpa_supplicant; journalctl -u wpa_supplicant says why.",
    ),
}
_HARD = "Use the switch or the key on the case, or allow the radio in the firmware's setup."
_SOFT = "Switch it on: rfkill unblock wifi"
_USABLE = frozenset({Availability.READY, Availability.NOT_PERMITTED})

_OFFLINE = Words(
    "No network is joined.",
    "Join one on the device's page, or with firstlight connect; firstlight status says how the "
    "last attempt ended.",
)
_SOFTAP = Words(
    "The radio hands out configuration at the moment.",
    "End the provisioning mode, or wait until it ends by itself.",
)
_JOINING_HINT = "Wait until it has joined, then look again."
_HOTSPOT_HINT = "Join the hotspot and choose a network there, or use firstlight connect."


def radio(seen: Seen) -> Judged:
    """A radio is there that Firstlight may use."""
    state = seen.radio
    words = _WITHOUT_RADIO.get(state.availability)
    if words is not None:
        hint = words.hint.format(interface=state.interface or "wlan0")
        return Judged.broken(RungName.RADIO, Words(words.message, hint))
    driver = f" (driver {state.driver})" if state.driver else ""
    return Judged.ok(RungName.RADIO, f"{state.interface or 'The radio'} is there{driver}.")


def unblocked(seen: Seen) -> Judged:
    """It may send: no rfkill switch is off. Without a country it may, but not everywhere.

    NetworkManager's word counts; the switches tell which one it is, and speak for themselves while
    NetworkManager has no radio.
    """
    name, availability = RungName.UNBLOCKED, seen.radio.availability
    switches = seen.regulation.switches
    hard = [switch.name for switch in switches if switch.hard_blocked]
    soft = [switch.name for switch in switches if switch.soft_blocked]
    if availability in _USABLE:
        return _switched_on(seen)
    if availability is not Availability.BLOCKED and not hard and not soft:
        if switches:
            return _switched_on(seen)
        return Judged.skipped(name, "Nothing is known of it.", needs=below(name))
    words = WORDS[Cause.RADIO_BLOCKED]
    if hard:
        evidence = f"{', '.join(hard)} is hard-blocked: switched off by hardware."
        return Judged.broken(name, Words(words.message, _HARD), evidence=evidence)
    if soft:
        evidence = f"{', '.join(soft)} is soft-blocked: switched off by software (rfkill)."
        return Judged.broken(name, Words(words.message, _SOFT), evidence=evidence)
    return Judged.broken(name, words)


def _switched_on(seen: Seen) -> Judged:
    return Judged.ok(RungName.UNBLOCKED, f"The radio is switched on. {_country(seen)}".rstrip())


def _country(seen: Seen) -> str:
    kernel = seen.regulation.country
    if seen.country is not None:
        return f"The configured country is {seen.country}."
    if kernel is None:
        return ""
    if is_country(kernel):
        return f"The kernel's country is {kernel}."
    return (
        "No country is configured and the kernel was loaded with none, so some channels may stay "
        'closed; set one, for example country = "DE".'
    )


def associated(seen: Seen) -> Judged:
    """It has joined a network as a station. A device that is a hotspot has not, and says so."""
    name, state, needs = RungName.ASSOCIATED, seen.radio, below(RungName.ASSOCIATED)
    match state.link:
        case Link.CONNECTED:
            return Judged.ok(name, f"Joined {seen.network or 'a network'}{_where(state)}.")
        case Link.HOTSPOT | Link.HOTSPOT_STARTING:
            verb = "is offering" if state.link is Link.HOTSPOT else "is starting"
            message = " ".join(f"The device {verb} its hotspot {seen.network}".split()) + "."
            evidence = f"{message[:-1]}, so it has joined no network."
            words = Words(message, _HOTSPOT_HINT)
            return Judged.broken(name, words, evidence=evidence, needs=needs)
        case Link.SOFTAP:
            return Judged.broken(name, _SOFTAP, needs=needs)
        case Link.JOINING:
            message = f"The radio is joining {seen.network or 'a network'} at the moment."
            return Judged.broken(name, Words(message, _JOINING_HINT), needs=needs)
        case _:
            return Judged.broken(name, _OFFLINE, needs=needs)


def _where(state: RadioState) -> str:
    known = (
        f"access point {state.bssid}" if state.bssid else "",
        f"{state.frequency} MHz" if state.frequency else "",
    )
    told = ", ".join(filter(None, known))
    return f" ({told})" if told else ""


def address(seen: Seen) -> Judged:
    """The network gave an address."""
    name, lease = RungName.ADDRESS, seen.radio.ipv4
    if seen.radio.online and lease is not None:
        return Judged.ok(name, f"The address is {lease.address}/{lease.prefix}.")
    message, hint = WORDS[Cause.NO_ADDRESS]
    words = Words(message.format(ssid=seen.network or "The network"), hint)
    return Judged.broken(name, words, needs=below(name))
