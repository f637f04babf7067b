"""Scanning: what was heard, when, and the scan that is under way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firstlight.errors import FirstlightError
from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.air import Air
from firstlight.radio.simulated.description import Durations
from firstlight.radio.simulated.faults import OnAir
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.timeline import Entry, Timeline

_MISSES = 2  # wpa_supplicant's bss_expiration_scan_count


@dataclass(eq=False)
class Scan:
    """One scan. No ``frequencies``: everywhere."""

    ssids: frozenset[Ssid]
    frequencies: frozenset[int]
    end: Entry
    outcomes: list[Outcome] = field(default_factory=list[Outcome])

    def covers(self, ssids: Sequence[Ssid], frequencies: Sequence[int]) -> bool:
        """Whether its results answer that question, too."""
        everywhere = not self.frequencies
        wide_enough = everywhere or (bool(frequencies) and self.frequencies >= set(frequencies))
        return wide_enough and self.ssids >= set(ssids)


class Scanner:
    """The list of what was heard. Entries go when two scans miss them, or when they are too old.

    ``holds`` says whether old entries are kept, as they are while a hotspot keeps the radio from
    scanning; ``in_use`` is the BSSID of the present link, which is never forgotten.
    """

    def __init__(self, air: Air, timeline: Timeline, takes: Durations) -> None:
        self._air = air
        self._timeline = timeline
        self._takes = takes
        self._seen: dict[MacAddress, AccessPoint] = {}
        self._missed: dict[MacAddress, int] = {}
        self._expiry: Entry | None = None
        self.running: Scan | None = None
        self.finished_at = float("-inf")
        self._resumed = float("-inf")
        self.on_finish: Callable[[], None] = _nothing
        self.on_change: Callable[[], None] = _nothing
        self.holds: Callable[[], bool] = bool
        self.in_use: Callable[[], MacAddress | None] = _nothing

    def list(self) -> tuple[AccessPoint, ...]:
        """Everything heard lately."""
        return tuple(self._seen.values())

    def has_heard(self, ssid: Ssid) -> bool:
        """Whether that name is in the list."""
        return any(seen.ssid == ssid for seen in self._seen.values())

    def start(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> Scan:
        """Begin a scan; the caller has seen to it that none is running."""
        seconds = self._takes.scan
        if frequencies:
            seconds = min(seconds, self._takes.scan_channel * len(set(frequencies)))
        end = self._timeline.after(seconds, self._finish)
        self.running = Scan(frozenset(ssids), frozenset(frequencies), end)
        return self.running

    def abort(self, error: FirstlightError) -> None:
        """End the running scan, if any, without results."""
        scan, self.running = self.running, None
        if scan is not None:
            scan.end.cancel()
            for outcome in scan.outcomes:
                outcome.settle(error)

    def drop(self, ssid: Ssid) -> None:
        """That network did not answer when it was called."""
        gone = [bssid for bssid, seen in self._seen.items() if seen.ssid == ssid]
        if self._remove(gone):
            self.on_change()

    def clear(self) -> None:
        """Forget everything, as if the radio were new; the next scan need not wait."""
        self.finished_at = float("-inf")
        if self._remove(list(self._seen)):
            self.on_change()

    def resume(self) -> None:
        """The radio can scan again: what was held counts as fresh until it had its chance."""
        self._resumed = self._timeline.now
        self.expire()

    def expire(self) -> None:
        """Drop what is too old, and come again when the next entry will be."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if self.holds():
            return
        kept = {bssid: seen for bssid, seen in self._seen.items() if bssid != self.in_use()}
        now = self._timeline.now
        # The moments themselves are compared: their differences round, and may never be over.
        ends = {
            bssid: max(seen.last_seen or 0.0, self._resumed) + self._takes.expiry
            for bssid, seen in kept.items()
        }
        if self._remove([bssid for bssid, end in ends.items() if end <= now]):
            self.on_change()
        next_end = min((end for end in ends.values() if end > now), default=None)
        if next_end is not None:
            self._expiry = self._timeline.at(next_end, self.expire)

    def _finish(self) -> None:
        scan, self.running = self.running, None
        if scan is None:
            return
        self.finished_at = self._timeline.now
        self._take_in(scan)
        self.expire()
        self.on_change()
        for outcome in scan.outcomes:
            outcome.settle()
        self.on_finish()

    def _take_in(self, scan: Scan) -> None:
        heard = {
            met.bssid: met
            for met in self._air.heard()
            if not scan.frequencies or met.frequency in scan.frequencies
        }
        answering = {
            bssid: met
            for bssid, met in heard.items()
            if not met.hidden or met.ssid in scan.ssids or bssid == self.in_use()
        }
        for bssid, met in answering.items():
            self._seen[bssid] = _entry(met, self._timeline.now)
            self._missed.pop(bssid, None)
        looked_at = (
            bssid
            for bssid, seen in self._seen.items()
            if not scan.frequencies or seen.frequency in scan.frequencies
        )
        for bssid in [bssid for bssid in looked_at if bssid not in heard]:
            self._missed[bssid] = self._missed.get(bssid, 0) + 1
        self._remove([bssid for bssid, times in self._missed.items() if times >= _MISSES])

    def _remove(self, gone: Sequence[MacAddress]) -> bool:
        for bssid in gone:
            self._seen.pop(bssid, None)
            self._missed.pop(bssid, None)
        return bool(gone)


def _entry(met: OnAir, now: float) -> AccessPoint:
    return AccessPoint(
        ssid=met.ssid,
        bssid=met.bssid,
        frequency=met.frequency,
        signal=met.signal,
        security=met.security,
        last_seen=now,
    )


def _nothing() -> None:
    return None
