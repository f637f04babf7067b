"""A second interface on our radio, beside the first: a station, or an access point."""

import logging

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.radio.nm import iw
from firstlight.radio.nm.codes import DeviceState
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.programs import Run
from firstlight.radio.nm.session import Session
from firstlight.radio.nm.supplicant import OnLink, OnStation, Supplicant

log = logging.getLogger(__name__)

APPEAR_SECONDS = 5.0
READY_SECONDS = 10.0
GONE_SECONDS = 5.0


class Companion:
    """There is at most one of a ``name``, and always by it, so that a left-over is known."""

    def __init__(
        self, session: Session, run: Run, name: str, *, on_link: OnLink, on_station: OnStation
    ) -> None:
        self.name = name
        self.supplicant = Supplicant(session.bus, on_link, on_station)
        self._session = session
        self._run = run
        self._made = False

    @property
    def device(self) -> WifiDevice | None:
        """NetworkManager's device for it, while there is one."""
        return self._session.second(self.name)

    async def close(self) -> None:
        """Let go of wpa_supplicant."""
        await self.supplicant.close()

    async def appear(self, beside: WifiDevice) -> WifiDevice:
        """Make it, with ``address_beside``; returns once it is usable. Raises ``RadioFailure``."""
        await self.vanish()
        mirror = self._session.mirror
        self._made = True
        await iw.add_interface(beside.interface, self.name, address_beside(beside), self._run)
        if not await mirror.until(lambda: self.device is not None, APPEAR_SECONDS):
            raise _late()
        device = self.device
        if device is None:
            raise _late()
        # It is told long before the device is ready, and a ready one would be made use of.
        await device.keep_idle()
        if not await mirror.until(lambda: device.state >= DeviceState.DISCONNECTED, READY_SECONDS):
            raise _late()
        self.supplicant.follow(self.name)
        await self.supplicant.looked_up()
        return device

    async def vanish(self) -> bool:
        """Take it away; returns whether there was one, once NetworkManager has let go of it."""
        self.supplicant.follow("")
        if self.device is None and not self._made:
            return False
        try:
            await iw.remove(self.name, self._run)
        except FirstlightError as error:
            log.warning("the interface %s could not be removed: %s", self.name, error)
        self._made = False
        await self._session.mirror.until(lambda: self.device is None, GONE_SECONDS)
        return True


def address_beside(device: WifiDevice) -> MacAddress:
    """A locally administered address that is not the radio's (IEEE 802, 8.4: the U/L bit)."""
    # The address now in use may be one that NetworkManager makes up for scanning.
    mac = device.permanent_mac or device.mac
    octets = bytes.fromhex(str(mac).replace(":", "")) if mac else bytes(6)
    return MacAddress.from_bytes(bytes([(octets[0] | 0x02) ^ 0x40]) + octets[1:])


def _late() -> RadioFailure:
    return RadioFailure("NetworkManager does not take up the second interface.", code=Code.TIMEOUT)
