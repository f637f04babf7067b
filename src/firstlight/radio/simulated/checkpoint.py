"""The dead-man's switch: NetworkManager's checkpoint."""

from firstlight.model.radio import LinkReason
from firstlight.radio.simulated.device import Device
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.profiles import Kept, ProfileBook
from firstlight.radio.simulated.timeline import Entry, Timeline


class Checkpoint:
    """Remembers what was active, and brings it back when it is told to or when its time is up.

    It lives in NetworkManager's memory: it outlives the process that armed it, not a restart of
    NetworkManager. What was saved meanwhile stays saved.
    """

    def __init__(self, device: Device, book: ProfileBook, timeline: Timeline) -> None:
        self._device = device
        self._book = book
        self._timeline = timeline
        self._noted: Kept | None = None
        self._switch: Entry | None = None

    @property
    def armed(self) -> bool:
        """Whether the switch will fire."""
        return self._switch is not None

    @property
    def noted(self) -> Kept | None:
        """What would be brought back; ``None`` for nothing, or when it was deleted meanwhile."""
        return self._noted if self._noted is not None and self._noted in self._book else None

    def arm(self, seconds: float) -> None:
        """Take note of what is active now; any earlier note is void."""
        self.disarm()
        active = self._device.active
        passing = active is None or active.trial or active.softap
        self._noted = None if passing else active
        self._switch = self._timeline.after(seconds, self.restore)

    def disarm(self) -> None:
        """Forget the note."""
        if self._switch is not None:
            self._switch.cancel()
        self._noted, self._switch = None, None

    def restore(self, outcome: Outcome | None = None) -> None:
        """End a trial, and bring back what was noted unless it is still there.

        ``outcome`` is answered once it is back. A saved network that was joined meanwhile is left
        only for the one that was noted.
        """
        noted, active = self.noted, self._device.active
        self.disarm()
        if noted is not None and noted is not active:
            self._device.activate(noted, outcome=outcome)
            return
        if active is not None and active.trial:
            self._device.deactivate(LinkReason.REPLACED)
        if outcome is not None:
            outcome.settle()
