"""What becomes of one activation: the signals of its device and of wpa_supplicant, as reports."""

import asyncio
from collections.abc import Callable
from typing import Any

from firstlight.model.radio import LinkReason, LinkReport
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.session import Session
from firstlight.radio.nm.trial import TrialWatch
from firstlight.radio.port import Report

GONE_SECONDS = 0.5

_ADDRESSED = frozenset({DeviceState.IP_CHECK, DeviceState.SECONDARIES, DeviceState.ACTIVATED})
"""From the first on the address is set up. Until the next, NetworkManager waits for its dispatcher
and that one's scripts: on a slow machine as long as the whole join took before.
"""


class Following:
    """Follows the activation of the profile ``uuid`` on the device that ``device`` finds.

    It begins before the activation is asked for, so that nothing falls between; what it sees until
    ``accepted`` may still be the end of another activation, and is held back. ``brief``: as in
    ``TrialPlan``.
    """

    def __init__(
        self,
        session: Session,
        uuid: str,
        report: Report,
        *,
        simultaneous_authentication: bool,
        device: Callable[[], WifiDevice | None] | None = None,
        brief: bool = False,
    ) -> None:
        self.uuid = uuid
        self._session = session
        self._report = report
        self._sae = simultaneous_authentication
        self._up = _ADDRESSED if brief else frozenset({DeviceState.ACTIVATED})
        self._device = device or (lambda: session.device)
        self._accepted = False
        self._active = ""
        self._held: list[LinkReport] = []
        self._suspicion: asyncio.TimerHandle | None = None
        self._ended = False
        self._watch = self._watching()

    @property
    def connected(self) -> bool:
        """Whether ``CONNECTED`` has been reported."""
        return self._watch.connected

    def accepted(self, active: str) -> None:
        """NetworkManager has taken it on, as the active connection at that path."""
        # One that is gone already has failed at once, and its device tells why.
        self._active = active if active in self._session.mirror.objects else ""
        self._accepted = True
        held, self._held = self._held, []
        for report in held:
            self._tell(report)
        self.updated()

    def gone(self, reason: LinkReason) -> None:
        """It is over, whatever the signals say."""
        self._accepted = True
        self._watch.gone(reason)

    def end(self) -> None:
        """Report nothing any more."""
        self._ended = True
        self._watch.end()
        if self._suspicion is not None:
            self._suspicion.cancel()
            self._suspicion = None

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of the device."""
        if not self._accepted and reason is StateReason.NEW_ACTIVATION:
            # Ours is not there yet, so it is ours that pushes another one aside.
            self._held.clear()
            self._watch.end()
            self._watch = self._watching()
            return
        self._watch.device_state(new, reason)

    def supplicant(self, changed: dict[str, Any]) -> None:
        """Changed properties of wpa_supplicant's interface."""
        self._watch.supplicant(changed)

    def updated(self) -> None:
        """Anything has changed: see whether there is an address now, or no ground any more."""
        device = self._device()
        if not self._session.mirror.ready:
            self._watch.gone(LinkReason.MANAGER_GONE)
        elif device is None:
            self._suspect()
        elif self._active and self._active not in self._session.mirror.objects:
            # Its end is told by the device first; if not, it was pushed aside before it began.
            self._watch.gone(LinkReason.REPLACED)
        elif self._is_up(device) and (ipv4 := device.ipv4) is not None:
            self._watch.address(ipv4)

    def _is_up(self, device: WifiDevice) -> bool:
        if not self._accepted or device.state not in self._up:
            return False
        active = device.active
        return active.uuid == self.uuid and self._active in {"", active.path}

    def _watching(self) -> TrialWatch:
        return TrialWatch(self._tell, simultaneous_authentication=self._sae)

    def _tell(self, report: LinkReport) -> None:
        if self._ended:
            return
        if self._accepted:
            self._report(report)
        else:
            self._held.append(report)

    def _suspect(self) -> None:
        """The radio is gone, or NetworkManager is: it takes its objects away before its name."""
        if self._suspicion is None and not self._ended:
            loop = asyncio.get_running_loop()
            self._suspicion = loop.call_later(GONE_SECONDS, self._judge)

    def _judge(self) -> None:
        self._suspicion = None
        if self._device() is None:
            ready = self._session.mirror.ready
            self._watch.gone(LinkReason.RADIO_GONE if ready else LinkReason.MANAGER_GONE)
