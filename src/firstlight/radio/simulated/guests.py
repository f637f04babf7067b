"""Stations on the hotspot or the SoftAP."""

from collections.abc import Callable, Sequence

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import RadioEvent, Station, StationJoined, StationLeft
from firstlight.radio.simulated.description import StationTable
from firstlight.radio.simulated.timeline import Entry, Timeline


class Guests:
    """Who is on the hotspot or the SoftAP, and who is going to be."""

    def __init__(
        self,
        around: Sequence[StationTable],
        timeline: Timeline,
        emit: Callable[[RadioEvent], None],
    ) -> None:
        self._around = around
        self._timeline = timeline
        self._emit = emit
        self._passphrase: Passphrase | None = None
        self._plans: list[Entry] = []
        self._present: dict[MacAddress, Station] = {}
        self._order: list[MacAddress] = []
        self._most: int | None = None

    def list(self) -> tuple[Station, ...]:
        """Who is there, in the order of coming."""
        return tuple(self._present.values())

    def index(self, mac: MacAddress) -> int | None:
        """How many had come before it for the first time; ``None`` while it is not there."""
        return self._order.index(mac) if mac in self._present else None

    def welcome(self, passphrase: Passphrase, softap_for: int | None = None) -> None:
        """It is up; the stations around that look for it come when it is their time.

        ``softap_for``: it is the SoftAP, for so many at once.
        """
        self._passphrase, self._most = passphrase, softap_for
        self._order.clear()
        for station in self._around:
            if station.softap is not (softap_for is not None):
                continue
            self._plan(station.after, lambda station=station: self._come(station))

    def turn_out(self) -> None:
        """It is going down."""
        self._passphrase = None
        for entry in self._plans:
            entry.cancel()
        self._plans.clear()
        for mac in tuple(self._present):
            self.leave(mac)

    def knock(self, mac: MacAddress, passphrase: Passphrase | None) -> bool:
        """Try to join; returns whether the handshake passed. ``None`` is the right passphrase."""
        if self._passphrase is None or passphrase not in (None, self._passphrase):
            return False
        if mac not in self._present:
            if self._most is not None and len(self._present) >= self._most:
                return False
            self._present[mac] = Station(mac=mac)
            if mac not in self._order:
                self._order.append(mac)
            self._emit(StationJoined(self._present[mac]))
        return True

    def leave(self, mac: MacAddress) -> None:
        """Leave, if it is there."""
        station = self._present.pop(mac, None)
        if station is not None:
            self._emit(StationLeft(station))

    def _come(self, station: StationTable) -> None:
        if self.knock(station.mac, station.passphrase) and station.stays is not None:
            self._plan(station.stays, lambda: self.leave(station.mac))

    def _plan(self, seconds: float, action: Callable[[], None]) -> None:
        self._plans.append(self._timeline.after(seconds, action))
