"""A second interface on our radio, to join a network with while the first is the hotspot."""

import logging

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.radio.nm import iw
from firstlight.radio.nm.codes import DeviceState
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.session import COMPANION, Session
from firstlight.radio.nm.supplicant import OnLink, Supplicant

log = logging.getLogger(__name__)

APPEAR_SECONDS = 5.0
READY_SECONDS = 10.0
GONE_SECONDS = 5.0


class Companion:
    """There is at most one, and always by the same name, so that a left-over is known."""

    def __init__(self, session: Session, run: iw.Run, on_link: OnLink) -> None:
        self._session = session
        self._run = run
        self._made = False
        self._supplicant = Supplicant(session.bus, on_link, _joined_by)

    @property
    def device(self) -> WifiDevice | None:
        """NetworkManager's device for it, while there is one."""
        return self._session.companion

    async def close(self) -> None:
        """Let go of wpa_supplicant."""
        await self._supplicant.close()

    async def appear(self, beside: WifiDevice) -> WifiDevice:
        """Make it; returns once it can be joined with. Raises ``RadioFailure``."""
        await self.vanish()
        mirror = self._session.mirror
        self._made = True
        await iw.add_station(beside.interface, COMPANION, _another(beside.mac), self._run)
        if not await mirror.until(lambda: self.device is not None, APPEAR_SECONDS):
            raise _late()
        device = self.device
        if device is None:
            raise _late()
        # It is told long before the device is ready, and a ready one would be made use of.
        await device.keep_idle()
        if not await mirror.until(lambda: device.state >= DeviceState.DISCONNECTED, READY_SECONDS):
            raise _late()
        self._supplicant.follow(COMPANION)
        await self._supplicant.looked_up()
        return device

    async def vanish(self) -> bool:
        """Take it away; returns whether there was one, once NetworkManager has let go of it."""
        self._supplicant.follow("")
        if self.device is None and not self._made:
            return False
        try:
            await iw.remove(COMPANION, self._run)
        except FirstlightError as error:
            log.warning("the interface %s could not be removed: %s", COMPANION, error)
        self._made = False
        await self._session.mirror.until(lambda: self.device is None, GONE_SECONDS)
        return True


def _joined_by(_mac: MacAddress, _joined: bool) -> None:
    """A station has none of its own."""


def _another(mac: MacAddress | None) -> MacAddress:
    """A locally administered address that is not the hotspot's (IEEE 802, 8.4: the U/L bit)."""
    octets = bytes.fromhex(str(mac).replace(":", "")) if mac else bytes(6)
    return MacAddress.from_bytes(bytes([(octets[0] | 0x02) ^ 0x40]) + octets[1:])


def _late() -> RadioFailure:
    return RadioFailure("NetworkManager does not take up the second interface.", code=Code.TIMEOUT)
