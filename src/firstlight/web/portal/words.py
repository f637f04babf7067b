"""What the pages say about networks, steps and the device, in the reader's language.

``Say`` is a catalogue's ``gettext``; ``N_`` only marks what goes into the catalogue.
"""

from collections.abc import Callable

import msgspec

from firstlight.model.attempt import Attempt, AttemptState, Cause, StepName
from firstlight.model.status import DeviceStatus, Health, Mode, RecoveryLock, RuntimePhase

Say = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802  the field's name for it
    """Mark for translation."""
    return text


_STEPS = {
    StepName.FOUND: N_("Network found"),
    StepName.ASSOCIATED: N_("The network answers"),
    StepName.PASSWORD_ACCEPTED: N_("Password accepted"),
    StepName.ADDRESS: N_("Address received"),
    StepName.GATEWAY: N_("The router answers"),
    StepName.INTERNET: N_("The internet is reachable"),
    StepName.SAVED: N_("Saved"),
    StepName.RESTORED: N_("Everything is as it was before"),
}

_NEXT: dict[StepName | None, str] = {
    None: N_("Looking for the network"),
    StepName.FOUND: N_("Getting in touch"),
    StepName.ASSOCIATED: N_("Checking the password"),
    StepName.PASSWORD_ACCEPTED: N_("Waiting for an address"),
    StepName.ADDRESS: N_("Looking for the way out"),
    StepName.GATEWAY: N_("Looking for the internet"),
    StepName.INTERNET: N_("Saving"),
    StepName.SAVED: N_("Finishing"),
    StepName.RESTORED: N_("Finishing"),
}

_SECURITY = {
    "open": N_("Open"),
    "owe": N_("Open, encrypted"),
    "wep": "WEP",
    "wpa": "WPA",
    "wpa2": "WPA2",
    "wpa2-wpa3": "WPA2/WPA3",
    "wpa3": "WPA3",
}

_WARNINGS = {
    Cause.NO_GATEWAY: N_("The router does not answer."),
    Cause.DNS_FAILURE: N_("Names can't be looked up, so the internet is out of reach."),
    Cause.CAPTIVE_PORTAL: N_(
        "The network wants a sign-in on a web page before it lets anybody through."
    ),
    Cause.NO_INTERNET: N_("There is no internet behind this network."),
}

_STRENGTHS = (
    (70, N_("strong signal")),
    (45, N_("good signal")),
    (25, N_("weak signal")),
    (0, N_("very weak signal")),
)

_STILL_NEW = 45
_MINUTE = 60


class StepLine(msgspec.Struct, frozen=True):
    """``time`` is empty for what is still to come."""

    words: str
    time: str


def step_lines(attempt: Attempt, say: Say, *, open_: bool = False) -> list[StepLine]:
    """The steps that were reached, and the next one while it is under way."""
    lines = [StepLine(say(_STEPS[step.name]), seconds(step.elapsed_ms)) for step in attempt.steps]
    if attempt.state is AttemptState.RUNNING:
        reached = attempt.steps[-1].name if attempt.steps else None
        if reached is StepName.ASSOCIATED and open_:
            reached = StepName.PASSWORD_ACCEPTED
        lines.append(StepLine(f"{say(_NEXT[reached])}…", ""))
    return lines


def seconds(milliseconds: int) -> str:
    """Such as ``1.4 s``."""
    return f"{milliseconds / 1000:.1f} s"


def is_open(security: str) -> bool:
    """Whether it takes no password."""
    return security in {"open", "owe"}


def security_words(security: str, say: Say) -> str:
    """Its name; how it is encrypted."""
    if security.endswith("-enterprise"):
        return say(N_("User accounts"))
    return say(_SECURITY.get(security, N_("Secured")))


def obstacle(security: str, say: Say) -> str:
    """Why a network can't be joined from here; empty where it can."""
    if security.endswith("-enterprise"):
        return say(N_("This network signs users in by name (802.1X). That is not supported yet."))
    if security == "wep":
        return say(
            N_(
                "This network uses WEP, which is broken and not supported. "
                "Set its router to WPA2 or WPA3."
            )
        )
    return ""


def strength(signal: int, say: Say) -> str:
    """For those who can't see bars."""
    return say(next(words for least, words in _STRENGTHS if signal >= least))


def heard(age: int | None, say: Say) -> str:
    """How old the list is, once that matters."""
    if age is None or age < _STILL_NEW:
        return ""
    return say(N_("heard {minutes} min ago")).format(minutes=max(1, round(age / _MINUTE)))


def whereabouts(status: DeviceStatus, say: Say) -> str:
    """Where the device is, above the list of networks."""
    network = status.network
    if network.connected and network.last_ssid:
        return say(N_("The device is connected to {network}.")).format(network=network.last_ssid)
    if status.mode is Mode.PROVISIONING and network.provisioned and network.last_ssid:
        words = N_(
            "{network} is not reachable. The device tries it again by itself, "
            "or choose another network."
        )
        return say(words).format(network=network.last_ssid)
    return say(N_("Pick the WiFi that the device shall use."))


def warning(cause: Cause | None, say: Say) -> str:
    """What is missing behind a network that was joined all the same."""
    return say(_WARNINGS[cause]) if cause is not None and cause in _WARNINGS else ""


def condition(status: DeviceStatus, say: Say, told: Say) -> list[str]:
    """What is the matter with the device, in a few sentences; nothing where all is well."""
    runtime, recovery = status.runtime, status.recovery
    if runtime.phase is RuntimePhase.RESTARTING:
        return [say(N_("The device is restarting."))]
    found = [told(one) for one in runtime.warnings]
    if runtime.phase is RuntimePhase.MAINTENANCE:
        words = N_("The device is in maintenance: it repairs nothing by itself.")
        found.insert(0, say(words))
    degraded = runtime.phase is RuntimePhase.DEGRADED
    if degraded and not found:
        found.append(told(runtime.summary))
    if recovery.active_lock is RecoveryLock.RECOVERY:
        found.append(say(N_("The device is trying to get back online by itself.")))
    elif degraded and runtime.health is Health.ERROR:
        found.append(_next_repair(status, say))
    return [one for one in found if one]


def _next_repair(status: DeviceStatus, say: Say) -> str:
    recovery = status.recovery
    if not recovery.enabled:
        return say(N_("Automatic recovery is switched off."))
    if recovery.in_cooldown:
        return say(N_("The device waits a while before it tries to repair this again."))
    if recovery.degraded_network_streak:
        words = N_("{failed} failed checks so far; after {most} the device repairs this by itself.")
        return say(words).format(
            failed=recovery.degraded_network_streak, most=recovery.failure_threshold
        )
    return ""
