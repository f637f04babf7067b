"""The cooldown is neither shortened or forgotten, nor longer than configured."""

import asyncio

from firstlight.model.event import Action, ActionPhase, DeviceEvent
from firstlight.model.kept import Kept
from firstlight.model.status import RecoveryLock
from firstlight.simulation.judge import Judge, Rule
from firstlight.simulation.machine import Machine

_SLACK = 1.0
_TOLD_LATE = 5.0
"""The end of a recovery is told when its hotspot is up, and that takes its time."""

_OVER = frozenset({Action.RECOVERY_COMPLETE, Action.RECOVERY_FAILED})
_SECONDS = Kept().cooldown_ms / 1000


class CooldownRule:
    """Watches recovery's news, and the status when a cooldown should be over.

    A cooldown begins with a recovery and again with its end, which the status shows at once and is
    told in words when the hotspot is up; a radio that is blocked meanwhile raises none. Until it is
    over no other recovery may begin by itself, whatever happened to process, machine and clocks;
    only where the disk was full may a restart forget it. It is over ``cooldown_ms`` after it began
    or, because nobody may know how long the power was off, after the machine has booted.
    """

    def __init__(self, machine: Machine, judge: Judge, loop: asyncio.AbstractEventLoop) -> None:
        self._machine = machine
        self._judge = judge
        self._loop = loop
        self._began: float | None = None
        self._latest = 0.0
        self._recovering = False
        self._locked = False
        self._unwritten = False
        self._check: asyncio.TimerHandle | None = None

    def heard(self, event: DeviceEvent) -> None:
        """The daemon has told everybody something."""
        now = self._loop.time()
        if event.action is Action.RECOVERY_START and event.phase is ActionPhase.STARTED:
            self._started(now)
            self._begin(now)
            self._recovering = True
        elif event.action in _OVER and self._recovering:
            self._begin(now)
            self._recovering = False
        if event.status is not None:
            self._shown(event.status.recovery.active_lock is RecoveryLock.RECOVERY, now)

    def process_changed(self) -> None:
        """It may have to be remembered."""
        if self._began is None:
            return
        if self._machine.device is None:
            # A last cooldown may have begun without a word.
            self._latest = self._loop.time()
            self._recovering = self._locked = False
        self._look_after(max(self._latest, self._machine.clock.booted_at))

    def _started(self, now: float) -> None:
        passed = now - self._began if self._began is not None else _SECONDS
        if _SECONDS - passed > _TOLD_LATE and not self._unwritten:
            self._judge.accuse(
                Rule.COOLDOWN, f"recovery began only {passed:.1f} s after the one before"
            )

    def _begin(self, now: float) -> None:
        self._began = self._latest = now
        self._unwritten = self._machine.disk.full
        self._look_after(now)

    def _shown(self, locked: bool, now: float) -> None:
        if self._locked and not locked:
            self._latest = now
            self._look_after(now)
        self._locked = locked

    def _look_after(self, began: float) -> None:
        if self._check is not None:
            self._check.cancel()
        due = max(began + _SECONDS, self._loop.time()) + _SLACK
        self._check = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        """What begins in this moment is told in the next, and then looked after by itself."""
        if self._lasts():
            self._check = self._loop.call_later(_SLACK, self._look_again)

    def _look_again(self) -> None:
        if self._lasts():
            self._judge.accuse(Rule.COOLDOWN, "the cooldown lasts longer than it may")

    def _lasts(self) -> bool:
        device = self._machine.device
        return device is not None and device.status().recovery.in_cooldown
