"""A little world around the machine: a router, a radio, time, and chance.

Effects are carried out as the daemon does, with the device's mode and the wish for a hotspot
decided by the functions that decide them there. Work answers well, badly or not at all, within the
time that it was given.
"""

import heapq
import itertools
from collections.abc import Callable
from random import Random

from tests.unit.core.recovery.driving import ALL_WELL, CHANNEL_6, DEAF, NO_GATEWAY, heard, saved

from firstlight.core import mode, recovery
from firstlight.core.hotspot import should_be_up
from firstlight.core.recovery import messages
from firstlight.core.recovery.messages import View
from firstlight.core.recovery.phases import LEAST_SECONDS, USES_RADIO, Phase
from firstlight.model.attempt import Cause
from firstlight.model.moment import Moment
from firstlight.model.radio import Abilities, Availability, Link, RadioState
from firstlight.model.status import Mode

LOOK_SECONDS = 6.0
RISE_SECONDS = 5.0
HOME = "home"


class World:
    """One device and one router, ``home``. Seconds since the start are ``now.monotonic``.

    While there is ``misfortune``, now and then something stays silent or fails for no reason.
    """

    def __init__(
        self, chance: Random, settings: recovery.Settings, abilities: Abilities = DEAF
    ) -> None:
        self.chance = chance
        self.abilities = abilities
        self.now = Moment(0.0, 1_780_000_000.0)
        self.state = recovery.begin(settings, recovery.Record(), cooldown=0.0, now=self.now)
        self.misfortune = True
        self.router = True
        self.gateway = True
        self.password = True
        self.radio = True
        self.link = Link.DOWN
        self.mode = Mode.READY
        self.maintenance = False
        self.joins: list[float] = []
        self.told: list[messages.News] = []
        self.cut_since: float | None = None
        self.worst_cut = 0.0
        self.search_since: float | None = None
        self.worst_search = 0.0
        self._agenda: list[tuple[float, int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stopped = {"work": 0, "timer": 0, "rise": 0}

    def start(self, *, online: bool) -> "World":
        self.link = Link.CONNECTED if online else Link.DOWN
        self._give(messages.Freed(self.view()))
        return self

    def run(self, seconds: float) -> None:
        """Let that much time pass."""
        until = self.now.monotonic + seconds
        while self._agenda and self._agenda[0][0] <= until:
            at, _, _, do = heapq.heappop(self._agenda)
            self._pass_to(at)
            do()
        self._pass_to(until)

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Plan for then."""
        heapq.heappush(self._agenda, (seconds, 0, next(self._order), do))

    def view(self) -> View:
        return View(
            ready=self.radio,
            online=self.link is Link.CONNECTED,
            joining=self.link is Link.JOINING,
            hotspot=CHANNEL_6 if self.link is Link.HOTSPOT else None,
            saved=True,
            maintenance=self.mode is Mode.MAINTENANCE,
            network=HOME,
            abilities=self.abilities,
        )

    @property
    def reachable(self) -> bool:
        """On a network that leads somewhere, or a hotspot for whoever comes."""
        if self.link is Link.CONNECTED:
            return self.router and self.gateway
        return self.link is Link.HOTSPOT

    @property
    def joinable(self) -> bool:
        return self.router and self.password

    def change(self, **facts: bool) -> None:
        """Something happens to the router or to the radio."""
        for name, value in facts.items():
            setattr(self, name, value)
        lost = not self.radio or (self.link in {Link.CONNECTED, Link.JOINING} and not self.router)
        if lost:
            self.link = Link.DOWN
        self._saw()

    def attend(self) -> None:
        self._give(messages.Attended())

    def _bad_luck(self) -> bool:
        return self.misfortune and self.chance.random() < 0.1

    def _pass_to(self, at: float) -> None:
        passed = at - self.now.monotonic
        self.now = Moment(at, self.now.wall + passed)
        if self.cut_since is not None:
            self.worst_cut = max(self.worst_cut, at - self.cut_since)
        if self.search_since is not None:
            self.worst_search = max(self.worst_search, at - self.search_since)
        self._notice()

    def _notice(self) -> None:
        """Since when nobody can reach it, and since when the machine knows no rest.

        A radio that is not there is not counted.
        """
        if self.reachable or not self.radio:
            self.cut_since = None
        elif self.cut_since is None:
            self.cut_since = self.now.monotonic
        if self.state.phase in {Phase.STEADY, Phase.FALLBACK} or not self.radio:
            self.search_since = None
        elif self.search_since is None:
            self.search_since = self.now.monotonic

    def _set(self, link: Link) -> None:
        if link is not self.link and self.radio:
            self.link = link
            self._saw()

    def _saw(self) -> None:
        self._notice()
        self._give(messages.Saw(self.view()))

    def _give(self, event: messages.Event) -> None:
        self.state, effects = recovery.step(self.state, event, self.now)
        for effect in effects:
            self._carry_out(effect)
        self._notice()
        self._keep_hotspot()

    def _keep_hotspot(self) -> None:
        radio = RadioState(
            availability=Availability.READY if self.radio else Availability.NO_WIFI_DEVICE,
            link=self.link,
        )
        due = should_be_up(
            self.mode,
            radio,
            wanted=True,
            alone=self.state.phase is Phase.FALLBACK,
            over_link=self.state.over_link,
        )
        if due and self.state.phase not in USES_RADIO:
            self._set_quietly(Link.HOTSPOT_STARTING)
            self._later("rise", self.chance.uniform(0.5, RISE_SECONDS), self._risen)

    def _set_quietly(self, link: Link) -> None:
        self.link = link

    def _risen(self) -> None:
        if self.link is Link.HOTSPOT_STARTING:
            self._set(Link.HOTSPOT)

    def _later(self, kind: str, seconds: float, do: Callable[[], None]) -> None:
        self._stopped[kind] += 1
        mark = self._stopped[kind]

        def due() -> None:
            if self._stopped[kind] == mark:
                do()

        at = self.now.monotonic + seconds
        heapq.heappush(self._agenda, (at, 1, next(self._order), due))

    def _carry_out(self, effect: messages.Effect) -> None:
        match effect:
            case messages.Stop():
                self._stopped["work"] += 1
                self._stopped["timer"] += 1
                if self.link is Link.JOINING:
                    self._set_quietly(Link.DOWN)
            case messages.Arm(turn, seconds):
                assert seconds > 0
                self._later("timer", seconds, lambda: self._give(messages.Expired(turn)))
            case messages.Become(turn):
                known = mode.Turn.HOME if turn is mode.Turn.ONLINE else turn
                self.mode = mode.turned(self.mode, known)
            case messages.Tell(news):
                self.told.append(news)
            case _:
                self._work(effect)

    def _work(self, effect: messages.Work) -> None:
        match effect:
            case messages.Check(turn, full):
                reach = ALL_WELL if self.reachable else NO_GATEWAY
                took = self.chance.uniform(0.01, 1.0 if reach is ALL_WELL else LOOK_SECONDS)
                self._answer(took, lambda: messages.Checked(turn, reach, full))
            case messages.Scan():
                self._scan(effect)
            case messages.Rehearse():
                self._rehearse(effect)
            case messages.Rejoin():
                self._rejoin(effect)

    def _answer(self, seconds: float, event: Callable[[], messages.Event]) -> None:
        self._later("work", seconds, lambda: self._give(event()))

    def _scan(self, scan: messages.Scan) -> None:
        if not self.abilities.scan_as_hotspot and self.link in {
            Link.HOTSPOT,
            Link.HOTSPOT_STARTING,
        }:
            self._later_down()
        took, silent, fails = self.chance.uniform(0.5, 15.0), self._bad_luck(), self._bad_luck()
        if silent:
            return
        if fails:
            self._answer(took, lambda: messages.ScanFailed(scan.turn))
            return
        self._answer(
            took,
            lambda: messages.Scanned(
                turn=scan.turn,
                profiles=(saved(HOME),),
                heard=(heard(HOME),) if self.router else (),
            ),
        )

    def _later_down(self) -> None:
        """The hotspot goes down, and the machine sees it a moment later."""
        self._later("rise", 0.0, lambda: self._set(Link.DOWN))

    def _rejoin(self, work: messages.Rejoin) -> None:
        assert work.seconds > 0
        self.joins.append(self.now.monotonic)
        self._stopped["rise"] += 1
        self._set_quietly(Link.JOINING)
        took = self.chance.uniform(0.5, 25.0 if self.misfortune else LEAST_SECONDS)
        if self._bad_luck() or took > work.seconds or not self.router:
            cause = Cause.NO_ADDRESS if self.router else Cause.NETWORK_NOT_FOUND
            self._later("work", work.seconds, lambda: self._failed(work.turn, cause))
        elif not self.password:
            self._later("work", took, lambda: self._failed(work.turn, Cause.WRONG_PASSWORD))
        else:
            self._later("work", took, lambda: self._linked(work.turn))

    def _failed(self, turn: int, cause: Cause) -> None:
        if self.link is Link.JOINING:
            self._set(Link.DOWN)
        self._give(messages.Joined(turn, cause))

    def _linked(self, turn: int) -> None:
        if self.link is Link.JOINING:
            self._set(Link.CONNECTED)
        elif self.link is Link.DOWN:
            self._answer(0.0, lambda: messages.Joined(turn, Cause.NETWORK_NOT_FOUND))
            return
        cause = None if self.reachable else Cause.NO_GATEWAY
        took = self.chance.uniform(0.01, 0.5 if cause is None else LOOK_SECONDS)
        self._answer(took, lambda: messages.Joined(turn, cause))

    def _rehearse(self, work: messages.Rehearse) -> None:
        assert work.seconds > 0
        self.joins.append(self.now.monotonic)
        took = self.chance.uniform(0.5, 25.0 if self.misfortune else LEAST_SECONDS)
        well = self.joinable and took <= work.seconds and not self._bad_luck()
        cause = None if well else Cause.TIMEOUT
        self._answer(took if well else work.seconds, lambda: messages.Joined(work.turn, cause))
