"""The machine at one's fingertips: events go in, phases and effects are kept."""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from firstlight.core import recovery
from firstlight.core.recovery import messages
from firstlight.core.recovery.messages import View
from firstlight.core.recovery.phases import HOME_SECONDS, Phase
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.attempt import Cause
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Abilities
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid

START = Moment(1000.0, 1_780_000_000.0)
SETTINGS = recovery.Settings()
CHANNEL_1, CHANNEL_6, CHANNEL_36 = 2412, 2437, 5180

DEAF = Abilities()
HEARING = Abilities(scan_as_hotspot=True)
BESIDE = Abilities(scan_as_hotspot=True, join_as_hotspot=True)

DOWN = View(ready=True, saved=True, network="home")
ONLINE = replace(DOWN, online=True)
HOTSPOT = replace(DOWN, hotspot=CHANNEL_6)
GONE = View(saved=True, network="home")

ALL_WELL = Reach(gateway=True, internet=Internet.REACHABLE)
NO_GATEWAY = Reach(gateway=False, internet=Internet.UNREACHABLE)
NO_INTERNET = Reach(gateway=True, internet=Internet.UNREACHABLE)

Kind = TypeVar("Kind", bound=messages.Effect)


def later(moment: Moment, seconds: float) -> Moment:
    return Moment(moment.monotonic + seconds, moment.wall + seconds)


def saved(name: str, *, uuid: str = "", **fields: object) -> Profile:
    profile = Profile(
        uuid=uuid or f"uuid-{name}",
        name=name,
        kind=ProfileKind.STATION,
        ssid=Ssid(name.encode()),
        autoconnect=True,
        active=False,
    )
    return replace(profile, **fields)


def heard(name: str, *, frequency: int = CHANNEL_6, signal: int = 60) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(name.encode()),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=frequency,
        signal=signal,
        security=Security.WPA2,
    )


def phone(number: int) -> MacAddress:
    return MacAddress.from_bytes((0x02_F1_00_00_00_00 + number).to_bytes(6, "big"))


Lead = Callable[["Driven", Abilities], "Driven"]


class Driven:
    """One machine that has just been started."""

    def __init__(
        self,
        settings: recovery.Settings = SETTINGS,
        *,
        record: recovery.Record | None = None,
        cooldown: float = 0.0,
        now: Moment = START,
    ) -> None:
        self.now = now
        self.state = recovery.begin(
            settings, record or recovery.Record(), cooldown=cooldown, now=now
        )
        self.effects: tuple[messages.Effect, ...] = ()
        self.all: list[messages.Effect] = []
        self.phases = [self.state.phase]

    def take(self, *events: messages.Event, after: float = 0.0) -> "Driven":
        for event in events:
            self.now = later(self.now, after)
            self.state, self.effects = recovery.step(self.state, event, self.now)
            self.all += self.effects
            if self.state.phase is not self.phases[-1] or messages.Stop() in self.effects:
                self.phases.append(self.state.phase)
        return self

    def expire(self, after: float = 0.0) -> "Driven":
        return self.take(messages.Expired(self.state.turn), after=after)

    def scan(self, *names: str, after: float = 0.0, frequency: int = CHANNEL_6) -> "Driven":
        """Networks of these names are saved and in sight; without one, home is out of sight."""
        return self.look(
            [saved(name) for name in names or ("home",)],
            [heard(name, frequency=frequency) for name in names],
            after=after,
        )

    def look(
        self, profiles: list[Profile], around: list[AccessPoint], after: float = 0.0
    ) -> "Driven":
        scanned = messages.Scanned(
            turn=self.state.turn, profiles=tuple(profiles), heard=tuple(around)
        )
        return self.take(scanned, after=after)

    def joined(self, cause: Cause | None = None, after: float = 0.0) -> "Driven":
        return self.take(messages.Joined(self.state.turn, cause), after=after)

    def checked(
        self, reach: Reach = ALL_WELL, *, full: bool = False, after: float = 0.0
    ) -> "Driven":
        return self.take(messages.Checked(self.state.turn, reach, full), after=after)

    def until(self, phase: Phase, abilities: Abilities = DEAF) -> "Driven":
        """From the start along the shortest way; ``REHEARSING`` where the radio can."""
        abilities = BESIDE if phase is Phase.REHEARSING else abilities
        before, lead = _WAYS[phase]
        return self if before is None else lead(self.until(before, abilities), abilities)

    def wear(self) -> "Driven":
        """Until patience is at its end."""
        while self.phase is Phase.DEGRADED:
            self.expire(self.state.settings.check_seconds)
        return self

    def scout(self) -> "Driven":
        """Look for home; the hotspot goes down for it where the radio is deaf as one."""
        self.expire(HOME_SECONDS)
        deaf = not self.state.view.abilities.scan_as_hotspot
        return self.take(messages.Saw(replace(self.state.view, hotspot=None))) if deaf else self

    @property
    def phase(self) -> Phase:
        return self.state.phase

    def the(self, kind: type[Kind]) -> Kind:
        """The one effect of that kind among the last."""
        [found] = [effect for effect in self.effects if isinstance(effect, kind)]
        return found

    def told(self) -> list[messages.News]:
        """All the news so far."""
        return [effect.news for effect in self.all if isinstance(effect, messages.Tell)]


_WAYS: dict[Phase, tuple[Phase | None, Lead]] = {
    Phase.RESTING: (None, lambda one, _: one),
    Phase.STEADY: (
        Phase.RESTING,
        lambda one, able: one.take(messages.Freed(replace(ONLINE, abilities=able))),
    ),
    Phase.DEGRADED: (
        Phase.STEADY,
        lambda one, able: one.take(messages.Saw(replace(DOWN, abilities=able))),
    ),
    Phase.LOOKING: (Phase.DEGRADED, lambda one, _: one.wear()),
    Phase.REJOINING: (Phase.LOOKING, lambda one, _: one.scan("home", after=2)),
    Phase.FALLBACK: (
        Phase.RESTING,
        lambda one, able: one.take(
            messages.Freed(replace(DOWN, abilities=able), alone=True),
            messages.Saw(replace(HOTSPOT, abilities=able)),
        ),
    ),
    Phase.SCOUTING: (Phase.FALLBACK, lambda one, _: one.scout()),
    Phase.REHEARSING: (Phase.SCOUTING, lambda one, _: one.scan("home", after=2)),
    Phase.HOMING: (Phase.SCOUTING, lambda one, _: one.scan("home", after=2)),
}
