"""Reads what the driver promises, once for every radio that appears."""

import asyncio
import logging

from firstlight.errors import FirstlightError
from firstlight.model.radio import Abilities
from firstlight.radio.nm import iw
from firstlight.radio.nm.programs import Run
from firstlight.radio.nm.session import Session

log = logging.getLogger(__name__)


class AbilityReader:
    """Keeps ``session.abilities``; without ``iw`` there are none."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self._path = ""
        self._reading: asyncio.Task[None] | None = None

    def updated(self) -> None:
        """Anything has changed: see whether it is another radio."""
        device = self._session.device
        path = device.path if device is not None else ""
        if path == self._path:
            return
        self._path = path
        self._session.abilities = Abilities()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if device is not None:
            self._reading = asyncio.create_task(self._read(device.interface), name="abilities")

    async def read(self) -> None:
        """Return once the present radio has been asked."""
        if self._reading is not None:
            await asyncio.wait([self._reading])

    async def close(self) -> None:
        """Ask no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, interface: str) -> None:
        try:
            found = await iw.abilities_of(interface, self._run)
        except FirstlightError as error:
            log.info("what %s can do as a hotspot is not known: %s", interface, error)
            return
        log.info("%s: %s", interface, found)
        self._session.abilities = found
        self._session.mirror.changed()
