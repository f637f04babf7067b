"""Calls out the device's name on every network that it serves pages to."""

import asyncio
import logging
from collections.abc import Callable

from firstlight.announce.addresses import own_addresses, watched
from firstlight.announce.port import Advert, Advertiser
from firstlight.clock import Clock

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 1.0
_RETRY_SECONDS = 60.0


class Calling:
    """``only``: the addresses it is told on; ``None`` for all of the machine's.

    ``never``: where it is not told, whatever ``only`` says; asked anew at every look.

    A network that won't have it is told of once, and tried again; nobody else waits for it.
    """

    def __init__(
        self,
        advertiser: Advertiser,
        advert: Advert,
        clock: Clock,
        *,
        only: frozenset[str] | None = None,
        never: Callable[[], frozenset[str]] = frozenset[str],
        addresses: Callable[[], frozenset[str]] = own_addresses,
    ) -> None:
        self._advertiser = advertiser
        self._advert = advert
        self._clock = clock
        self._only = only
        self._never = never
        self._addresses = addresses
        self._changed = asyncio.Event()
        self._told: frozenset[str] = frozenset()
        self._failing = False
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """For ever; takes everything back when it is cancelled."""
        try:
            with watched(self._changed.set):
                while True:
                    self._changed.clear()
                    await self.look()
                    await self._next_change()
        finally:
            await asyncio.shield(self._advertiser.close())

    async def look(self) -> None:
        """Tell it where it is not told yet, and no more where it is not to be told."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        try:
            found = self._addresses()
            wanted = (found if self._only is None else found & self._only) - self._never()
            if wanted == self._told and not self._failing:
                return
            await self._advertiser.tell(self._advert, wanted)
        except Exception as error:  # noqa: BLE001  whatever a network or the system does, it goes on
            if not self._failing:
                log.warning("the device's name can't be told on its networks: %s", error)
            self._failing = True
        else:
            if self._failing:
                log.info("the device's name is told again")
            self._failing = False
            self._told = wanted

    async def _next_change(self) -> None:
        waiting = asyncio.create_task(self._changed.wait(), name="address-change")
        again = asyncio.create_task(self._clock.sleep(_RETRY_SECONDS), name="address-retry")
        try:
            both = {waiting, again} if self._failing else {waiting}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            again.cancel()
        await self._clock.sleep(_SETTLE_SECONDS)
