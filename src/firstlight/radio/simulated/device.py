"""The simulated radio as NetworkManager drives it: one link at a time."""

from collections.abc import Callable

from firstlight.errors import FirstlightError
from firstlight.model.access_point import frequency_of
from firstlight.model.mac import MacAddress
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import (
    Availability,
    Connectivity,
    Ipv4,
    Link,
    LinkReason,
    LinkReport,
    LinkStage,
    RadioChanged,
    RadioEvent,
    RadioState,
)
from firstlight.radio.port import Report
from firstlight.radio.simulated.air import Air, NextStep, connectivity, next_step, still_joined
from firstlight.radio.simulated.description import Description
from firstlight.radio.simulated.faults import OnAir
from firstlight.radio.simulated.guests import Guests
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.profiles import Kept, ProfileBook, note_failure, note_success
from firstlight.radio.simulated.refusals import hotspot_rises, not_active, unavailable
from firstlight.radio.simulated.scanner import Scanner
from firstlight.radio.simulated.timeline import Entry, Timeline

_REASON_OF_OBSTACLE = {
    Availability.NO_NETWORK_MANAGER: LinkReason.MANAGER_GONE,
    Availability.NO_WIFI_DEVICE: LinkReason.RADIO_GONE,
    Availability.BLOCKED: LinkReason.RADIO_BLOCKED,
    Availability.SUPPLICANT_GONE: LinkReason.SUPPLICANT_FAILED,
    Availability.UNMANAGED: LinkReason.REPLACED,
}


_ASSOCIATED = frozenset({LinkStage.ASSOCIATED, LinkStage.AUTHENTICATED, LinkStage.CONNECTED})


