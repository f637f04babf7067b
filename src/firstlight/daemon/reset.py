"""Factory reset: everything that a user has put in is forgotten.

A note on disk says that it was accepted, before anything is touched, and goes away last. So a power
cut in the middle only delays it: every step can be done again, and the next start does.

What the factory has put in stays: the hotspot's name and password, because they are on the label
and a device whose hotspot nobody can join is lost (``docs/decisions/0006-factory-reset.md``).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.core.mode import Turn
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.claiming import Claiming
from firstlight.daemon.home import Home
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.memory import Memory
from firstlight.daemon.pairing import Pairing
from firstlight.daemon.provisioning.company import Records
from firstlight.errors import Busy, FirstlightError, NotFound, NotPermitted, StoreFailure
from firstlight.model.event import Action
from firstlight.model.profile import Profile
from firstlight.radio.port import Radio
from firstlight.store.notes import NoteFile, ResetNote

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5.0


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    clock: Clock
    memory: Memory
    home: Home
    hotspot: HotspotKeeper
    pairing: Pairing
    claiming: Claiming
    records: Records
    announce: Announcer
    turn: Callable[[Turn], Awaitable[None]]


class FactoryReset:
    """``accept`` it, then ``carry_out``; at the start ``is_due`` tells of one that was cut off."""

    def __init__(self, note: NoteFile[ResetNote], company: Company) -> None:
        self._note = note
        self._with = company
        self._accepted = False

    @property
    def under_way(self) -> bool:
        """Whether it is going on."""
        return self._accepted

    def check_idle(self) -> None:
        """Raises ``Busy`` while it is going on."""
        if self._accepted:
            raise Busy("A factory reset is under way.", retry_after=30)

    def is_due(self) -> bool:
        """Whether one was accepted and is not done. Reads a file: for the start."""
        try:
            found, wrong = self._note.read()
        except StoreFailure as error:
            found, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
        self._accepted = found is not None or bool(wrong)
        return self._accepted

    async def accept(self) -> None:
        """From now on it will be done. Raises ``Busy``, or ``StoreFailure`` with nothing begun."""
        if self._accepted:
            raise Busy("A factory reset is under way already.", retry_after=30)
        self._accepted = True
        when = round(self._with.clock.wall() * 1000)
        try:
            await asyncio.to_thread(self._note.write, ResetNote(max(0, when)))
        except StoreFailure:
            self._accepted = False
            raise

    async def sign_everybody_out(self) -> None:
        """For the start, ahead of the rest: nobody comes in by what is about to be forgotten."""
        try:
            await self._with.pairing.forget()
        except StoreFailure as error:
            log.warning("sessions are still on disk: %s", error)

    async def carry_out(self) -> None:
        """Do it, as often as it takes; nobody else may work with the radio meanwhile."""
        announce = self._with.announce
        announce.begin(Action.FACTORY_RESET, "Factory reset: everything is being forgotten.")
        failures = 0
        while True:
            try:
                await self._once()
            except FirstlightError as error:
                failures += 1
                if failures == 1:
                    announce.system(f"Factory reset goes on when it can: {error.message}")
                await self._with.clock.sleep(_RETRY_SECONDS)
            else:
                break
        self._accepted = False
        announce.complete(Action.FACTORY_RESET, "Factory reset: done. The device is as new.")

    async def _once(self) -> None:
        company = self._with
        for profile in await company.home.networks():
            await self._forget(profile)
        unsaved = None
        for forget in (
            company.memory.reset,
            company.pairing.forget,
            company.claiming.forget,
            company.records.forget,
        ):
            try:
                await forget()
            except StoreFailure as error:
                unsaved = error
        # A full disk must not keep the device from being reached.
        await self._offer_hotspot()
        if unsaved is not None:
            raise unsaved
        company.announce.system("Forgot everything that was remembered.")
        await asyncio.to_thread(self._note.remove)

    async def _forget(self, profile: Profile) -> None:
        try:
            await self._with.radio.forget(profile.uuid)
        except NotFound:
            return
        except NotPermitted as error:
            self._with.announce.system(f"{profile.name} stays: {error.message}")
        else:
            self._with.announce.system(f"Forgot {profile.name}.")

    async def _offer_hotspot(self) -> None:
        await self._with.hotspot.identify()
        self._with.hotspot.wanted = True
        await self._with.turn(Turn.RESET)
        try:
            await self._with.hotspot.up()
        except FirstlightError as error:
            log.warning("the hotspot did not come up yet: %s", error)
