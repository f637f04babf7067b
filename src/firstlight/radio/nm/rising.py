"""An access point of ours on its way up: how it ends, and why it failed."""

import logging

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active, WifiDevice
from firstlight.radio.nm.session import Session
from firstlight.radio.nm.supplicant import Supplicant

log = logging.getLogger(__name__)

UP_SECONDS = 40.0
APPEAR_SECONDS = 5.0
REASON_SECONDS = 1.0

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


class Rising:
    """Of one device. ``begin`` comes before the activation, so that no failure is missed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failure: StateReason | None = None

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged``: ``FAILED`` passes too quickly to be read later."""
        if new is DeviceState.FAILED:
            self._failure = reason

    def begin(self) -> None:
        """What failed before does not count."""
        self._failure = None

    async def up(self, active: str, device: WifiDevice, what: str) -> None:
        """Return once the active connection is up. Raises ``RadioFailure`` about ``what``."""
        mirror = self._session.mirror
        over = {ActiveState.ACTIVATED, ActiveState.DEACTIVATED}
        # It may have failed, and be gone, before we hear of it.
        await mirror.until(
            lambda: active in mirror.objects or self._failure is not None, APPEAR_SECONDS
        )
        await mirror.until(lambda: Active(mirror, active).state in over, UP_SECONDS)
        if Active(mirror, active).state is ActiveState.ACTIVATED:
            return
        # The device tells why, and may do so a moment later.
        await mirror.until(lambda: self._failure is not None, REASON_SECONDS)
        reason = self._failure if self._failure is not None else device.reason
        why, hint = _WHY.get(reason, (f"NetworkManager says {reason.name}", None))
        raise RadioFailure(f"{what} did not come up: {why}.", code=Code.HOTSPOT_FAILED, hint=hint)


async def set_country(supplicant: Supplicant, country: str | None) -> None:
    """Set it where that can be had; ``None`` leaves the system's setting. Never raises."""
    if country is None:
        return
    await supplicant.looked_up()
    if not supplicant.usable:
        return
    try:
        await supplicant.set_country(country)
    except FirstlightError as error:
        log.warning("the country %s could not be set: %s", country, error)
