"""The device: one radio, what it remembers, and everything that can be asked of it.

Decisions come from ``core``; this carries them out, keeps them on disk and tells the hub.
"""

import asyncio
import logging
import secrets
import shutil
import socket
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import ExitStack

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core import join, mode
from firstlight.core.mode import Turn
from firstlight.core.networks import find, resolve
from firstlight.core.security import key_management
from firstlight.core.status import Facts, device_status
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.hub import Hub
from firstlight.daemon.joins import JoinRun, JoinTools
from firstlight.daemon.lookout import Lookout
from firstlight.daemon.memory import Memory
from firstlight.daemon.waiting import until
from firstlight.errors import Busy, Code, FirstlightError, InvalidInput, NotFound
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.event import Action
from firstlight.model.moment import Moment
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest, Profile, ProfileKind
from firstlight.model.radio import (
    AccessPointsChanged,
    Availability,
    Link,
    RadioChanged,
    RadioEvent,
    RadioState,
    StationJoined,
    StationLeft,
)
from firstlight.model.reach import Reach
from firstlight.model.ssid import Ssid
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import ConnectBody, NetworkEntry, SavedNetwork
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe

log = logging.getLogger(__name__)

HOME_SECONDS = 30.0
"""How long NetworkManager may take to join a saved network by itself before the hotspot goes up."""

STOP_SECONDS = 15.0
_KEPT_ATTEMPTS = 16


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
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._run: JoinRun | None = None
        self._found: Reach | None = None
        self._started = False
        self._tasks: set[asyncio.Task[None]] = set()
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
        self._spawn(self._hotspot.run(), "hotspot-keeper")
        self._spawn(self._start(), "start")

    async def _start(self) -> None:
        """Clear up after a kill, see whether the network is there, else let the hotspot go up."""
        self._announce.system("Firstlight has started.")
        for done in await self._settled():
            self._announce.system(done)
        at_home = await self._comes_home()
        if not at_home:
            await self._lookout.look_round()
        if not self._attempts:
            await self._turn(Turn.ONLINE if at_home else Turn.ALONE)
        self._started = True
        self._hotspot.resume()
        self._radio_changed(self._radio.state)

    async def stop(self) -> None:
        """End what is under way, the old network back first; leave the radio as it is."""
        if self._run is not None:
            self._run.cancel()
            await self._idle(STOP_SECONDS)
        self._subscription.close()
        await self._lookout.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def status(self) -> DeviceStatus:
        """How the device is."""
        return device_status(
            Facts(
                kept=self._memory.kept,
                radio=self._radio.state,
                reach=self._found,
                attempt=next(reversed(self._attempts.values()), None),
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
            for one in await self._stations()
        )

    async def connect(self, body: ConnectBody) -> Attempt:
        """Start joining. Raises ``InvalidInput``, ``Busy``, or what is wrong with the radio."""
        request = self._request(body)
        await self._radio.profiles()
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
        self._attempts[attempt.id] = attempt
        while len(self._attempts) > _KEPT_ATTEMPTS:
            self._attempts.popitem(last=False)
        self._spawn(self._join(self._run), f"join-{attempt.id}")
        return attempt

    def attempt(self, attempt_id: str | None) -> Attempt:
        """That attempt, or the newest."""
        wanted = next(reversed(self._attempts), None) if attempt_id is None else attempt_id
        if wanted is None:
            raise NotFound("Nobody has tried to join a network yet.", code=Code.UNKNOWN_ATTEMPT)
        if wanted not in self._attempts:
            raise NotFound(
                f"There is no attempt {wanted!r}; the last {_KEPT_ATTEMPTS} are kept.",
                code=Code.UNKNOWN_ATTEMPT,
            )
        return self._attempts[wanted]

    async def forget(self, name: str) -> None:
        """Delete the saved network of that name. Raises ``NotFound`` naming those there are."""
        self._check_idle()
        stations = await self._stations()
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

    def _request(self, body: ConnectBody) -> JoinRequest:
        seen = self._radio.access_points()
        if (body.ssid is None) == (body.ssid_hex is None):
            raise InvalidInput("ssid", "give exactly one of ssid and ssidHex")
        ssid = (
            Ssid.from_hex(body.ssid_hex)
            if body.ssid_hex is not None
            else resolve(body.ssid or "", seen)
        )
        passphrase = Passphrase.parse(body.password) if body.password else None
        access_point = find(ssid, seen)
        if access_point is not None:
            key_management(access_point, passphrase)
        return JoinRequest(ssid=ssid, passphrase=passphrase, hidden=body.hidden)

    async def _join(self, run: JoinRun) -> None:
        self._announce.attempt(run.attempt)
        self._hotspot.hold()
        try:
            await self._turn(Turn.JOINING)
            attempt = await run.run()
            self._found = run.found or self._found
            await self._joined(attempt)
            self._announce.attempt(attempt)
        finally:
            self._run = None
            self._hotspot.resume()
            self._announce.status()

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
        if self._radio.state.online or (left and await self._comes_home()):
            return
        self._found = None
        self._hotspot.wanted = True
        await self._turn(Turn.ALONE)

    async def _comes_home(self) -> bool:
        """Whether a saved network is joined by itself, or already is."""
        state = self._radio.state
        if state.online or state.availability is not Availability.READY:
            return state.online
        if state.link is Link.HOTSPOT or not any(one.autoconnect for one in await self._stations()):
            return False
        return await until(self._radio, _online, HOME_SECONDS, self._clock)

    async def _settled(self) -> tuple[str, ...]:
        try:
            return await self._radio.settle()
        except FirstlightError as error:
            log.warning("what an earlier run left behind could not be cleared: %s", error)
            return ()

    async def _stations(self) -> tuple[Profile, ...]:
        return tuple(
            one
            for one in await self._radio.profiles()
            if one.kind is ProfileKind.STATION and not one.trial
        )

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
        self._attempts[attempt.id] = attempt
        if attempt.state is AttemptState.RUNNING:
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
        if self._started and self._run is None:
            if not state.online:
                self._found = None
            elif self._found is None:
                self._spawn(self._came_online(state), "came-online")
        self._announce.status()

    async def _came_online(self, state: RadioState) -> None:
        await self._turn(Turn.ONLINE)
        if state.ipv4 is not None:
            self._found = await self._reach.look(
                state.interface, state.ipv4, self._config.reach.targets, self._config.reach.seconds
            )
            self._announce.status()

    def _check_idle(self) -> None:
        if self._run is not None:
            raise Busy(
                f"An attempt to join {self._run.attempt.ssid} is under way.",
                hint="Wait for its outcome, then try again.",
                retry_after=10,
            )

    async def _idle(self, seconds: float) -> None:
        joining = [task for task in self._tasks if task.get_name().startswith("join-")]
        if joining:
            await asyncio.wait(joining, timeout=seconds)

    def _now(self) -> Moment:
        return Moment(self._clock.monotonic(), self._clock.wall())

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s failed", task.get_name(), exc_info=task.exception())


def _online(state: RadioState) -> bool:
    return state.online
