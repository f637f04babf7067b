"""Carries out Provisioning Mode: feeds the machine of ``provisioning.session``, decides nothing."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable

from firstlight.clock import reading
from firstlight.config import Config
from firstlight.daemon.provisioning.company import Close, Company
from firstlight.daemon.provisioning.desk import Desk
from firstlight.errors import Busy, FirstlightError, StoreFailure
from firstlight.model.access_point import AccessPoint, frequency_of
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.provisioning_mode import ModeAnswer, ModeEnd, ModeSession
from firstlight.model.radio import Link, RadioChanged, RadioEvent, StationJoined, StationLeft
from firstlight.model.records import RecordKind
from firstlight.model.registry import Registered
from firstlight.model.softap import SoftApSettings
from firstlight.provisioning import messages, telling
from firstlight.provisioning.allowlist import Allowlist
from firstlight.provisioning.desk import Verdict
from firstlight.provisioning.phases import Phase
from firstlight.provisioning.planning import plan
from firstlight.provisioning.session import ENDABLE, ON_THE_AIR, step
from firstlight.provisioning.softap import ADDRESS, SSID, passphrase_of
from firstlight.provisioning.state import Settings, State
from firstlight.running import ended
from firstlight.web.registry_service import ClaimDesk

log = logging.getLogger(__name__)

PROFILE = "Firstlight-Provisioning"
_CHANNELS = range(1, 12)
_SINCE_SECONDS = 1.0


class ProvisioningMode:
    """Satisfies ``web.registry_service.ProvisioningModeService``."""

    def __init__(self, config: Config, company: Company) -> None:
        self._config = config
        self._with = company
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._close_door: Close | None = None
        self._holding = False
        self.desk: ClaimDesk = Desk(self, company, secrets.randbits)
        self.making_way: Callable[[], Awaitable[None]] = _nobody
        """Awaited before the hotspot goes for the SoftAP: whoever uses its address leaves it."""
        self.clearing = asyncio.Lock()
        """Whoever holds it clears away what a killed process left behind."""
        wish = config.provisioning
        self.state = State(
            settings=Settings(ttl_seconds=wish.ttl_seconds, tx_power_dbm=wish.tx_power_dbm)
        )

    @property
    def under_way(self) -> bool:
        """Whether the radio is in its hands."""
        return self.state.phase is not Phase.OFF

    def check_off(self) -> None:
        """Raises ``Busy`` while it is on."""
        if self.under_way:
            raise Busy(
                "Provisioning Mode is on.",
                hint="Switch it off first: firstlight provisioning off.",
            )

    def answer(self) -> ModeAnswer:
        """As ``GET /api/provisioning`` tells it."""
        return telling.answer(self.state, self.now())

    def session(self) -> ModeSession:
        """All of it."""
        return telling.session(self.state, self.now())

    async def switch_on(self, *, force: bool = False) -> None:
        """Accept the wish. Raises ``Busy``, or what is wrong with the radio."""
        if self.state.phase is Phase.STOPPING:
            raise Busy("Provisioning Mode is being switched off.", retry_after=3)
        if self.under_way:
            return
        self._with.check_idle()
        await self._with.radio.profiles()  # raises where there is no radio to work with
        async with self.clearing:
            self._with.check_idle()
            wanted = plan(self._with.radio.state, self._config.provisioning.channel, force=force)
            self.take(messages.Wished(wanted))

    async def switch_off(self) -> None:
        """Accept the wish."""
        self.take(messages.Unwished())

    async def stop(self, reason: ModeEnd = ModeEnd.RESTARTED) -> None:
        """End it, and return once the radio is as before."""
        self.take(messages.Unwished(reason))
        work = self._work
        if work is not None and work is not asyncio.current_task():
            await asyncio.wait([work])
        await ended(self._timer)

    def heard(self, event: RadioEvent) -> bool:
        """Something about the radio; returns whether it was about the SoftAP, and ours alone."""
        if self.state.phase not in ON_THE_AIR:
            return False
        match event:
            case StationJoined(station):
                self._joined(station.mac)
                return True
            case StationLeft(station):
                self.take(messages.Left(station.mac))
                return True
            case RadioChanged(state) if self.state.phase is Phase.ACTIVE:
                self._see(state.link)
            case _:
                pass
        return False

    def take(self, event: messages.Event) -> None:
        """Take one event."""
        self._become(*step(self.state, event, self.now()))

    def judge(self, decide: Callable[[State, Moment], Verdict]) -> int:
        """Let a request be decided; the turn of the session. Raises what is wrong with it."""
        verdict = decide(self.state, self.now())
        self._become(verdict.state, verdict.effects)
        error = verdict.error()
        if error is not None:
            raise error
        return self.state.turn

    def now(self) -> Moment:
        """Both clocks."""
        return reading(self._with.clock)

    def _become(self, state: State, effects: tuple[messages.Effect, ...]) -> None:
        if state.phase is not self.state.phase:
            log.info("provisioning mode: %s", state.phase)
        self.state = state
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: messages.Effect) -> None:
        match effect:
            case messages.Tell():
                self._with.announce.provisioning(effect)
            case messages.Arm(turn, seconds):
                self._timer = asyncio.create_task(
                    self._expire(turn, seconds), name="provisioning-ttl"
                )
            case messages.Lower(turn):
                before = self._work if self._work is not asyncio.current_task() else None
                self._work = asyncio.create_task(
                    self._lower(turn, before), name="provisioning-lower"
                )
            case _:
                name = f"provisioning-{self.state.phase}"
                self._work = asyncio.create_task(self._attempt(effect), name=name)

    async def _expire(self, turn: int, seconds: float) -> None:
        await self._with.clock.sleep(seconds)
        self.take(messages.Expired(turn))

    async def _attempt(self, effect: messages.Load | messages.Survey | messages.Raise) -> None:
        try:
            event = await self._do(effect)
        except StoreFailure as error:
            event = _failed(effect.turn, ModeEnd.REGISTRY_FAILED, error)
        except FirstlightError as error:
            event = _failed(effect.turn, ModeEnd.RADIO_FAILED, error)
        except Exception:
            log.exception("provisioning mode: %s failed unexpectedly", self.state.phase)
            event = messages.Failed(effect.turn, ModeEnd.RADIO_FAILED, "")
        self.take(event)

    async def _do(self, effect: messages.Load | messages.Survey | messages.Raise) -> messages.Event:
        match effect:
            case messages.Load(turn):
                return await self._load(turn)
            case messages.Survey(turn):
                return messages.Surveyed(turn, await self._survey())
            case messages.Raise(turn, wanted):
                return await self._raise(turn, wanted)

    async def _load(self, turn: int) -> messages.Loaded:
        await self._take_radio()
        macs: list[MacAddress] = []
        shown: list[Registered] = []
        async for one in self._with.records.registered():
            macs.append(one.mac)
            if len(shown) < telling.MOST_SHOWN:
                shown.append(one)
        return messages.Loaded(turn, Allowlist.of(macs), tuple(shown))

    async def _take_radio(self) -> None:
        """Nobody else works with it until ``_give_back``; a hotspot makes room."""
        if self._holding:
            return
        self._holding = True
        self._with.hotspot.hold()
        await self._with.recovery.hold()
        await self._with.hotspot.idle()
        await self.making_way()
        if self._with.radio.state.link in {Link.HOTSPOT, Link.HOTSPOT_STARTING}:
            await self._with.hotspot.down()

    def _give_back(self) -> None:
        if self._holding:
            self._holding = False
            self._with.hotspot.resume()
            self._with.recovery.resume()

    async def _survey(self) -> tuple[AccessPoint, ...]:
        """Others with our SSID, heard just now."""
        radio, since = self._with.radio, self._with.clock.monotonic()
        try:
            await radio.scan([SSID], [frequency_of(channel) for channel in _CHANNELS])
        except Busy as error:
            log.warning("whether another controller is near is not known: %s", error.message)
        return tuple(
            one
            for one in radio.access_points()
            if one.ssid == SSID
            and one.bssid != radio.state.mac
            and (one.last_seen is None or one.last_seen >= since - _SINCE_SECONDS)
        )

    async def _raise(self, turn: int, wanted: messages.Plan) -> messages.Raised:
        company, wish = self._with, self._config.provisioning
        softap = await company.radio.softap_up(
            SoftApSettings(
                ssid=SSID,
                passphrase_of=passphrase_of,
                profile_name=PROFILE,
                channel=wanted.channel,
                address=ADDRESS,
                port=wish.port,
                tx_power_dbm=wish.tx_power_dbm,
                beside=wanted.beside,
                country=self._config.country,
            )
        )
        self._close_door = await company.open_door(softap, self.desk)
        return messages.Raised(turn, softap)

    async def _lower(self, turn: int, before: asyncio.Task[None] | None) -> None:
        await ended(before, self._timer if self._timer is not asyncio.current_task() else None)
        close, self._close_door = self._close_door, None
        # Nobody gets anything by now: the state knows neither nonces nor devices any more.
        down = asyncio.create_task(self._softap_down(), name="softap-down")
        if close is not None:
            with contextlib.suppress(FirstlightError, OSError):
                await close()
        await asyncio.wait([down])
        self._give_back()
        self.take(messages.Lowered(turn))

    async def _softap_down(self) -> None:
        try:
            await self._with.radio.softap_down()
        except FirstlightError as error:
            log.warning("the SoftAP did not go down properly: %s", error.message)

    def _joined(self, mac: MacAddress) -> None:
        self.take(messages.Joined(mac))
        if self.state.phase in ENDABLE:
            self._with.tasks.spawn(self._name(mac), f"name of {mac}")

    async def _name(self, mac: MacAddress) -> None:
        for kind in RecordKind:
            try:
                entry = await self._with.records.find(kind, mac)
            except StoreFailure as error:
                log.warning("the name of %s is not known: %s", mac, error.message)
                return
            if entry is not None:
                who = Registered(mac, kind, entry.uuid, entry.record.name)
                self.take(messages.Known(who))
                return

    def _see(self, link: Link) -> None:
        """The link that the SoftAP is, or the one that it is beside, may be gone."""
        if self.state.plan.beside:
            if link not in {Link.CONNECTED, Link.JOINING}:
                message = "The WiFi network in use was lost, and the radio is needed to come back."
                self.take(messages.Unwished(ModeEnd.RADIO_FAILED, message))
        elif link is not Link.SOFTAP:
            message = "The SoftAP went down by itself."
            self.take(messages.Unwished(ModeEnd.RADIO_FAILED, message))


async def _nobody() -> None:
    """Nobody has to make way."""


def _failed(turn: int, reason: ModeEnd, error: FirstlightError) -> messages.Failed:
    return messages.Failed(turn, reason, error.message, error.hint or "")
