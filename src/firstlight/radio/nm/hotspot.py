"""The hotspot on NetworkManager: one profile in AP mode, its address shared.

Sharing an address means forwarding, too (``ipv4.method shared``), so the way through the device is
barred by the firewall, unless the hotspot is to share the internet. It is barred before the hotspot
goes up, and stays so until the interface is certainly something else: also through a trial that
NetworkManager may undo by itself, and when this process dies.
"""

import asyncio
import logging
import uuid

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.model.profile import HotspotSettings, ProfileKind
from firstlight.model.radio import Link
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active, WifiDevice
from firstlight.radio.nm.firewall import Firewall
from firstlight.radio.nm.profiles import TYPE, hotspot_settings, is_softap, same
from firstlight.radio.nm.rising import Rising, set_country
from firstlight.radio.nm.session import Session

log = logging.getLogger(__name__)

DOWN_SECONDS = 10.0
_MODE_SECONDS = 2.0


class Hotspot:
    """Brings one hotspot profile up and down."""

    def __init__(self, session: Session, firewall: Firewall) -> None:
        self._session = session
        self._firewall = firewall
        self._rising = Rising(session)
        self._fenced = self._told = self._is_rising = False
        self._unfencing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Let the firewall be done."""
        if self._unfencing is not None:
            # Waited for, and never cancelled with whoever waits: half of it would be worse.
            await asyncio.wait([self._unfencing])

    async def settle(self) -> None:
        """See what a process before this one has left in the firewall."""
        self._fenced = await self._firewall.fences()
        if self._fenced and self._session.state().link is Link.DOWN:
            await self._unfence()

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of our radio."""
        self._rising.device_state(new, reason)

    def updated(self) -> None:
        """Anything has changed: on a network that stays, the interface forwards as it likes.

        Not while that network is being left for the hotspot.
        """
        if not self._fenced or self._is_rising or self._is_unfencing():
            return
        state = self._session.state()
        if state.link is Link.CONNECTED and state.profile and not state.profile.trial:
            self._unfencing = asyncio.create_task(self._unfence(), name="hotspot-unfence")

    async def up(self, wanted: HotspotSettings) -> None:
        """See the port."""
        device = self._session.usable_device()
        self._is_rising = True
        try:
            await self._raise(device, wanted)
        except BaseException:
            self._is_rising = False
            self.updated()  # what was told meanwhile
            raise
        self._is_rising = False

    async def _raise(self, device: WifiDevice, wanted: HotspotSettings) -> None:
        await self.close()  # rules that were on their way out would take the new ones along
        await self._fence(device.interface, share=wanted.share_internet)
        path, changed = await self._profile(wanted)
        active = device.active
        if not changed and active.connection == path and active.state is ActiveState.ACTIVATED:
            return
        await set_country(self._session.supplicant, wanted.country)
        await self._activate(path, device, wanted)

    async def down(self) -> None:
        """See the port."""
        device = self._session.usable_device()
        await self._session.refreshed()
        mirror, active = self._session.mirror, device.active
        if active.state is ActiveState.DEACTIVATED or not self._is_hotspot(device):
            return
        await self._session.manager.deactivate(active.path)
        if not await mirror.until(lambda: self._is_down(active.path), DOWN_SECONDS):
            raise RadioFailure("The hotspot did not go down in time.", code=Code.TIMEOUT)
        # Some drivers need a moment to be a station again; until then they refuse to scan.
        await mirror.until(lambda: not device.is_access_point, _MODE_SECONDS)
        if self._fenced:
            await self._unfence()

    async def _fence(self, interface: str, *, share: bool) -> None:
        if share:
            if self._fenced:
                await self._unfence()
            return
        # Also when it is up already: another program may have flushed the rules meanwhile.
        try:
            await self._firewall.fence(interface)
        except RadioFailure as error:
            if not self._told:
                log.warning(
                    "the hotspot is NOT a dead end, who joins it reaches the networks behind this "
                    "device: %s %s",
                    error,
                    error.hint,
                )
            self._told = True
        else:
            self._fenced, self._told = True, False

    def _is_unfencing(self) -> bool:
        return self._unfencing is not None and not self._unfencing.done()

    async def _unfence(self) -> None:
        self._fenced = False
        try:
            await self._firewall.unfence()
        except FirstlightError as error:
            log.warning("the hotspot's rules stay in the firewall: %s", error)

    def _is_down(self, active: str) -> bool:
        gone = Active(self._session.mirror, active).state is ActiveState.DEACTIVATED
        return gone and self._session.state().link is not Link.HOTSPOT

    def _is_hotspot(self, device: WifiDevice) -> bool:
        state = self._session.state()
        if state.link is Link.SOFTAP:
            return False
        is_one = state.profile is not None and state.profile.kind is ProfileKind.HOTSPOT
        return device.is_access_point or is_one

    async def _profile(self, wanted: HotspotSettings) -> tuple[str, bool]:
        """The profile's path, and whether it had to be written."""
        interface = self._session.wanted_interface
        for path, stored in (await self._session.settings()).items():
            is_hotspot = stored.get(TYPE, {}).get("mode") == "ap" and not is_softap(stored)
            if stored["connection"].get("id") != wanted.profile_name or not is_hotspot:
                continue
            settings = hotspot_settings(
                wanted, str(stored["connection"]["uuid"]), interface=interface
            )
            if same(settings, stored, await self._session.connections.psk(path)):
                return path, False
            await self._session.connections.save(path, settings)
            return path, True
        settings = hotspot_settings(wanted, str(uuid.uuid4()), interface=interface)
        return await self._session.connections.add(settings), True

    async def _activate(self, path: str, device: WifiDevice, wanted: HotspotSettings) -> None:
        self._rising.begin()
        active = await self._session.manager.activate(path, device.path)
        what = f"The hotspot {wanted.ssid.text} on channel {wanted.channel}"
        await self._rising.up(active, device, what)
        await self._session.refreshed()
        await self._session.mirror.until(self._is_known_up, _MODE_SECONDS)

    def _is_known_up(self) -> bool:
        state = self._session.state()
        return state.link is Link.HOTSPOT and state.profile is not None