class Device:
    """The link, from down to joined or hotspot. Only one profile is active; a new one replaces it.

    ``on_change`` is called after every change, for whoever decides what comes next.
    """

    def __init__(
        self,
        described: Description,
        air: Air,
        timeline: Timeline,
        *,
        book: ProfileBook,
        scanner: Scanner,
        emit: Callable[[RadioEvent], None],
    ) -> None:
        self._described = described
        self._takes = described.durations
        self._air = air
        self._timeline = timeline
        self._book = book
        self._scanner = scanner
        self._emit = emit
        self.guests = Guests(described.stations, timeline, emit)
        self.link = Link.DOWN
        self.active: Kept | None = None
        self.bssid: MacAddress | None = None
        self.frequency: int | None = None
        self.ipv4: Ipv4 | None = None
        self.on_change: Callable[[], None] = _nothing
        self._connectivity = Connectivity.NONE
        self._reached = LinkStage.PREPARING
        self._coming: NextStep | None = None
        self._next: Entry | None = None
        self._report: Report | None = None
        self._outcomes: list[Outcome] = []
        self._told = self.state

    @property
    def state(self) -> RadioState:
        """One consistent view."""
        availability = self._air.availability
        if availability in {Availability.NO_NETWORK_MANAGER, Availability.NO_WIFI_DEVICE}:
            return RadioState(availability=availability)
        return RadioState(
            availability=availability,
            interface=self._described.radio.interface,
            mac=self._described.radio.mac,
            driver=self._described.radio.driver,
            link=self.link,
            profile=self.active.told(active=True) if self.active else None,
            bssid=self.bssid,
            frequency=self.frequency,
            ipv4=self.ipv4,
            connectivity=(
                self._connectivity
                if self._described.radio.connectivity_check
                else Connectivity.UNKNOWN
            ),
            abilities=self._described.radio.abilities,
        )

    def publish(self) -> None:
        """Tell of the state, if it is another one than was told last."""
        if self.state != self._told:
            self._told = self.state
            self._emit(RadioChanged(self._told))
            self.on_change()

    def stop_reporting(self) -> None:
        """Nobody listens to the reports of the present activation any more."""
        self._report = None

    def activate(
        self, profile: Kept, *, report: Report | None = None, outcome: Outcome | None = None
    ) -> None:
        """Leave what is active and begin ``profile``; ``outcome`` is answered once it is up."""
        obstacle = self._air.availability
        if obstacle is not Availability.READY:
            if outcome is not None:
                outcome.settle(unavailable(obstacle))
            return
        self._leave(LinkReason.REPLACED)
        self.active, self._report = profile, report
        self._outcomes = [outcome] if outcome is not None else []
        if profile.kind is ProfileKind.HOTSPOT:
            self._scanner.abort(hotspot_rises())
            self.link = Link.SOFTAP if profile.softap else Link.HOTSPOT_STARTING
            self._next = self._timeline.after(self._takes.hotspot, self._hotspot_started)
        else:
            self.link = Link.JOINING
            self._go(LinkReport(stage=LinkStage.PREPARING))
        self.publish()

    def await_active(self, outcome: Outcome) -> None:
        """Answer ``outcome`` together with whoever waits for the present activation."""
        self._outcomes.append(outcome)

    def deactivate(self, reason: LinkReason = LinkReason.REPLACED) -> None:
        """Leave what is active; nothing else is begun."""
        self._leave(reason)
        self.publish()

    def conditions_changed(self) -> None:
        """Something in the world is different: does the link hold?"""
        obstacle = self._air.availability
        if obstacle is not Availability.READY:
            error = unavailable(obstacle, gone=True)
            self._scanner.abort(error)
            self._scanner.clear()
            self._leave(_REASON_OF_OBSTACLE[obstacle], error)
        elif self.link is Link.JOINING and self._planned() != self._coming:
            self._plan()
        elif self.link is Link.CONNECTED:
            self._look_behind()
            if self._next is None and not self._holds():
                self._next = self._timeline.after(self._takes.link_loss, self._check_link)
        self.publish()

    def _look_behind(self) -> None:
        # An access point that has gone is noticed by the link, not by a look behind it.
        met = self._air.at(self.bssid)
        if met is not None:
            self._connectivity = connectivity(met)

    def _check_link(self) -> None:
        self._next = None
        if not self._holds():
            self._fail(LinkReason.SUPPLICANT_TIMEOUT)

    def _holds(self) -> bool:
        return self.active is not None and still_joined(
            self._air.at(self.bssid), self.active.credentials
        )

    def _met(self) -> OnAir | None:
        if self.active is None:
            return None
        if self.active.bssid is not None:
            pinned = self._air.at(self.active.bssid)
            return pinned if pinned is not None and pinned.ssid == self.active.ssid else None
        asked = self.active.hidden or self._scanner.has_heard(self.active.ssid)
        return self._air.best(self.active.ssid, asked_by_name=asked)

    def _planned(self) -> NextStep | None:
        if self.active is None:
            return None
        return next_step(self._reached, self._met(), self.active.credentials, self._takes)

    def _plan(self) -> None:
        if self._next is not None:
            self._next.cancel()
        self._coming = coming = self._planned()
        if coming is not None:
            self._next = self._timeline.after(coming.seconds, lambda: self._go(coming.report))

    def _go(self, report: LinkReport) -> None:
        self._next = None
        if report.stage is LinkStage.FAILED:
            self._fail(report.reason)
            return
        self._reached = report.stage
        met = self._met()
        if met is not None and report.stage in _ASSOCIATED:
            self.bssid, self.frequency = met.bssid, met.frequency
        if report.stage is LinkStage.CONNECTED and self.active is not None:
            self.link, self.ipv4, self._coming = Link.CONNECTED, report.ipv4, None
            note_success(self.active, self._timeline.now)
            self._look_behind()
        else:
            self._plan()
        told = self._report
        if self.link is Link.CONNECTED and self.active is not None and not self.active.trial:
            self._report = None
        if told is not None:
            told(report)
        self.publish()
        if self.link is Link.CONNECTED:
            self._answer(None)

    def _hotspot_started(self) -> None:
        self._next = None
        active = self.active
        settings = active.settings if active is not None else None
        if active is None or settings is None or self._air.hotspot_fails:
            self._fail(LinkReason.SUPPLICANT_TIMEOUT)
            return
        address, _, prefix = settings.address.partition("/")
        self.link = Link.SOFTAP if active.softap else Link.HOTSPOT
        self.bssid, self.frequency = self._described.radio.mac, frequency_of(settings.channel)
        self.ipv4 = Ipv4(address=address, prefix=int(prefix or 24))
        self.guests.welcome(settings.passphrase, active.most_stations)
        self.publish()
        self._answer(None)

    def _fail(self, reason: LinkReason) -> None:
        failed = self.active
        if failed is not None:
            note_failure(failed, reason, self._timeline.now, self._takes.autoconnect_pause)
            if reason is LinkReason.SSID_NOT_FOUND:
                self._scanner.drop(failed.ssid)
        self._leave(reason)
        self.publish()

    def _leave(self, reason: LinkReason, error: FirstlightError | None = None) -> None:
        """End the link. A trial ends with it, its listener hears why, and who waits is answered."""
        left, report, was = self.active, self._report, self.link
        if left is None:
            return
        if self._next is not None:
            self._next.cancel()
        self.link, self.active, self.ipv4 = Link.DOWN, None, None
        self.bssid, self.frequency = None, None
        self._connectivity = Connectivity.NONE
        self._next, self._coming, self._report = None, None, None
        self._reached = LinkStage.PREPARING
        self.guests.turn_out()
        if was in {Link.HOTSPOT, Link.SOFTAP}:
            self._scanner.resume()
        if left.trial or left.softap:
            self._book.remove(left)
        if report is not None:
            report(LinkReport(stage=LinkStage.FAILED, reason=reason))
        self._answer(error or not_active(left, reason))

    def _answer(self, error: FirstlightError | None) -> None:
        outcomes, self._outcomes = self._outcomes, []
        for outcome in outcomes:
            outcome.settle(error)


def _nothing() -> None:
    return None
