"""Leases that NetworkManager holds and does not use.

It asks for a new lease when it learns which access point it has joined (1.42, nm-device-wifi.c:
"roamed to a different AP"). Where that comes between a first lease and its use, and the second
lease says the same as the first, NetworkManager sees nothing to be done, and waits for the address
to be set up; the device stays in ``IP_CONFIG`` until the lease is renewed. ``Reapply`` with nothing
changed makes it set up the address once more, and go on.
"""

import asyncio
import logging

from firstlight.errors import FirstlightError
from firstlight.radio.nm.codes import ActivationFlags, DeviceState
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.session import COMPANION, Session

log = logging.getLogger(__name__)

USED_SECONDS = 5.0
"""How long a lease may wait for its use: a slow machine takes less than one second."""

MOST = 5
"""Times that one activation is helped: the second lease may come later than the help for it."""


class Leases:
    """Whoever began the activation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._helping: set[asyncio.Task[None]] = set()
        self._closed = False

    async def close(self) -> None:
        """Help nobody any more."""
        self._closed = True
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        for task in self._helping:
            task.cancel()
        await asyncio.gather(*self._helping, return_exceptions=True)

    def updated(self) -> None:
        """Anything has changed: see whether a lease waits, or has been used."""
        unused = {device.active.path: device for device in self._devices() if _is_unused(device)}
        for active in self._waiting.keys() - unused.keys():
            self._waiting.pop(active).cancel()
        for active in unused.keys() - self._waiting.keys():
            self._wait(active, unused[active], MOST)

    def _devices(self) -> list[WifiDevice]:
        both = (self._session.device, self._session.second(COMPANION))
        return [device for device in both if device is not None]

    def _wait(self, active: str, device: WifiDevice, times: int) -> None:
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        self._waiting[active] = loop.call_later(USED_SECONDS, self._begin, active, device, times)

    def _begin(self, active: str, device: WifiDevice, times: int) -> None:
        task = asyncio.create_task(self._help(device), name="unused-lease")
        self._helping.add(task)
        task.add_done_callback(self._helping.discard)
        if times > 1:
            self._wait(active, device, times - 1)

    async def _help(self, device: WifiDevice) -> None:
        log.warning(
            "NetworkManager has an address for %s and does not use it; it is asked to",
            device.interface,
        )
        try:
            await device.reapply()
        except FirstlightError as error:
            log.warning("NetworkManager does not set up the address: %s", error)


def _is_unused(device: WifiDevice) -> bool:
    """Not so where IPv4 is done, and the activation waits for something else."""
    return (
        device.state is DeviceState.IP_CONFIG
        and device.has_lease
        and not device.active.flags & ActivationFlags.IP4_READY
    )
