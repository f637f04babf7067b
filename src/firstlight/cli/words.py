"""Words for values, the same in every command."""

from firstlight.model.attempt import Cause, StepName
from firstlight.model.status import RuntimePhase

STEPS: dict[StepName, str] = {
    StepName.FOUND: "network found",
    StepName.ASSOCIATED: "associated",
    StepName.PASSWORD_ACCEPTED: "password accepted",
    StepName.ADDRESS: "address received",
    StepName.GATEWAY: "gateway answers",
    StepName.INTERNET: "internet reached",
    StepName.SAVED: "saved",
    StepName.RESTORED: "back as before",
}

SHORTCOMINGS: dict[Cause, str] = {
    Cause.NO_GATEWAY: "its gateway does not answer",
    Cause.DNS_FAILURE: "names can't be looked up there",
    Cause.CAPTIVE_PORTAL: "it wants a sign-in on a web page first",
    Cause.NO_INTERNET: "the internet was not reached",
}

PHASES: dict[RuntimePhase, str] = {
    RuntimePhase.PROVISIONING: "waiting for WiFi",
    RuntimePhase.CONNECTING: "joining a network",
    RuntimePhase.ONBOARDING: "online, waiting to be finished",
    RuntimePhase.READY: "ready",
    RuntimePhase.MAINTENANCE: "in maintenance",
    RuntimePhase.ERROR: "in trouble",
    RuntimePhase.DEGRADED: "degraded",
    RuntimePhase.RESTARTING: "restarting",
}

_BARS = ("▂___", "▂▄__", "▂▄▆_", "▂▄▆█")
_ASCII_BARS = (".   ", ".:  ", ".:| ", ".:|#")


def bars(signal: int, *, unicode: bool) -> str:
    """Signal strength, 0 to 100, as four columns."""
    step = min(max(signal, 0), 99) // 25
    return (_BARS if unicode else _ASCII_BARS)[step]


def shortcoming(cause: Cause) -> str:
    """What is lacking although the network was joined."""
    return SHORTCOMINGS.get(cause, cause.replace("_", " "))
