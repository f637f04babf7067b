"""The saved networks: which there are, and whether the device comes back to one by itself."""

import logging

from firstlight.clock import Clock
from firstlight.daemon.waiting import until
from firstlight.errors import FirstlightError
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.radio.port import Radio

log = logging.getLogger(__name__)

HOME_SECONDS = 30.0
"""How long NetworkManager may take to join a saved network by itself before the hotspot goes up."""

GLANCE_SECONDS = 6.0
"""So long it has where no saved network is in sight."""


class Home:
    """NetworkManager joins saved networks; this only knows them and waits."""

    def __init__(self, radio: Radio, clock: Clock) -> None:
        self._radio = radio
        self._clock = clock

    async def networks(self) -> tuple[Profile, ...]:
        """Saved WiFi networks, without hotspots and trials. Raises what the radio raises."""
        return tuple(
            one
            for one in await self._radio.profiles()
            if one.kind is ProfileKind.STATION and not one.trial
        )

    async def comes(self) -> bool:
        """Whether a saved network is joined by itself, or already is. Never raises."""
        state = self._radio.state
        if state.online or state.availability is not Availability.READY:
            return state.online
        if state.link in {Link.HOTSPOT, Link.SOFTAP} or not await self.is_known():
            return False
        if await until(self._radio, _online, GLANCE_SECONDS, self._clock):
            return True
        if self._radio.state.link is not Link.JOINING and not await self._is_in_sight():
            return False
        return await until(self._radio, _online, HOME_SECONDS - GLANCE_SECONDS, self._clock)

    async def is_known(self) -> bool:
        """Whether there is a saved network to come back to; yes when that can't be seen."""
        try:
            return any(one.autoconnect for one in await self.networks())
        except FirstlightError as error:
            log.warning("whether a network is saved could not be seen: %s", error)
            return True

    async def _is_in_sight(self) -> bool:
        heard = {seen.ssid for seen in self._radio.access_points()}
        try:
            saved = [one for one in await self.networks() if one.autoconnect]
        except FirstlightError:
            return True
        return any(one.hidden or one.ssid in heard for one in saved)


def _online(state: RadioState) -> bool:
    return state.online
