"""What a person may wish of the device as a whole: restart, maintenance, the end of the setup."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.core.mode import Turn
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.memory import Memory
from firstlight.daemon.recovery import Recovery
from firstlight.daemon.system_control import SystemControl
from firstlight.model.event import Action
from firstlight.model.text import plain
from firstlight.model.wire import RestartScope
from firstlight.radio.port import Radio


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    memory: Memory
    recovery: Recovery
    announce: Announcer
    system: SystemControl
    allowed: bool
    turn: Callable[[Turn], Awaitable[None]]


class Wishes:
    """Each raises ``Busy`` (code ``wrong_mode``) where the device's mode forbids it."""

    def __init__(self, company: Company) -> None:
        self._with = company

    async def restarted(self) -> None:
        """At the start: whatever restart was asked for has happened."""
        kept = self._with.memory.kept
        if kept.restart_pending:
            await self._with.memory.change(restart_pending=False)
            because = f": {kept.restart_reason}" if kept.restart_reason else ""
            self._with.announce.system(f"Restarted as asked for{because}.")

    async def restart(self, reason: str, scope: RestartScope) -> None:
        """Raises ``RestartFailed``."""
        reason = plain(reason)
        what = "Restarting the device" if scope is RestartScope.DEVICE else "Restarting Firstlight"
        async with self._with.announce.action(Action.SYSTEM_RESTART, what):
            # On disk before the system is asked: it may be quick.
            await self._with.memory.change(
                restart_pending=self._with.allowed, restart_reason=reason
            )
            self._with.announce.status()
            try:
                self._with.announce.system(await self._with.system.restart(scope))
            except BaseException:
                await self._with.memory.change(restart_pending=False)
                self._with.announce.status()
                raise

    async def complete_onboarding(self) -> None:
        """From onboarding to ready."""
        announce = self._with.announce
        async with announce.action(Action.ONBOARDING_COMPLETE, "Finishing the setup"):
            await self._with.turn(Turn.COMPLETED)
            await self._with.memory.change(onboarding_completed=True)
            announce.status()

    async def enter_maintenance(self) -> None:
        """Nothing is repaired by itself."""
        async with self._with.announce.action(Action.MAINTENANCE_ENTER, "Entering maintenance"):
            await self._with.turn(Turn.ENTERED)
            self._with.recovery.saw()

    async def exit_maintenance(self) -> None:
        """Back to normal, whatever that is by now."""
        async with self._with.announce.action(Action.MAINTENANCE_EXIT, "Leaving maintenance"):
            await self._with.turn(Turn.LEFT)
            if self._with.radio.state.online:
                await self._with.turn(Turn.ONLINE)
            self._with.recovery.saw()
