"""Meeting reality: at the start, and whenever the radio comes back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.core.mode import Turn
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.attempts import Attempts
from firstlight.daemon.claiming import Claiming
from firstlight.daemon.home import Home
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.joining import Joining
from firstlight.daemon.last_used import LastUsed
from firstlight.daemon.lookout import Lookout
from firstlight.daemon.memory import Memory
from firstlight.daemon.provisioning.mode import ProvisioningMode
from firstlight.daemon.recovery import Recovery
from firstlight.daemon.reset import FactoryReset
from firstlight.daemon.tasks import Tasks
from firstlight.daemon.wishes import Wishes
from firstlight.errors import FirstlightError
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.radio.port import Radio

log = logging.getLogger(__name__)


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    memory: Memory
    home: Home
    last_used: LastUsed
    lookout: Lookout
    hotspot: HotspotKeeper
    recovery: Recovery
    joining: Joining
    claiming: Claiming
    attempts: Attempts
    reset: FactoryReset
    wishes: Wishes
    provisioning: ProvisioningMode
    announce: Announcer
    tasks: Tasks
    turn: Callable[[Turn], Awaitable[None]]


class Meeting:
    """Holds the hotspot back until it is known whether NetworkManager joins by itself."""

    def __init__(self, company: Company) -> None:
        self._with = company
        self._started = False
        self._was_ready = False
        self._ready = asyncio.Event()
        self.clearing = asyncio.Lock()
        """Held while what a killed process left behind is cleared away."""

    def begin(self) -> None:
        """Meet reality in the background."""
        self._with.hotspot.hold()
        self._with.tasks.spawn(self._start(), "start")

    def radio_changed(self, state: RadioState) -> None:
        """The radio is another one: perhaps it is back."""
        ready = _is_ready(state)
        if ready:
            self._ready.set()
        if not self._started:
            return
        if ready and not self._was_ready and not self._busy():
            self._with.hotspot.hold()
            self._with.tasks.spawn(self._return_home(), "return-home")
        self._was_ready = ready
        self._with.recovery.saw()

    async def _start(self) -> None:
        """Once more when a radio comes late; then let the hotspot go up."""
        company = self._with
        company.announce.system("Firstlight has started.")
        await company.wishes.restarted()
        await self._meet()
        if not _is_ready(company.radio.state):
            self._ready.clear()
            await self._ready.wait()
            await self._meet()
        await company.last_used.note_boot()
        self._started = self._was_ready = True
        if not company.reset.under_way:
            async with self.clearing:
                await company.claiming.at_boot()
        company.hotspot.resume()
        company.recovery.resume()
        self.radio_changed(company.radio.state)
        company.announce.status()

    async def _meet(self) -> None:
        """Clear up after a kill, and see whether the network of before is there."""
        company = self._with
        await self._clear_up()
        if company.reset.is_due() and _is_ready(company.radio.state):
            await company.reset.carry_out()
            await company.recovery.forget()
            return
        await company.lookout.look_round()
        at_home = await company.home.comes()
        if at_home:
            at_home = await company.last_used.prevails()
        if not at_home:
            await company.lookout.look_round()
        if not company.attempts:
            known = company.memory.kept.provisioned or await company.home.is_known()
            up = company.radio.state.link is Link.HOTSPOT
            await company.memory.change(ap_enabled=up, provisioned=known)
            await company.turn(Turn.ONLINE if at_home else Turn.ALONE)

    async def _return_home(self) -> None:
        """The radio is back: a saved network goes before the hotspot, unless that was up."""
        try:
            await self._clear_up()
            if not self._with.memory.kept.ap_enabled:
                await self._with.lookout.look_round()
                await self._with.home.comes()
        finally:
            self._with.hotspot.resume()

    async def _clear_up(self) -> None:
        """Undo what a killed process, or an attempt that lost NetworkManager, has left behind."""
        try:
            async with self.clearing:
                if self._busy():
                    return
                for done in await self._with.radio.settle():
                    self._with.announce.system(done)
        except FirstlightError as error:
            log.warning("what was left behind could not be cleared: %s", error)

    def _busy(self) -> bool:
        """Whether somebody works with the radio, who will leave it as it was."""
        company = self._with
        users = (company.joining, company.claiming, company.provisioning)
        return any(one.under_way for one in users)


def _is_ready(state: RadioState) -> bool:
    return state.availability is Availability.READY
