"""Joining a saved network beside the hotspot, to see whether it can be joined at all.

A companion interface gets a volatile copy of the profile: the profile itself may be bound to the
radio's own interface, and a failure would count against it in NetworkManager.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firstlight.errors import Busy, FirstlightError, RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.model.profile import Profile
from firstlight.model.radio import Link, LinkReason, LinkReport, LinkStage
from firstlight.radio.nm.companion import Companion
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.following import Following
from firstlight.radio.nm.profiles import rehearsal_settings
from firstlight.radio.nm.programs import Run
from firstlight.radio.nm.rejoining import station_profile
from firstlight.radio.nm.scanning import Scanner
from firstlight.radio.nm.session import COMPANION, Session
from firstlight.radio.port import Report

log = logging.getLogger(__name__)

OUTCOME_SECONDS = 75.0
FRESH_SECONDS = 5.0


class Rehearsing:
    """At most one at a time."""

    def __init__(self, session: Session, run: Run, scanner: Scanner) -> None:
        self._session = session
        self._companion = Companion(
            session, run, COMPANION, on_link=self._linked, on_station=_joined_by
        )
        self._scanner = scanner
        self._following: Following | None = None
        self._clearing: asyncio.Task[None] | None = None
        self._under_way = False
        session.on_second_state[COMPANION] = lambda new, why: self._with(
            lambda following: following.device_state(new, why)
        )

    async def close(self) -> None:
        """Report nothing more, and let what is being cleared away be cleared away."""
        if self._following is not None:
            self._following.end()
        if self._clearing is not None:
            await asyncio.gather(self._clearing, return_exceptions=True)
        await self._companion.close()

    async def settle(self) -> tuple[str, ...]:
        """Take away what a killed process left behind. Returns a sentence for it."""
        if not await self._companion.vanish():
            return ()
        return ("The second interface of an unfinished try beside the hotspot was removed.",)

    def updated(self) -> None:
        """Anything has changed."""
        self._with(lambda following: following.updated())

    async def rehearse(self, wanted: str, report: Report) -> None:
        """See the port."""
        device = self._session.usable_device()
        path, simultaneous = await station_profile(self._session, wanted)
        self._check(self._session.state().link)
        profile = self._session.profile(path, (await self._session.settings())[path])
        if profile is None or not await self._in_sight(profile):
            report(LinkReport(stage=LinkStage.FAILED, reason=LinkReason.SSID_NOT_FOUND))
            return
        self._under_way = True
        try:
            beside = await self._appear(device)
            await self._join(path, beside, simultaneous, report)
        finally:
            # Whoever is cancelled here is not to leave an interface behind.
            self._clearing = asyncio.create_task(self._clear(), name="rehearsal-end")
            await asyncio.shield(self._clearing)

    async def _appear(self, device: WifiDevice) -> WifiDevice:
        try:
            return await self._companion.appear(device)
        except RadioFailure as error:
            # Some drivers list the combination and then refuse the interface; asking again is vain.
            log.warning("there will be no second interface beside the hotspot: %s", error)
            self._session.abilities = replace(self._session.abilities, join_as_hotspot=False)
            self._session.mirror.changed()
            raise

    async def _join(
        self, path: str, device: WifiDevice, simultaneous: bool, report: Report
    ) -> None:
        over = asyncio.Event()

        def told(what: LinkReport) -> None:
            if what.stage in {LinkStage.CONNECTED, LinkStage.FAILED}:
                over.set()
            report(what)

        copy = rehearsal_settings(
            await self._session.connections.whole(path), str(uuid.uuid4()), interface=COMPANION
        )
        following = Following(
            self._session,
            str(copy["connection"]["uuid"].value),
            told,
            simultaneous_authentication=simultaneous,
            device=lambda: self._companion.device,
        )
        self._following = following
        _, active = await self._session.manager.add_and_activate_volatile(copy, device.path)
        following.accepted(active)
        try:
            async with asyncio.timeout(OUTCOME_SECONDS):
                await over.wait()
        except TimeoutError:
            following.gone(LinkReason.SUPPLICANT_TIMEOUT)

    async def _clear(self) -> None:
        if self._following is not None:
            self._following.end()
            self._following = None
        try:
            device = self._companion.device
            if device is not None and device.active.path != "/":
                await self._session.manager.deactivate(device.active.path)
        except FirstlightError:
            pass  # it goes with its interface
        finally:
            await self._companion.vanish()
            self._under_way = False

    async def _in_sight(self, profile: Profile) -> bool:
        """Whether it is heard now where it can be joined; taken for granted where nobody can say.

        Spares the hotspot's guests an attempt that makes it deaf for long.
        """
        abilities, channel = self._session.abilities, self._session.state().frequency
        if not abilities.scan_as_hotspot or profile.ssid is None or channel is None:
            return True
        where = (channel,) if abilities.one_channel else ()
        await self._scanner.scan((profile.ssid,), where)
        supplicant = self._session.supplicant
        if not supplicant.usable:
            return True
        return any(
            one.ssid == profile.ssid and (not where or one.frequency in where)
            for one in await supplicant.heard(FRESH_SECONDS)
        )

    def _check(self, link: Link) -> None:
        if link is not Link.HOTSPOT:
            raise Busy("Only a hotspot needs to try a network on a second interface.")
        if not self._session.abilities.join_as_hotspot:
            raise Busy("This radio can't join a network while it is a hotspot.")
        if self._under_way:
            raise Busy("Another network is being tried beside the hotspot.", retry_after=30)

    def _linked(self, changed: dict[str, Any]) -> None:
        self._with(lambda following: following.supplicant(changed))

    def _with(self, tell: Callable[[Following], None]) -> None:
        if self._following is not None:
            tell(self._following)


def _joined_by(_mac: MacAddress, _joined: bool) -> None:
    """A station has none of its own."""
