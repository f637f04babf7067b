"""The device: one radio, what it remembers, and everything that can be asked of it.

Decisions come from ``core``; this carries them out, keeps them on disk and tells the hub.
"""

import asyncio
import logging
import secrets
import shutil
import socket
from contextlib import ExitStack
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core import join, mode
from firstlight.core.mode import Turn
from firstlight.core.status import Facts, device_status
from firstlight.core.wish import join_request
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.attempts import Attempts
from firstlight.daemon.home import Home
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.hub import Hub
from firstlight.daemon.joins import JoinRun, JoinTools
from firstlight.daemon.lookout import Lookout
from firstlight.daemon.memory import Memory
from firstlight.daemon.tasks import Tasks
from firstlight.errors import Busy, Code, FirstlightError, NotFound
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.event import Action
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest, Profile
from firstlight.model.radio import (
    AccessPointsChanged,
    Availability,
    Ipv4,
    Link,
    RadioChanged,
    RadioEvent,
    RadioState,
    StationJoined,
    StationLeft,
)
from firstlight.model.reach import Reach
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import ConnectBody, HotspotAnswer, NetworkEntry, SavedNetwork
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0


class Device:
    """Satisfies ``web.service.DeviceService``."""

    def __init__(
        self,
        config: Config,
        *,
        radio: Radio,
        reach: ReachProbe,
        memory: Memory,
        hub: Hub,
        clock: Clock,
    ) -> None:
        self._config = config
        self._radio = radio
        self._reach = reach
        self._memory = memory
        self._clock = clock
        self._hub = hub
        self._hostname = socket.gethostname()
        self._nmcli = shutil.which("nmcli") is not None
        self._announce = Announcer(hub, self.status)
        self._lookout = Lookout(radio, clock)
        self._hotspot = HotspotKeeper(config, self._hostname, radio, memory, clock)
        self._home = Home(radio, clock)
        self._attempts = Attempts()
        self._clearing = asyncio.Lock()
        self._run: JoinRun | None = None
        self._found: Reach | None = None
        self._link: _OnlineLink | None = None
        self._started = False
        self._was_ready = False
        self._ready = asyncio.Event()
        self._tasks = Tasks()
        self._joining: asyncio.Task[None] | None = None
        self._subscription = ExitStack()

    @property
    def events(self) -> Hub:
        """Where everything is told."""
        return self._hub

    async def begin(self) -> None:
        """Start watching the radio, and meet reality in the background."""
        self._subscription.enter_context(self._radio.subscribe(self._heard))
        await self._hotspot.identify()
        self._hotspot.hold()
        self._tasks.spawn(self._hotspot.run(), "hotspot-keeper")
        self._tasks.spawn(self._start(), "start")

    async def _start(self) -> None:
        """Meet reality, once more when a radio comes late; then let the hotspot go up."""
        self._announce.system("Firstlight has started.")
        await self._meet()
        if not _is_ready(self._radio.state):
            self._ready.clear()
            await self._ready.wait()
            await self._meet()
        self._started = self._was_ready = True
        self._hotspot.resume()
        self._radio_changed(self._radio.state)

    async def _meet(self) -> None:
        """Clear up after a kill, and see whether the network of before is there."""
        await self._clear_up()
        at_home = await self._home.comes()
        if not at_home:
            await self._lookout.look_round()
        if not self._attempts:
            await self._memory.change(ap_enabled=self._radio.state.link is Link.HOTSPOT)
            await self._turn(Turn.ONLINE if at_home else Turn.ALONE)

    async def stop(self) -> None:
        """End what is under way, the old network back first; leave the radio as it is."""
        if self._run is not None:
            self._run.cancel()
        if self._joining is not None:
            await asyncio.wait([self._joining], timeout=STOP_SECONDS)
        self._subscription.close()
        await self._lookout.close()
        await self._tasks.close()

    def status(self) -> DeviceStatus:
        """How the device is."""
        return device_status(
            Facts(
                kept=self._memory.kept,
                radio=self._radio.state,
                reach=self._found,
                attempt=self._attempts.newest,
                hostname=self._hostname,
                nmcli=self._nmcli,
                now=self._now(),
                notes=self._memory.warnings,
            )
        )

    async def networks(self) -> tuple[NetworkEntry, ...]:
        """Networks in sight, strongest first."""
        profiles = await self._radio.profiles()
        if self._run is None:
            await self._lookout.renew()
        return self._lookout.entries(profiles)

    async def saved(self) -> tuple[SavedNetwork, ...]:
        """Saved WiFi networks, without hotspots and trials."""
        return tuple(
            SavedNetwork(
                name=one.name,
                uuid=one.uuid,
                type="wifi",
                autoconnect=one.autoconnect,
                active=one.active,
            )
            for one in await self._home.networks()
        )

    async def connect(self, body: ConnectBody) -> Attempt:
        """Start joining. Raises ``InvalidInput``, ``Busy``, or what is wrong with the radio."""
        request = join_request(body, self._radio.access_points())
        await self._radio.profiles()
        async with self._clearing:  # a trial that begins now must not be cleared away
            return self._begin(request)

    def _begin(self, request: JoinRequest) -> Attempt:
        self._check_idle()
        policy = join.Policy(
            require_gateway=self._config.join.require_gateway,
            require_internet=self._config.join.require_internet,
        )
        tools = JoinTools(
            radio=self._radio,
            reach=self._reach,
            clock=self._clock,
            targets=self._config.reach.targets,
            look_seconds=self._config.reach.seconds,
            on_change=self._attempt_changed,
        )
        self._run = JoinRun.start(request, secrets.token_hex(6), policy, tools)
        attempt = self._run.attempt
        self._attempts.keep(attempt)
        self._joining = self._tasks.spawn(self._join(self._run), f"join-{attempt.id}")
        return attempt

    def attempt(self, attempt_id: str | None) -> Attempt:
        """That attempt, or the newest."""
        return self._attempts.get(attempt_id)

    async def forget(self, name: str) -> None:
        """Delete the saved network of that name. Raises ``NotFound`` naming those there are."""
        self._check_idle()
        stations = await self._home.networks()
        wanted = [one for one in stations if one.name == name]
        if not wanted:
            known = ", ".join(one.name for one in stations) or "none"
            raise NotFound(
                f"There is no saved network {name!r}.",
                code=Code.UNKNOWN_PROFILE,
                hint=f"Saved networks: {known}.",
            )
        async with self._announce.action(Action.NETWORK_FORGET, f"Forgetting {name}"):
            for one in wanted:
                await self._radio.forget(one.uuid)
            await self._forgotten(wanted, left=len(stations) - len(wanted))

    async def hotspot(self) -> HotspotAnswer:
        """The hotspot with its password, and who is on it."""
        return await self._hotspot.told()

    async def enable_hotspot(self) -> None:
        """Raise the hotspot; a station link on the same radio ends."""
        self._check_idle()
        async with self._announce.action(Action.HOTSPOT_ENABLE, "Raising the hotspot"):
            self._hotspot.wanted = True
            await self._hotspot.up()
            await self._turn(Turn.ALONE)

    async def disable_hotspot(self) -> None:
        """Take the hotspot down; saved networks in sight are joined again."""
        self._check_idle()
        async with self._announce.action(Action.HOTSPOT_DISABLE, "Taking the hotspot down"):
            self._hotspot.wanted = False
            await self._hotspot.down()

    async def _join(self, run: JoinRun) -> None:
        self._announce.attempt(run.attempt)
        self._hotspot.hold()
        try:
            await self._turn(Turn.JOINING)
            await self._hotspot.idle()
            attempt = await run.run()
            if attempt.state is AttemptState.SUCCEEDED:
                self._link, self._found = _online_link(self._radio.state), run.found
            await self._joined(attempt)
        finally:
            # Only now: whoever sees the outcome may try again at once.
            self._run = None
            self._attempts.keep(run.attempt)
            self._announce.attempt(run.attempt)
            self._hotspot.resume()
            self._radio_changed(self._radio.state)

    async def _joined(self, attempt: Attempt) -> None:
        if attempt.state is AttemptState.SUCCEEDED:
            await self._memory.change(
                provisioned=True,
                last_ssid=attempt.ssid,
                last_error="",
                ap_enabled=False,
                interface_name=self._radio.state.interface,
            )
            await self._turn(Turn.ONLINE)
            return
        await self._memory.change(last_error=attempt.message or "")
        if self._radio.state.online:
            await self._turn(Turn.ONLINE)
            return
        self._hotspot.wanted = True
        await self._turn(Turn.ALONE)
        try:
            await self._hotspot.up()
        except FirstlightError as error:
            log.warning("the hotspot did not come back yet: %s", error)

    async def _forgotten(self, profiles: list[Profile], *, left: int) -> None:
        if not left:
            await self._memory.change(provisioned=False, last_ssid="")
        elif self._memory.kept.last_ssid in {one.name for one in profiles}:
            await self._memory.change(last_ssid="")
        if self._radio.state.online or (left and await self._home.comes()):
            return
        self._found = None
        self._hotspot.wanted = True
        await self._turn(Turn.ALONE)

    async def _clear_up(self) -> None:
        """Undo what a killed process, or an attempt that lost NetworkManager, has left behind."""
        try:
            async with self._clearing:
                for done in await self._radio.settle() if self._run is None else ():
                    self._announce.system(done)
        except FirstlightError as error:
            log.warning("what was left behind could not be cleared: %s", error)

    async def _turn(self, turn: Turn) -> None:
        kept = self._memory.kept
        turned = mode.turned(kept.mode, turn, onboarded=kept.onboarding_completed)
        if turn is Turn.ONLINE and not kept.provisioned:
            profile = self._radio.state.profile
            await self._memory.change(provisioned=True, last_ssid=profile.name if profile else "")
        await self._memory.change(mode=turned)
        self._hotspot.changed()
        self._announce.status()

    def _attempt_changed(self, attempt: Attempt) -> None:
        if attempt.state is AttemptState.RUNNING:
            self._attempts.keep(attempt)
            self._announce.attempt(attempt)

    def _heard(self, event: RadioEvent) -> None:
        match event:
            case AccessPointsChanged():
                self._lookout.scanned()
            case StationJoined(station):
                self._announce.system(f"A phone or computer joined the hotspot: {station.mac}.")
            case StationLeft(station):
                self._announce.system(f"A phone or computer left the hotspot: {station.mac}.")
            case RadioChanged(state):
                self._radio_changed(state)

    def _radio_changed(self, state: RadioState) -> None:
        self._hotspot.changed()
        if _is_ready(state):
            self._ready.set()
        if self._started and self._run is None:
            self._follow(state)
        self._announce.status()

    def _follow(self, state: RadioState) -> None:
        ready, link = _is_ready(state), _online_link(state)
        if ready and not self._was_ready:
            self._hotspot.hold()
            self._tasks.spawn(self._return_home(), "return-home")
        self._was_ready = ready
        if link != self._link:
            self._link, self._found = link, None
            if link is not None:
                self._tasks.spawn(self._came_online(link), "came-online")

    async def _return_home(self) -> None:
        """The radio is back: a saved network goes before the hotspot, unless that was up."""
        try:
            await self._clear_up()
            if not self._memory.kept.ap_enabled:
                await self._home.comes()
        finally:
            self._hotspot.resume()

    async def _came_online(self, link: "_OnlineLink") -> None:
        await self._turn(Turn.ONLINE)
        found = await self._reach.look(
            link.interface, link.ipv4, self._config.reach.targets, self._config.reach.seconds
        )
        if self._link == link:
            self._found = found
            self._announce.status()

    def _check_idle(self) -> None:
        if self._run is not None:
            raise Busy(
                f"An attempt to join {self._run.attempt.ssid} is under way.",
                hint="Wait for its outcome, then try again.",
                retry_after=10,
            )

    def _now(self) -> Moment:
        return Moment(self._clock.monotonic(), self._clock.wall())


class _OnlineLink(NamedTuple):
    """What a look behind the link is good for: another link wants another look."""

    interface: str
    profile: str
    ipv4: Ipv4


def _online_link(state: RadioState) -> _OnlineLink | None:
    if not state.online or state.ipv4 is None:
        return None
    return _OnlineLink(state.interface, state.profile.uuid if state.profile else "", state.ipv4)


def _is_ready(state: RadioState) -> bool:
    return state.availability is Availability.READY
