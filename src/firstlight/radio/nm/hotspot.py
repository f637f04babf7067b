"""The hotspot on NetworkManager: one profile in AP mode, its address shared."""

import logging
import uuid

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active, WifiDevice
from firstlight.radio.nm.profiles import TYPE, hotspot_settings, same
from firstlight.radio.nm.session import Session

log = logging.getLogger(__name__)

UP_SECONDS = 40.0
DOWN_SECONDS = 10.0
_MODE_SECONDS = 2.0
_APPEAR_SECONDS = 5.0
_REASON_SECONDS = 1.0

_WHY: dict[StateReason, tuple[str, str]] = {
    StateReason.SUPPLICANT_TIMEOUT: (
        "the driver did not start it in time",
        "Check that country and channel fit, and that the driver can be an access point: iw list.",
    ),
    StateReason.SUPPLICANT_FAILED: (
        "wpa_supplicant failed",
        "Look at its log: journalctl -u wpa_supplicant.",
    ),
    StateReason.SHARED_START_FAILED: (
        "dnsmasq could not be started",
        "Install dnsmasq-base; firstlight doctor names other DNS or DHCP servers.",
    ),
    StateReason.SHARED_FAILED: (
        "address sharing failed",
        "Install iptables or nftables, and check that nothing else serves DHCP on this radio.",
    ),
}


class Hotspot:
    """Brings one hotspot profile up and down."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failure: StateReason | None = None

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of our radio: ``FAILED`` passes too quickly to be read later."""
        if new is DeviceState.FAILED:
            self._failure = reason

    async def up(self, wanted: HotspotSettings) -> None:
        """See the port."""
        device = self._session.usable_device()
        path, changed = await self._profile(wanted)
        active = device.active
        if not changed and active.connection == path and active.state is ActiveState.ACTIVATED:
            return
        await self._set_country(wanted.country)
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

    def _is_down(self, active: str) -> bool:
        gone = Active(self._session.mirror, active).state is ActiveState.DEACTIVATED
        return gone and self._session.state().link is not Link.HOTSPOT

    def _is_hotspot(self, device: WifiDevice) -> bool:
        profile = self._session.state().profile
        return device.is_access_point or (profile is not None and profile.kind == "hotspot")

    async def _profile(self, wanted: HotspotSettings) -> tuple[str, bool]:
        """The profile's path, and whether it had to be written."""
        interface = self._session.wanted_interface
        for path, stored in (await self._session.settings()).items():
            is_hotspot = stored.get(TYPE, {}).get("mode") == "ap"
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
        mirror = self._session.mirror
        self._failure = None
        active = await self._session.manager.activate(path, device.path)
        over = {ActiveState.ACTIVATED, ActiveState.DEACTIVATED}
        # It may have failed, and be gone, before we hear of it.
        await mirror.until(
            lambda: active in mirror.objects or self._failure is not None, _APPEAR_SECONDS
        )
        await mirror.until(lambda: Active(mirror, active).state in over, UP_SECONDS)
        if Active(mirror, active).state is ActiveState.ACTIVATED:
            await self._session.refreshed()
            await mirror.until(self._is_known_up, _MODE_SECONDS)
            return
        # The device tells why, and may do so a moment later.
        await mirror.until(lambda: self._failure is not None, _REASON_SECONDS)
        reason = self._failure if self._failure is not None else device.reason
        why, hint = _WHY.get(reason, (f"NetworkManager says {reason.name}", None))
        raise RadioFailure(
            f"The hotspot {wanted.ssid.text} did not come up on channel {wanted.channel}: {why}.",
            code=Code.HOTSPOT_FAILED,
            hint=hint,
        )

    def _is_known_up(self) -> bool:
        state = self._session.state()
        return state.link is Link.HOTSPOT and state.profile is not None

    async def _set_country(self, country: str | None) -> None:
        if country is None:
            return
        await self._session.supplicant.looked_up()
        if not self._session.supplicant.usable:
            return
        try:
            await self._session.supplicant.set_country(country)
        except FirstlightError as error:
            log.warning("the country %s could not be set: %s", country, error)
