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

    def left(self, kept: Kept, now: Moment) -> float:
        """Seconds that are left of it. Reads a file: for the start."""
        try:
            note, wrong = self._note.read()
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
        return cooldown.left(kept, note, self._boot_id, now)

    async def keep(self, until: float) -> None:
        """Write down when it ends, in seconds since boot. A full disk is a warning, once."""
        note = CooldownNote(boot_id=self._boot_id, until=until)
        try:
            await asyncio.to_thread(self._note.write, note)
        except StoreFailure as error:
            if not self._failed:
                log.warning("%s", error)
            self._failed = True
        else:
            self._failed = False
