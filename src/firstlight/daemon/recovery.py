"""Carries out coming back: feeds the machine of ``core.recovery``, decides nothing."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from firstlight.clock import reading
from firstlight.core import recovery
from firstlight.core.mode import Turn
from firstlight.core.recovery import messages, trigger
from firstlight.core.recovery.candidates import hidden, networks
from firstlight.core.recovery.phases import USES_RADIO, Phase
from firstlight.core.recovery.state import cooldown_until_ms
from firstlight.daemon.cooldown import Cooldown
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.memory import Memory
from firstlight.daemon.rejoining import Outcome, Tools, rehearse, rejoin
from firstlight.errors import Busy, FirstlightError, RadioFailure
from firstlight.model.attempt import Cause
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.radio import Availability, Ipv4, Link, RadioState
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid
from firstlight.model.status import Mode
from firstlight.running import ended

log = logging.getLogger(__name__)

_INBOX = 1024
_SCANS = 3
_SCAN_PAUSE_SECONDS = 2.0
_WAITING = frozenset({Mode.PROVISIONING, Mode.ERROR})


class Company(NamedTuple):
    """Who else has a part in it; ``changed`` is called after everything that is done."""

    memory: Memory
    hotspot: HotspotKeeper
    turn: Callable[[Turn], Awaitable[None]]
    tell: Callable[[messages.Tell], None]
    warn: Callable[[str], None]
    changed: Callable[[], None]


class Recovery:
    """``run`` it once; ``hold`` it while somebody else works with the radio."""

    def __init__(self, tools: Tools, company: Company, cooldown: Cooldown) -> None:
        self._tools = tools
        self._company = company
        self._cooldown = cooldown
        self._inbox: asyncio.Queue[tuple[messages.Event, asyncio.Event | None]] = asyncio.Queue(
            _INBOX
        )
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._holders = 1
        self._link: _OnlineLink | None = None
        self._keeping = False
        self.found: Reach | None = None
        now = self._now()
        left = cooldown.left(company.memory.kept, now)
        self.state = recovery.begin(
            tools.settings, recovery.Record.of(company.memory.kept), cooldown=left, now=now
        )
        # By the wall clock it may end at another time than was written down before a reboot.
        self._cooldown_kept = None if left else self.state.cooldown_until

    async def run(self) -> None:
        """Take one event after the other, for ever."""
        try:
            while True:
                event, taken = await self._inbox.get()
                await self._take(event)
                if taken is not None:
                    taken.set()
        finally:
            await ended(self._work, self._timer)

    def saw(self) -> None:
        """Something about the radio or the mode has changed."""
        link = _online_link(self._tools.radio.state)
        if link != self._link:
            self._link, self.found = link, None
        self._post(messages.Saw(self._view()))

    def attended(self) -> None:
        """A person did something on the portal."""
        self._post(messages.Attended())

    def arrived(self, mac: MacAddress) -> None:
        """A station has joined the hotspot."""
        self._post(messages.Arrived(mac))

    async def trigger(self, reason: str) -> None:
        """Begin now; returns once it has begun. Raises ``Busy`` when it may not."""
        trigger.check(self.state, self._now())
        await self._send(messages.Triggered(reason))

    async def forget(self) -> None:
        """Everything that was known of networks is void."""
        await self._send(messages.Forgotten())

    async def hold(self) -> None:
        """Leave the radio alone until ``resume``; returns once nothing is done with it any more."""
        self._holders += 1
        await self._send(messages.Held())

    def resume(self, *, pause: float = 0.0) -> None:
        """The radio is free again; see ``messages.Freed``."""
        self._holders -= 1
        if self._holders:
            return
        alone = self._company.memory.kept.mode in _WAITING and self._company.hotspot.wanted
        self._post(messages.Freed(self._view(), pause, alone))

    @asynccontextmanager
    async def held(self, *, pause: float = 0.0) -> AsyncGenerator[None, None]:
        """Leave the radio alone for a while."""
        await self.hold()
        try:
            yield
        finally:
            self.resume(pause=pause)

    @property
    def wants_hotspot(self) -> bool:
        """Whether it is the hotspot's turn, whatever the mode."""
        return self.state.phase is Phase.FALLBACK

    @property
    def wants_it_over_link(self) -> bool:
        """Whether that goes for a radio that has a link, too."""
        return self.wants_hotspot and self.state.over_link

    def now_found(self, found: Reach | None) -> None:
        """Somebody else has looked behind the link."""
        self._link, self.found = _online_link(self._tools.radio.state), found

    async def _take(self, event: messages.Event) -> None:
        before = self.state
        self.state, effects = recovery.step(before, event, self._now())
        if self.state.phase is not before.phase:
            log.info("recovery: %s", self.state.phase)
            self._share_radio()
        await self._remember()
        for effect in effects:
            await self._carry_out(effect)
        if self.state != before:
            self._company.changed()

    def _share_radio(self) -> None:
        """Whoever keeps the hotspot up leaves the radio alone while it is used here."""
        uses = self.state.phase in USES_RADIO
        if uses != self._keeping:
            self._keeping = uses
            (self._company.hotspot.hold if uses else self._company.hotspot.resume)()
        self._company.hotspot.changed()

    async def _remember(self) -> None:
        state, kept, now = self.state, self._company.memory.kept, self._now()
        cools_anew = state.cooldown_until != self._cooldown_kept
        if cools_anew:
            self._cooldown_kept = state.cooldown_until
            await self._cooldown.keep(state.cooldown_until)
        await self._cooldown.look(now)
        record = state.record
        await self._company.memory.change(
            recovery_enabled=state.settings.enabled,
            failure_threshold=state.settings.threshold,
            cooldown_ms=round(state.settings.cooldown_seconds * 1000),
            failure_streak=state.streak,
            last_attempt_at=record.last_attempt_at,
            last_recovered_at=record.last_recovered_at,
            last_result=record.last_result,
            last_reason=record.last_reason,
            active_lock=state.lock(now),
            cooldown_until=cooldown_until_ms(state, kept, now)
            if cools_anew
            else kept.cooldown_until,
        )

    async def _carry_out(self, effect: messages.Effect) -> None:
        match effect:
            case messages.Stop():
                await ended(self._work, self._timer)
            case messages.Arm(turn, seconds):
                await ended(self._timer)
                self._timer = asyncio.create_task(self._expire(turn, seconds), name="recovery-wait")
            case messages.Become(turn):
                # Whoever has put the hotspot out of the way did so while there was a network.
                self._company.hotspot.wanted |= turn is Turn.ALONE
                await self._company.turn(turn)
                self.saw()  # which network it is, is known from now on
            case messages.Tell():
                self._company.tell(effect)
            case messages.Blame(message):
                self._company.warn(message)
                await self._company.memory.change(last_error=message)
            case messages.Absolve():
                await self._company.memory.change(last_error="")
            case _:
                await ended(self._work)
                name = f"recovery-{self.state.phase}"
                self._work = asyncio.create_task(self._attempt_work(effect), name=name)

    async def _expire(self, turn: int, seconds: float) -> None:
        await self._tools.clock.sleep(seconds)
        self._post(messages.Expired(turn))

    async def _attempt_work(self, effect: messages.Work) -> None:
        try:
            event = await self._do(effect)
        except Exception:
            log.exception("recovery: %s failed unexpectedly", self.state.phase)
            event = _failure(effect)
        self._post(event)

    async def _do(self, effect: messages.Work) -> messages.Event:
        match effect:
            case messages.Check(turn, full):
                return messages.Checked(turn, await self._look(full=full), full)
            case messages.Scan():
                return await self._scan(effect)
            case messages.Rehearse():
                return await self._rehearse(effect)
            case messages.Rejoin():
                work = rejoin(self._tools, effect.candidate.uuid, effect.seconds)
                return await self._joined(effect.turn, work)

    async def _look(self, *, full: bool) -> Reach:
        state = self._tools.radio.state
        link, tools = _online_link(state), self._tools
        if link is None:
            return Reach(gateway=False, internet=Internet.UNREACHABLE, evidence="There is no link.")
        targets = tools.targets if full else ()
        reach = await tools.reach.look(link.interface, link.ipv4, targets, tools.look_seconds)
        if full and link == _online_link(tools.radio.state):
            self._link, self.found = link, reach
        return reach

    async def _scan(self, effect: messages.Scan) -> messages.Event:
        radio = self._tools.radio
        try:
            profiles = await radio.profiles()
            if not networks(profiles):
                await self._company.memory.change(provisioned=False)
                return messages.Scanned(turn=effect.turn, profiles=profiles, heard=())
            await self._company.hotspot.idle()
            if not radio.state.abilities.scan_as_hotspot:
                await radio.hotspot_down()
            began = self._tools.clock.monotonic()
            names = [one.ssid for one in hidden(profiles) if one.ssid is not None]
            await self._scan_at_last(names, effect.frequencies)
        except FirstlightError as error:
            log.info("recovery: nothing could be heard: %s", error)
            return messages.ScanFailed(effect.turn)
        # Ages are whole seconds, so what was heard just now may look up to a second older.
        heard = tuple(
            seen
            for seen in radio.access_points()
            if seen.last_seen is None or seen.last_seen >= began - 1
        )
        return messages.Scanned(turn=effect.turn, profiles=profiles, heard=heard)

    async def _scan_at_last(self, names: Sequence[Ssid], frequencies: Sequence[int]) -> None:
        """A scan that meets one of NetworkManager's own is refused, or broken off."""
        for _ in range(_SCANS - 1):
            try:
                await self._tools.radio.scan(names, frequencies)
            except (Busy, RadioFailure) as error:
                log.info("recovery: scanning again: %s", error)
                await self._tools.clock.sleep(_SCAN_PAUSE_SECONDS)
            else:
                return
        await self._tools.radio.scan(names, frequencies)

    async def _rehearse(self, effect: messages.Rehearse) -> messages.Event:
        if effect.channel is not None:
            try:
                await self._company.hotspot.move(effect.channel)
            except FirstlightError as error:
                log.warning("the hotspot could not change to channel %d: %s", effect.channel, error)
                return messages.Joined(effect.turn, Cause.UNAVAILABLE)
        work = rehearse(self._tools, effect.candidate.uuid, effect.seconds)
        return await self._joined(effect.turn, work)

    async def _joined(self, turn: int, work: Coroutine[None, None, Outcome]) -> messages.Event:
        outcome = await work
        log.info("recovery: %s", outcome.cause or "joined")
        if outcome.reach is not None:
            self.now_found(outcome.reach)
        return messages.Joined(turn, outcome.cause)

    def _view(self) -> messages.View:
        state, kept = self._tools.radio.state, self._company.memory.kept
        return messages.View(
            # While it hands out configuration there is no radio to look after.
            ready=state.availability is Availability.READY and state.link is not Link.SOFTAP,
            online=state.online,
            joining=state.link is Link.JOINING,
            hotspot=(state.frequency or 0) if state.link is Link.HOTSPOT else None,
            saved=kept.provisioned,
            maintenance=kept.mode is Mode.MAINTENANCE,
            network=kept.last_ssid,
            connectivity=state.connectivity,
            abilities=state.abilities,
        )

    def _post(self, event: messages.Event) -> None:
        self._inbox.put_nowait((event, None))

    async def _send(self, event: messages.Event) -> None:
        taken = asyncio.Event()
        self._inbox.put_nowait((event, taken))
        await taken.wait()

    def _now(self) -> Moment:
        return reading(self._tools.clock)


class _OnlineLink(NamedTuple):
    """What a look behind the link is good for: another link wants another look."""

    interface: str
    profile: str
    ipv4: Ipv4


def _online_link(state: RadioState) -> _OnlineLink | None:
    if not state.online or state.ipv4 is None:
        return None
    return _OnlineLink(state.interface, state.profile.uuid if state.profile else "", state.ipv4)


def _failure(effect: messages.Work) -> messages.Event:
    match effect:
        case messages.Check(turn, full):
            nothing = Reach(gateway=False, internet=Internet.UNREACHABLE)
            return messages.Checked(turn, nothing, full)
        case messages.Scan():
            return messages.ScanFailed(effect.turn)
        case messages.Rehearse() | messages.Rejoin():
            return messages.Joined(effect.turn, Cause.UNAVAILABLE)
