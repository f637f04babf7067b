"""The cooldown is neither shortened or forgotten, nor longer than configured."""

import asyncio

from firstlight.model.event import Action, ActionPhase, DeviceEvent
from firstlight.simulation.judge import Judge, Rule
from firstlight.simulation.machine import Machine

_SLACK = 1.0
_RECOVERY = frozenset({Action.RECOVERY_START, Action.RECOVERY_COMPLETE, Action.RECOVERY_FAILED})


class CooldownRule:
    """Watches recovery's news, and the status when a cooldown should be over.

    A cooldown begins with every step of a recovery that is told. Until it is over no other recovery
    may begin by itself, whatever happened to process, machine and clocks; only where the disk was
    full may a restart forget it. It is over ``cooldown_ms`` after it began or, because nobody may
    know how long the power was off, after the machine has booted.
    """

    def __init__(
        self,
        machine: Machine,
        judge: Judge,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._machine = machine
        self._judge = judge
        self._loop = loop
        self._began: float | None = None
        self._forgotten = False
        self._check: asyncio.TimerHandle | None = None

    def heard(self, event: DeviceEvent) -> None:
        """The daemon has told everybody something."""
        if event.action not in _RECOVERY or event.phase is None:
            return
        now = self._loop.time()
        if event.action is Action.RECOVERY_START and event.phase is ActionPhase.STARTED:
            self._started(now)
        self._began = now
        self._forgotten = self._machine.disk.full
        self._look_later(now)

    def process_changed(self) -> None:
        """It may have to be remembered."""
        if self._began is not None:
            self._look_later(max(self._began, self._machine.clock.booted_at))

    def _started(self, now: float) -> None:
        left = self._seconds() - (now - self._began) if self._began is not None else 0.0
        if left > _SLACK and not self._forgotten:
            self._judge.accuse(Rule.COOLDOWN, f"recovery began {left:.1f} s before it may")

    def _look_later(self, began: float) -> None:
        if self._check is not None:
            self._check.cancel()
        due = max(began + self._seconds(), self._loop.time()) + _SLACK
        self._check = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        device = self._machine.device
        if device is not None and device.status().recovery.in_cooldown:
            self._judge.accuse(Rule.COOLDOWN, "the cooldown lasts longer than it may")

    def _seconds(self) -> float:
        return 120.0
