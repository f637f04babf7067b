"""Words for values, the same in every command."""

from firstlight.model.attempt import Cause, StepName
from firstlight.model.ladder import RungName
from firstlight.model.provisioning_mode import ModeState
from firstlight.model.status import RecoveryResult, RuntimePhase

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

MODE_STATES: dict[ModeState, str] = {
    ModeState.OFF: "off",
    ModeState.STARTING: "starting",
    ModeState.ACTIVE: "on",
    ModeState.STOPPING: "stopping",
}

RUNGS: dict[RungName, str] = {
    RungName.RADIO: "radio present",
    RungName.UNBLOCKED: "radio not blocked",
    RungName.ASSOCIATED: "associated",
    RungName.ADDRESS: "address received",
    RungName.GATEWAY: "gateway answers",
    RungName.DNS: "names resolve",
    RungName.INTERNET: "internet reached",
    RungName.NO_PORTAL: "no sign-in page",
    RungName.CLOCK: "clock plausible",
    RungName.BROKER: "broker reached",
}

RESULTS: dict[RecoveryResult, str] = {
    RecoveryResult.IDLE: "",
    RecoveryResult.PENDING: "not decided yet",
    RecoveryResult.COOLDOWN: "held back by the cooldown",
    RecoveryResult.HOTSPOT_RESTORED: "no saved network could be joined; the hotspot is up",
    RecoveryResult.REJOIN_SUCCEEDED: "back on a saved network",
    RecoveryResult.REJOIN_FAILED: "no saved network could be joined",
    RecoveryResult.FAILED: "failed",
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


def duration(seconds: float) -> str:
    """About how long, in the unit that fits."""
    if seconds < 90:  # noqa: PLR2004  a minute and a half reads better as seconds
        return f"{max(0, round(seconds))} s"
    return f"{round(seconds / 60)} min"
