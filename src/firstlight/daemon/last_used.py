"""After a boot the network used last goes before another that NetworkManager came upon first."""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from firstlight.core.last_used import BootNote, has_booted, passed_over
from firstlight.core.networks import find
from firstlight.core.recovery.phases import REJOIN_SECONDS
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.home import Home
from firstlight.daemon.lookout import Lookout
from firstlight.daemon.memory import Memory
from firstlight.daemon.rejoining import Tools, rejoin
from firstlight.errors import FirstlightError, StoreFailure
from firstlight.model.access_point import AccessPoint
from firstlight.model.profile import Profile
from firstlight.model.status import Mode
from firstlight.store.notes import NoteFile

log = logging.getLogger(__name__)


class Company(NamedTuple):
    """Who has a part in it."""

    tools: Tools
    memory: Memory
    home: Home
    lookout: Lookout
    announce: Announcer


class LastUsed:
    """``prevails`` once the device is online, then ``note_boot``; nobody else uses the radio."""

    def __init__(self, note: NoteFile[BootNote], company: Company) -> None:
        self._note = note
        self._with = company

    async def prevails(self) -> bool:
        """Move to it where it was passed over. Whether the device is online then; never raises."""
        company = self._with
        kept = company.memory.kept
        radio, may = company.tools.radio, company.tools.settings.enabled
        if kept.mode is Mode.MAINTENANCE or not may or not self._has_booted():
            return True
        try:
            wanted = passed_over(await radio.profiles(), last=kept.last_ssid)
            if wanted is not None:
                await company.lookout.renew()
        except FirstlightError as error:
            log.warning("whether it is the network used last could not be seen: %s", error)
            return radio.state.online
        if wanted is None or not _is_in_sight(wanted, radio.access_points()):
            return radio.state.online
        outcome = await rejoin(company.tools, wanted.uuid, REJOIN_SECONDS)
        if outcome.cause is None:
            company.announce.system(f"Moved to {wanted.name}, which was used last.")
            return True
        log.warning("%s was used last, but could not be joined: %s", wanted.name, outcome.cause)
        return await company.home.comes()

    async def note_boot(self) -> None:
        """From now on this boot is known."""
        note = BootNote(boot_id=self._with.tools.clock.boot_id)
        try:
            if self._note.read()[0] != note:
                await asyncio.to_thread(self._note.write, note)
        except StoreFailure as error:
            log.warning("%s", error)

    def _has_booted(self) -> bool:
        try:
            note, _ = self._note.read()
        except StoreFailure as error:
            log.warning("%s", error)
            return False
        return has_booted(note, self._with.tools.clock.boot_id)


def _is_in_sight(profile: Profile, heard: Sequence[AccessPoint]) -> bool:
    return profile.ssid is not None and find(profile.ssid, heard) is not None
