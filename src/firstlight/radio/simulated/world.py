"""A world: what is described in its file, and what has become of it since."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from firstlight.clock import Clock
from firstlight.errors import ConfigError
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import AccessPointsChanged, Link, RadioEvent
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.air import Air
from firstlight.radio.simulated.autoconnect import Autoconnect
from firstlight.radio.simulated.checkpoint import Checkpoint
from firstlight.radio.simulated.description import (
    AccessPointTable,
    Description,
    Durations,
    RadioTable,
)
from firstlight.radio.simulated.device import Device
from firstlight.radio.simulated.faults import Fault, ManagerRestart, OnAir
from firstlight.radio.simulated.parsing import parse
from firstlight.radio.simulated.profiles import ProfileBook
from firstlight.radio.simulated.rehearsal import Rehearsals
from firstlight.radio.simulated.scanner import Scanner
from firstlight.radio.simulated.softap import SoftAps
from firstlight.radio.simulated.timeline import Timeline

Listener = Callable[[RadioEvent], None]


class World:
    """Access points, stations, faults, and the NetworkManager with its profiles in the middle.

    It outlives the radios that are opened on it, as NetworkManager outlives the daemon: a process
    that dies leaves its trial and its checkpoint behind for the next one. One process at a time:
    attaching another cuts off the one before it, as a kill does. Time begins with the first one.
    ``on_change`` is called after every change of the link, whoever watches.
    """

    def __init__(self, described: Description) -> None:
        self.timeline = Timeline()
        self.book = ProfileBook()
        self.air = Air(table.on_air(number) for number, table in enumerate(described.access_points))
        self.scanner = Scanner(self.air, self.timeline, described.durations)
        self.device = Device(
            described,
            self.air,
            self.timeline,
            book=self.book,
            scanner=self.scanner,
            emit=self._tell,
        )
        self.softap = SoftAps(
            described,
            self.air,
            self.timeline,
            device=self.device,
            book=self.book,
            emit=self._tell,
        )
        self.rehearsals = Rehearsals(
            described,
            self.air,
            self.timeline,
            hears=self.scanner.has_heard,
            hotspot_on=lambda: self.device.frequency if self.device.link is Link.HOTSPOT else None,
        )
        self.checkpoint = Checkpoint(self.device, self.book, self.timeline)
        self._autoconnect = Autoconnect(
            self.device,
            self.air,
            self.scanner,
            book=self.book,
            timeline=self.timeline,
            takes=described.durations,
        )
        self._described = described
        self.on_change: Callable[[], None] = _nothing
        self._listener: Listener | None = None
        self._begun = False
        self._numbers = len(described.access_points)
        self.scanner.in_use = lambda: self.device.bssid
        self.scanner.holds = lambda: (
            self.device.link in {Link.HOTSPOT, Link.SOFTAP}
            and not described.radio.scan_while_hotspot
        )
        self.scanner.on_finish = self._autoconnect.wake
        self.scanner.on_change = lambda: self._tell(AccessPointsChanged())
        self.device.on_change = self._device_changed
        for saved in described.saved:
            self.book.add_saved(
                saved.ssid,
                saved.passphrase,
                hidden=saved.hidden,
                autoconnect=saved.autoconnect,
                priority=saved.priority,
            )

    @property
    def radio(self) -> RadioTable:
        """The radio's properties."""
        return self._described.radio

    @property
    def durations(self) -> Durations:
        """How long things take here."""
        return self._described.durations

    def attach(self, clock: Clock, listener: Listener) -> None:
        """A process begins to watch; the world first catches up with the clock."""
        self.device.stop_reporting()
        self.rehearsals.end()
        self._listener = None
        self.timeline.start(clock)
        self._listener = listener
        if not self._begun:
            self._begun = True
            self._plan_faults()
            self._autoconnect.wake()

    def detach(self, listener: Listener) -> None:
        """That process has stopped watching, and the world stands still until the next one."""
        if self._listener == listener:
            self._listener = None
            self.device.stop_reporting()
            self.rehearsals.end()
            self.timeline.stop()

    def begin(self, fault: Fault) -> None:
        """Let something go wrong now; ``end`` it with the same value."""
        self.air.faults.append(fault)
        if isinstance(fault, ManagerRestart):
            self.checkpoint.disarm()
            self.device.conditions_changed()
            self.book.forget_memory()
        self._conditions_changed()

    def end(self, fault: Fault) -> None:
        """It is over. Raises ``ValueError`` if it never began."""
        self.air.faults.remove(fault)
        self._conditions_changed()

    def restart_manager(self) -> None:
        """NetworkManager stops now, and is back after ``durations.manager_restart`` seconds."""
        fault = ManagerRestart()
        self.begin(fault)
        self.timeline.after(self.durations.manager_restart, lambda: self.end(fault))

    def add_access_point(self, table: AccessPointTable) -> OnAir:
        """Switch on another access point."""
        access_point = table.on_air(self._numbers)
        self._numbers += 1
        self.air.access_points.append(access_point)
        self._conditions_changed()
        return access_point

    def remove_access_point(self, ssid: Ssid) -> None:
        """Switch off every access point of that SSID, for good."""
        self.air.access_points[:] = [ap for ap in self.air.access_points if ap.ssid != ssid]
        self._conditions_changed()

    def let_station_join(self, mac: MacAddress, passphrase: Passphrase) -> bool:
        """A station tries to join hotspot or SoftAP; returns whether it may."""
        return self.softap.guests.knock(mac, passphrase)

    def let_station_leave(self, mac: MacAddress) -> None:
        """A station leaves, if it is there."""
        self.softap.guests.leave(mac)

    def _conditions_changed(self) -> None:
        self.device.conditions_changed()
        self.rehearsals.conditions_changed()
        self.softap.conditions_changed()

    def _device_changed(self) -> None:
        self.rehearsals.conditions_changed()
        self.softap.conditions_changed()
        self._autoconnect.wake()
        self.on_change()

    def _plan_faults(self) -> None:
        for fault in self._described.faults:
            self.timeline.after(fault.at, lambda fault=fault: self.begin(fault))
            until = fault.until
            if until is None and isinstance(fault, ManagerRestart):
                until = fault.at + self.durations.manager_restart
            if until is not None:
                self.timeline.after(until, lambda fault=fault: self.end(fault))

    def _tell(self, event: RadioEvent) -> None:
        if self._listener is not None:
            self._listener(event)


def _nothing() -> None:
    return None


def load_world(path: Path | None = None) -> World:
    """The world of that file; without one, the neighbourhood that comes with Firstlight.

    Raises ``ConfigError`` for a file that can't be read (key ``world``) or says what is not allowed
    (key: its path in the file).
    """
    if path is None:
        return World(
            parse(
                files("firstlight.radio.simulated")
                .joinpath("neighbourhood.toml")
                .read_text("utf-8")
            )
        )
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError("world", f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError("world", f"{path} is not UTF-8 text") from error
    return World(parse(text))
