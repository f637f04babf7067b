"""Scanning through wpa_supplicant where it listens to us, else through NetworkManager."""

import asyncio
import math
from collections.abc import Sequence

from dbus_fast import Variant

from firstlight.errors import Busy, Code, RadioFailure
from firstlight.model.access_point import AccessPoint
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.session import Session

SCAN_SECONDS = 22.0
_SPREAD_SECONDS = 2.0


class Scanner:
    """Keeps what was heard before the radio became a hotspot and deaf."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heard: tuple[AccessPoint, ...] = ()

    def heard(self) -> tuple[AccessPoint, ...]:
        """See the port. As a hotspot the radio hears nothing new; what it heard before is kept."""
        live = self._session.heard()
        device = self._session.device
        if device is None or not device.is_access_point:
            return live
        fresh = {seen.bssid for seen in live}
        return live + tuple(seen for seen in self._heard if seen.bssid not in fresh)

    def remember(self) -> None:
        """Keep what is heard now, for when the radio is a hotspot."""
        device = self._session.device
        if device is not None and not device.is_access_point:
            self._heard = self._session.heard() or self._heard

    async def scan(self, ssids: Sequence[Ssid], frequencies: Sequence[int]) -> None:
        """See the port."""
        device = self._session.usable_device()
        if device.is_access_point and not self._session.abilities.scan_as_hotspot:
            raise Busy(
                "The radio can't scan while it is a hotspot.",
                hint="The list shows what was heard before; disable the hotspot to scan.",
            )
        before = device.last_scan
        mirror = self._session.mirror
        await self._session.supplicant.looked_up()
        try:
            if self._session.supplicant.usable:
                began = asyncio.get_running_loop().time()
                await self._session.supplicant.scan(ssids, frequencies, SCAN_SECONDS)
                if await mirror.until(lambda: device.last_scan != before, _SPREAD_SECONDS):
                    await self._spread(asyncio.get_running_loop().time() - began, frequencies)
            else:
                options = (
                    {"ssids": Variant("aay", [bytes(ssid) for ssid in ssids])} if ssids else {}
                )
                await device.request_scan(options)
                if not await mirror.until(lambda: device.last_scan != before, SCAN_SECONDS):
                    raise TimeoutError
        except TimeoutError as error:
            raise RadioFailure(
                "The scan did not end in time.",
                code=Code.SCAN_FAILED,
                hint="Try again; if it stays so: rfkill block wifi, then unblock.",
            ) from error
        self.remember()

    async def _spread(self, seconds: float, frequencies: Sequence[int]) -> None:
        """Wait until NetworkManager's list says of each BSS what the scan has found just now.

        It learns of the end of a scan first, and of what was heard a moment later.
        """
        session = self._session
        device = session.device
        if device is None:
            return
        wanted = {
            one.bssid
            for one in await session.supplicant.heard(seconds)
            if not frequencies or one.frequency in frequencies
        }
        began = math.floor(device.last_scan / 1000 - seconds)

        def listed() -> bool:
            fresh = {one.bssid for one in session.heard() if (one.last_seen or 0) >= began}
            return wanted <= fresh

        await session.mirror.until(listed, _SPREAD_SECONDS)
