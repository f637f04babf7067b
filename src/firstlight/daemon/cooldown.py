"""The cooldown, kept so that neither a crash nor a clock that jumps forgets it."""

import asyncio
import logging

from firstlight.clock import Clock
from firstlight.core.recovery import cooldown
from firstlight.core.recovery.cooldown import CooldownNote
from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.store.notes import NoteFile

log = logging.getLogger(__name__)


class Cooldown:
    """A note beside ``provisioning.json``."""

    def __init__(self, note: NoteFile[CooldownNote], clock: Clock) -> None:
        self._note = note
        self._boot_id = clock.boot_id
        self._failed = False
        self._until: float | None = None
        self._unwritten: CooldownNote | None = None

    def left(self, kept: Kept, now: Moment) -> float:
        """Seconds that are left of it. Reads a file: for the start."""
        try:
            note, wrong = self._note.read()
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
        left = cooldown.left(kept, note, self._boot_id, now)
        if left or (note is not None and not note.over):
            self._until = now.monotonic + left
        return left

    async def keep(self, until: float) -> None:
        """Write down when it ends, in seconds since boot.

        A full disk is a warning, once; ``look`` tries again.
        """
        self._until = until
        self._unwritten = CooldownNote(boot_id=self._boot_id, until=until)
        await self._write()

    async def look(self, now: Moment) -> None:
        """Write down that it is over, once it is: a reboot could not know."""
        until = self._until
        if until is not None and until <= now.monotonic:
            self._until = None
            self._unwritten = CooldownNote(boot_id=self._boot_id, until=until, over=True)
        await self._write()

    async def _write(self) -> None:
        if self._unwritten is None:
            return
        try:
            await asyncio.to_thread(self._note.write, self._unwritten)
        except StoreFailure as error:
            if not self._failed:
                log.warning("%s", error)
            self._failed = True
        else:
            self._failed, self._unwritten = False, None
