"""Joining saved networks by itself, as NetworkManager does whenever the radio has nothing to do."""

from firstlight.model.radio import Availability, Link
from firstlight.radio.simulated.air import Air
from firstlight.radio.simulated.description import Durations
from firstlight.radio.simulated.device import Device
from firstlight.radio.simulated.profiles import ProfileBook
from firstlight.radio.simulated.scanner import Scanner
from firstlight.radio.simulated.timeline import Entry, Timeline


class Autoconnect:
    """A moment after the radio has come to rest: join the network used last that is in sight.

    With none in sight it scans now and then, less often while joined, never as a hotspot.
    """

    def __init__(
        self,
        device: Device,
        air: Air,
        scanner: Scanner,
        *,
        book: ProfileBook,
        timeline: Timeline,
        takes: Durations,
    ) -> None:
        self._device = device
        self._air = air
        self._scanner = scanner
        self._book = book
        self._timeline = timeline
        self._takes = takes
        self._next: Entry | None = None

    def wake(self) -> None:
        """Something changed; look again in a moment."""
        self._plan(self._takes.autoconnect)

    def _plan(self, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = self._timeline.after(seconds, self._look)

    def _look(self) -> None:
        # A running scan calls ``wake`` when it ends.
        if self._air.availability is not Availability.READY or self._scanner.running is not None:
            return
        if self._device.link is Link.CONNECTED:
            self._scan_every(self._takes.rescan_connected)
        elif self._device.link is Link.DOWN and not self._join():
            self._scan_every(self._takes.rescan)

    def _join(self) -> bool:
        for profile in self._book.joinable(self._timeline.now):
            if self._scanner.has_heard(profile.ssid):
                self._device.activate(profile)
                return True
        return False

    def _scan_every(self, seconds: float) -> None:
        wait = self._scanner.finished_at + seconds - self._timeline.now
        if wait > 0:
            self._plan(wait)
            return
        hidden = [
            profile.ssid for profile in self._book.joinable(self._timeline.now) if profile.hidden
        ]
        self._scanner.start(hidden)
