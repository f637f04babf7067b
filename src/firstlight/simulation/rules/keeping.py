"""A proven profile is never lost except by its user."""

from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Link
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.profiles import Kept
from firstlight.radio.simulated.world import World
from firstlight.simulation.judge import Judge, Rule


class Keeping:
    """Looks at every deletion. ``given_up``: names that a person has asked to forget.

    A profile may go when another one of its SSID that was connected at some time stays saved.
    """

    def __init__(self, world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge
        self._proven: set[tuple[Ssid, Passphrase | None]] = set()
        self.given_up: set[str] = set()
        self.everything_given_up = False
        world.book.on_remove = self._removed

    def look(self) -> None:
        """The link has changed."""
        active = self._world.device.active
        if active is not None and self._world.device.link is Link.CONNECTED:
            self._proven.add((active.ssid, active.passphrase))

    def _removed(self, profile: Kept) -> None:
        if profile.kind is not ProfileKind.STATION or profile.trial:
            return
        if self.everything_given_up or profile.name in self.given_up:
            return
        replaced = any(
            other.ssid == profile.ssid
            and not other.trial
            and (other.ssid, other.passphrase) in self._proven
            for other in self._world.book
        )
        if not replaced:
            self._judge.accuse(Rule.PROFILES, f"{profile.name} was deleted and nothing replaced it")
