"""Simulated devices on a simulated SoftAP: everybody who is registered comes, claims, and goes."""

import asyncio
import logging
from typing import Protocol

from firstlight.clock import Clock
from firstlight.daemon.provisioning.company import Close, Records
from firstlight.errors import FirstlightError
from firstlight.model.mac import MacAddress
from firstlight.model.records import RecordKind
from firstlight.model.registry import Registered
from firstlight.model.softap import SoftAp
from firstlight.running import ended
from firstlight.web.registry_service import ClaimDesk

log = logging.getLogger(__name__)

MOST = 50
_TO_COME_SECONDS = 4.0
_TO_CLAIM_SECONDS = 2.0
_TO_LEAVE_SECONDS = 1.0


class Place(Protocol):
    """Where devices can come to."""

    def visit(self, mac: MacAddress) -> str:
        """The address that it has there; empty: it could not come."""
        ...

    def depart(self, mac: MacAddress) -> None:
        """It goes."""
        ...


class Visitors:
    """An ``OpenDoor`` that needs no socket. They come one after the other, once a session."""

    def __init__(self, place: Place, records: Records, clock: Clock) -> None:
        self._place = place
        self._records = records
        self._clock = clock

    async def __call__(self, _softap: SoftAp, desk: ClaimDesk) -> Close:
        """Let them come from now on, until that is closed."""
        coming = asyncio.create_task(self._come(desk), name="visitors")

        async def close() -> None:
            await ended(coming)

        return close

    async def _come(self, desk: ClaimDesk) -> None:
        try:
            expected = [one async for one in self._records.registered()][:MOST]
            for who in expected:
                await self._clock.sleep(_TO_COME_SECONDS)
                await self._claim(who, desk)
        except FirstlightError as error:
            log.warning("simulated devices stay away: %s", error.message)

    async def _claim(self, who: Registered, desk: ClaimDesk) -> None:
        address = self._place.visit(who.mac)
        if not address:
            return
        try:
            await self._clock.sleep(_TO_CLAIM_SECONDS)
            nonce = str(await desk.nonce(address))
            if who.kind is RecordKind.CLIENT:
                await desk.client(address, who.mac, nonce)
            else:
                async for _ in await desk.controller(address, who.mac, nonce, None):
                    pass
            await self._clock.sleep(_TO_LEAVE_SECONDS)
        except FirstlightError as error:
            log.info("the simulated %s was refused: %s", who.name, error.message)
        finally:
            self._place.depart(who.mac)
