"""Joining a network on a second interface, beside the hotspot."""

from collections.abc import Callable

from firstlight.model.radio import Availability, LinkReason, LinkReport, LinkStage
from firstlight.model.ssid import Ssid
from firstlight.radio.port import Report
from firstlight.radio.simulated.air import Air, NextStep, next_step
from firstlight.radio.simulated.description import Description
from firstlight.radio.simulated.faults import OnAir
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.profiles import Kept
from firstlight.radio.simulated.timeline import Entry, Timeline


class Rehearsals:
    """At most one at a time; it lasts no longer than the hotspot.

    ``hotspot_on`` is the hotspot's frequency in MHz, or ``None`` while it is not up.
    """

    def __init__(
        self,
        described: Description,
        air: Air,
        timeline: Timeline,
        *,
        hears: Callable[[Ssid], bool],
        hotspot_on: Callable[[], int | None],
    ) -> None:
        self._one_channel = described.radio.one_channel
        self._takes = described.durations
        self._air = air
        self._timeline = timeline
        self._hears = hears
        self._hotspot_on = hotspot_on
        self._reached = LinkStage.PREPARING
        self._coming: NextStep | None = None
        self._next: Entry | None = None
        self._profile: Kept | None = None
        self._report: Report | None = None
        self._outcome: Outcome | None = None

    @property
    def under_way(self) -> bool:
        """Whether one is."""
        return self._profile is not None

    def begin(self, profile: Kept, report: Report, outcome: Outcome) -> None:
        """Join that network; ``outcome`` is answered once it is over, however it went."""
        self._profile, self._report, self._outcome = profile, report, outcome
        self._go(LinkReport(stage=LinkStage.PREPARING))

    def end(self, reason: LinkReason = LinkReason.REPLACED) -> None:
        """Give up what is under way, if anything is."""
        if self._profile is not None:
            self._finish(LinkReport(stage=LinkStage.FAILED, reason=reason))

    def conditions_changed(self) -> None:
        """Something in the world is different: does it still lead where it led?"""
        if self._profile is None:
            return
        if self._air.availability is not Availability.READY:
            self.end(LinkReason.RADIO_GONE)
        elif self._hotspot_on() is None:
            self.end()
        elif self._planned(self._profile) != self._coming:
            self._plan(self._profile)

    def _met(self, profile: Kept) -> OnAir | None:
        asked = profile.hidden or self._hears(profile.ssid)
        met = self._air.best(profile.ssid, asked_by_name=asked)
        deaf = self._one_channel and met is not None and met.frequency != self._hotspot_on()
        return None if deaf else met

    def _planned(self, profile: Kept) -> NextStep:
        return next_step(self._reached, self._met(profile), profile.credentials, self._takes)

    def _plan(self, profile: Kept) -> None:
        if self._next is not None:
            self._next.cancel()
        coming = self._coming = self._planned(profile)
        self._next = self._timeline.after(coming.seconds, lambda: self._go(coming.report))

    def _go(self, report: LinkReport) -> None:
        self._next = None
        if self._profile is None:
            return
        if report.stage in {LinkStage.CONNECTED, LinkStage.FAILED}:
            self._finish(report)
            return
        self._reached = report.stage
        self._plan(self._profile)
        if self._report is not None:
            self._report(report)

    def _finish(self, last: LinkReport) -> None:
        if self._next is not None:
            self._next.cancel()
        report, outcome = self._report, self._outcome
        self._next, self._coming, self._profile = None, None, None
        self._report, self._outcome = None, None
        self._reached = LinkStage.PREPARING
        if report is not None:
            report(last)
        if outcome is not None:
            outcome.settle()
