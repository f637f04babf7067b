"""Keeps the list of networks fresh without scanning more than somebody looks."""

import asyncio
import logging

from firstlight.clock import Clock
from firstlight.core.networks import strongest_first
from firstlight.errors import Busy, FirstlightError, RadioFailure
from firstlight.model.access_point import AccessPoint
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Link
from firstlight.model.wire import NetworkEntry
from firstlight.radio.port import Radio

log = logging.getLogger(__name__)

FRESH_SECONDS = 10.0
"""A list of that age is shown as it is; an older one is renewed first."""


class Lookout:
    """One scan at a time, shared by everybody who asks meanwhile."""

    def __init__(self, radio: Radio, clock: Clock) -> None:
        self._radio = radio
        self._clock = clock
        self._scanned_at: float | None = None
        self._scan: asyncio.Task[None] | None = None

    def scanned(self) -> None:
        """A scan has ended, whoever asked for it."""
        self._scanned_at = self._clock.monotonic()

    async def renew(self) -> None:
        """Scan unless the list is fresh, or the radio has something else to do.

        Raises what the radio raises when there is nothing to show instead.
        """
        if self._is_fresh() or self._radio.state.link not in {Link.DOWN, Link.CONNECTED}:
            return
        if self._scan is None or self._scan.done():
            self._scan = asyncio.create_task(self._radio.scan(), name="scan")
            self._scan.add_done_callback(_noticed)
        try:
            await asyncio.shield(self._scan)
        except (Busy, RadioFailure) as error:
            if not self._radio.access_points():
                raise
            log.info("showing the list of before: %s", error)

    async def look_round(self) -> None:
        """Scan while the radio has nothing to do, unless the list is fresh.

        As a hotspot most radios are deaf; and NetworkManager, which joins only what is in its list,
        may leave two minutes between its own scans.
        """
        if self._radio.state.link is not Link.DOWN:
            return
        try:
            await self.renew()
        except FirstlightError as error:
            log.info("nothing could be heard: %s", error)

    async def close(self) -> None:
        """Stop looking."""
        if self._scan is not None and not self._scan.done():
            self._scan.cancel()
            await asyncio.wait([self._scan])

    def entries(self, profiles: tuple[Profile, ...]) -> tuple[NetworkEntry, ...]:
        """The list as it is told, strongest first."""
        saved = {one.ssid for one in profiles if one.kind is ProfileKind.STATION and not one.trial}
        state, now = self._radio.state, self._clock.monotonic()
        joined = state.profile.ssid if state.profile and state.link is Link.CONNECTED else None
        return tuple(
            _entry(seen, saved=seen.ssid in saved, in_use=seen.ssid == joined, now=now)
            for seen in strongest_first(self._radio.access_points())
        )

    def _is_fresh(self) -> bool:
        if self._scanned_at is None:
            return False
        return self._clock.monotonic() - self._scanned_at < FRESH_SECONDS


def _noticed(scan: asyncio.Task[None]) -> None:
    """Whoever asked may have gone away; then a failure is nobody's news."""
    if not scan.cancelled():
        scan.exception()


def _entry(seen: AccessPoint, *, saved: bool, in_use: bool, now: float) -> NetworkEntry:
    return NetworkEntry(
        ssid=seen.ssid.text,
        ssid_hex=seen.ssid.hex(),
        signal=seen.signal,
        security=seen.security.value,
        in_use=in_use,
        saved=saved,
        bssid=str(seen.bssid),
        frequency=seen.frequency,
        channel=seen.channel,
        age=None if seen.last_seen is None else max(0, round(now - seen.last_seen)),
    )
