"""Puts into the hub what happens, in words."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from firstlight.core.recovery.messages import News, Tell
from firstlight.daemon.hub import Hub
from firstlight.errors import FirstlightError
from firstlight.model.attempt import Attempt, AttemptState, StepName
from firstlight.model.claim import Claim, ClaimState, ClaimStepName
from firstlight.model.event import Action, ActionPhase, EventType, Level
from firstlight.model.status import DeviceStatus
from firstlight.provisioning.messages import News as Shift
from firstlight.provisioning.messages import Tell as Shifted

_STEPS = {
    StepName.FOUND: "{ssid} is in sight.",
    StepName.ASSOCIATED: "{ssid} answers.",
    StepName.PASSWORD_ACCEPTED: "The password was accepted.",
    StepName.ADDRESS: "The device has an address.",
    StepName.GATEWAY: "The gateway answers.",
    StepName.INTERNET: "The internet is reachable.",
    StepName.SAVED: "{ssid} is saved.",
    StepName.RESTORED: "The network of before is back.",
}

_CLAIM_STEPS = {
    ClaimStepName.FOUND: "A controller in Provisioning Mode is in range.",
    ClaimStepName.JOINED: "The controller's network is joined.",
    ClaimStepName.NONCE: "The controller gave a nonce.",
    ClaimStepName.CONFIGURATION: "The controller gave the configuration.",
    ClaimStepName.CERTIFICATE: "The controller gave a CA certificate, and it is the right one.",
    ClaimStepName.STORED: "The configuration is stored.",
}

_RECOVERY = {
    News.STARTED: (Action.RECOVERY_START, Level.WARNING, ActionPhase.STARTED),
    News.COMPLETED: (Action.RECOVERY_COMPLETE, Level.SUCCESS, ActionPhase.COMPLETED),
    News.FAILED: (Action.RECOVERY_FAILED, Level.ERROR, ActionPhase.FAILED),
}

_PROVISIONING = {
    Shift.STARTING: (Action.PROVISIONING_START, Level.INFO, ActionPhase.STARTED),
    Shift.ACTIVE: (Action.PROVISIONING_START, Level.SUCCESS, ActionPhase.COMPLETED),
    Shift.FAILED: (Action.PROVISIONING_START, Level.ERROR, ActionPhase.FAILED),
    Shift.JOINED: (Action.PROVISIONING_JOINED, Level.INFO, ActionPhase.COMPLETED),
    Shift.CONFIGURED: (Action.PROVISIONING_CONFIGURED, Level.SUCCESS, ActionPhase.COMPLETED),
    Shift.REFUSED: (Action.PROVISIONING_REFUSED, Level.WARNING, ActionPhase.FAILED),
    Shift.ROGUE: (Action.PROVISIONING_ROGUE, Level.ERROR, ActionPhase.FAILED),
    Shift.STOPPING: (Action.PROVISIONING_STOP, Level.INFO, ActionPhase.STARTED),
    Shift.DOWN: (Action.PROVISIONING_STOP, Level.SUCCESS, ActionPhase.COMPLETED),
}


class Announcer:
    """Tells each thing once: a status only when it is another, a step only when it is new."""

    def __init__(self, hub: Hub, status: Callable[[], DeviceStatus]) -> None:
        self._hub = hub
        self._status = status
        self._told: DeviceStatus | None = None
        self._steps: dict[str, int] = {}
        self._claim: Claim | None = None

    def system(self, message: str) -> None:
        """Something about the daemon itself."""
        self.pairing(Level.INFO, message)

    def warning(self, message: str) -> None:
        """Something that a person should know of."""
        self.pairing(Level.WARNING, message)

    def pairing(self, level: Level, message: str) -> None:
        """Who came in, or did not."""
        self._hub.publish(EventType.SYSTEM, level, message)

    def status(self) -> None:
        """The device is another one, if it is."""
        status = self._status()
        if status == self._told:
            return
        self._told = status
        level = {"ok": Level.INFO, "warning": Level.WARNING, "error": Level.ERROR}
        self._hub.publish(
            EventType.STATUS,
            level[status.runtime.health],
            status.runtime.summary,
            status=status,
        )

    def attempt(self, attempt: Attempt) -> None:
        """How an attempt has come on: its beginning, each new step, its end."""
        told = self._steps.get(attempt.id)
        if told is None:
            self._steps = {attempt.id: 0}
            told = 0
            self._join(attempt, Level.INFO, f"Joining {attempt.ssid}.", phase=ActionPhase.STARTED)
        for step in attempt.steps[told:]:
            self._join(
                attempt,
                Level.INFO,
                _STEPS[step.name].format(ssid=attempt.ssid),
                step=step.name,
            )
        self._steps[attempt.id] = len(attempt.steps)
        if attempt.state is AttemptState.SUCCEEDED:
            message = f"Connected to {attempt.ssid}."
            self._join(attempt, Level.SUCCESS, message, phase=ActionPhase.COMPLETED)
        elif attempt.state is AttemptState.FAILED:
            message = attempt.message or f"{attempt.ssid} could not be joined."
            self._join(attempt, Level.ERROR, message, phase=ActionPhase.FAILED)

    def claim(self, claim: Claim) -> None:
        """How a claim has come on: its beginning, each new step, its end."""
        fresh = claim.steps[len(self._claim.steps) :] if self._claim else ()
        if self._claim is None or self._claim.started_at != claim.started_at:
            self.begin(Action.CLAIM, "Looking for a controller to claim configuration from.")
            fresh = claim.steps
        for step in fresh:
            self._hub.publish(
                EventType.ACTION,
                Level.INFO,
                _CLAIM_STEPS[step.name],
                action=Action.CLAIM,
                details={"step": step.name.value, "bssid": claim.bssid},
            )
        before, self._claim = self._claim, claim
        if before is not None and before.state is claim.state:
            return
        if claim.state is ClaimState.SUCCEEDED:
            self.complete(Action.CLAIM, "Configuration was claimed and stored.")
        elif claim.state is ClaimState.FAILED:
            self._hub.publish(
                EventType.ACTION,
                Level.ERROR,
                claim.message,
                action=Action.CLAIM,
                phase=ActionPhase.FAILED,
                details={"cause": claim.cause and claim.cause.value, "hint": claim.hint},
            )

    @asynccontextmanager
    async def action(self, action: Action, message: str) -> AsyncGenerator[None, None]:
        """Tell the beginning and the end of what somebody wished."""
        self._act(action, Level.INFO, f"{message}.", ActionPhase.STARTED)
        try:
            yield
        except FirstlightError as error:
            self._act(action, Level.ERROR, error.message, ActionPhase.FAILED)
            raise
        self._act(action, Level.SUCCESS, f"{message}: done.", ActionPhase.COMPLETED)

    def begin(self, action: Action, message: str) -> None:
        """The beginning of something whose end comes later, perhaps in another process."""
        self._act(action, Level.INFO, message, ActionPhase.STARTED)

    def complete(self, action: Action, message: str) -> None:
        """Its good end."""
        self._act(action, Level.SUCCESS, message, ActionPhase.COMPLETED)

    def recovery(self, news: Tell) -> None:
        """News of recovery."""
        action, level, phase = _RECOVERY[news.news]
        self._act(action, level, news.message, phase)

    def provisioning(self, tell: Shifted) -> None:
        """News of Provisioning Mode."""
        action, level, phase = _PROVISIONING[tell.news]
        details = {"mac": tell.mac, "reason": tell.reason}
        named: dict[str, object] = {name: value for name, value in details.items() if value}
        self._act(action, level, tell.message, phase, named or None)

    def _act(
        self,
        action: Action,
        level: Level,
        message: str,
        phase: ActionPhase,
        details: dict[str, object] | None = None,
    ) -> None:
        self._hub.publish(
            EventType.ACTION, level, message, action=action, phase=phase, details=details
        )

    def _join(
        self,
        attempt: Attempt,
        level: Level,
        message: str,
        *,
        phase: ActionPhase | None = None,
        step: StepName | None = None,
    ) -> None:
        details: dict[str, object] = {"attempt": attempt.id, "ssid": attempt.ssid}
        if step is not None:
            details["step"] = step.value
        if attempt.cause is not None:
            details |= {"cause": attempt.cause.value, "hint": attempt.hint}
        self._hub.publish(
            EventType.ACTION,
            level,
            message,
            action=Action.NETWORK_CONNECT,
            phase=phase,
            details=details,
        )
