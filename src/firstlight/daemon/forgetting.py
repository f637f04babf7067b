"""Forgetting a saved network, and what becomes of the device then."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.core.mode import Turn
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.home import Home
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.memory import Memory
from firstlight.daemon.recovery import Recovery
from firstlight.errors import Code, NotFound
from firstlight.model.event import Action
from firstlight.model.profile import Profile
from firstlight.model.text import plain
from firstlight.radio.port import Radio


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    memory: Memory
    home: Home
    hotspot: HotspotKeeper
    recovery: Recovery
    announce: Announcer
    turn: Callable[[Turn], Awaitable[None]]


class Forgetting:
    """Nobody else may be at work with the radio."""

    def __init__(self, company: Company) -> None:
        self._with = company

    async def forget(self, name: str) -> None:
        """Delete the saved network of that name, given as it is or as it is shown.

        Raises ``NotFound`` naming those there are.
        """
        company = self._with
        stations = await company.home.networks()
        wanted = [one for one in stations if name in {one.name, plain(one.name)}]
        if not wanted:
            known = ", ".join(plain(one.name) for one in stations) or "none"
            raise NotFound(
                f"There is no saved network {name!r}.",
                code=Code.UNKNOWN_PROFILE,
                hint=f"Saved networks: {known}.",
            )
        async with (
            company.announce.action(Action.NETWORK_FORGET, f"Forgetting {plain(name)}"),
            company.recovery.held(),
        ):
            for one in wanted:
                await company.radio.forget(one.uuid)
            await self._forgotten(wanted, left=len(stations) - len(wanted))

    async def _forgotten(self, profiles: list[Profile], *, left: int) -> None:
        memory = self._with.memory
        if not left:
            await memory.change(provisioned=False, last_ssid="")
        elif memory.kept.last_ssid in {one.name for one in profiles}:
            await memory.change(last_ssid="")
        if self._with.radio.state.online or (left and await self._with.home.comes()):
            return
        self._with.hotspot.wanted = True
        await self._with.turn(Turn.ALONE)
