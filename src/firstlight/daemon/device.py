"""The device: one radio, what it remembers, and everything that can be asked of it.

Decisions come from ``core``; the parts put together here carry them out, keep and tell them.
"""

import shutil
import socket
from collections.abc import Callable
from contextlib import ExitStack

from firstlight.clock import Clock, reading
from firstlight.config import Config
from firstlight.core.hotspot import came_over_hotspot
from firstlight.core.mode import Turn, waits_to_be_set_up
from firstlight.core.pairing.device_id import Identity
from firstlight.core.status import Facts, device_status
from firstlight.core.wish import join_request
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.diagnosis import nothing_known
from firstlight.daemon.hub import Hub
from firstlight.daemon.improv.keeper import Improv
from firstlight.daemon.machine_identity import read_identity
from firstlight.daemon.memory import Memory
from firstlight.daemon.metrics import Metrics
from firstlight.daemon.operating import Operating
from firstlight.daemon.pairing import Pairing
from firstlight.daemon.parts import Surroundings, assembled
from firstlight.daemon.provisioning.company import OpenDoor, Records
from firstlight.daemon.provisioning.mode import ProvisioningMode
from firstlight.daemon.provisioning.serving import nobody_comes
from firstlight.daemon.registry import RegistryKeeper, open_registry
from firstlight.daemon.regulation import RegulationOf
from firstlight.daemon.sessions import Randomness
from firstlight.daemon.support.desk import SupportDesk
from firstlight.model.attempt import Attempt
from firstlight.model.claim import ClaimAnswer, ClaimBody
from firstlight.model.event import Action
from firstlight.model.ladder import Diagnostics
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.model.radio import (
    AccessPointsChanged,
    Link,
    RadioChanged,
    RadioEvent,
    RadioState,
    StationJoined,
    StationLeft,
)
from firstlight.model.status import DeviceStatus
from firstlight.model.text import plain
from firstlight.model.wire import (
    ConnectBody,
    HotspotAnswer,
    NetworkEntry,
    RestartScope,
    SavedNetwork,
)
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe
from firstlight.target.http import Http

BY_HAND_SECONDS = 600.0
"""A hotspot that a person has raised stays up that long before the device looks for home."""


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
        regulation: RegulationOf = nothing_known,
        identity: Callable[[], Identity] = read_identity,
        randomness: Randomness | None = None,
        registry: RegistryKeeper | None = None,
        records: Records | None = None,
        open_door: OpenDoor = nobody_comes,
        http: Http | None = None,
        metrics: Metrics | None = None,
        log: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._radio, self._memory, self._clock, self._hub = radio, memory, clock, hub
        self._hostname = socket.gethostname()
        self._registry = registry or open_registry(config)
        self._nmcli = shutil.which("nmcli") is not None
        around = Surroundings(
            config=config,
            hostname=self._hostname,
            radio=radio,
            reach=reach,
            memory=memory,
            clock=clock,
            regulation=regulation,
            identity=identity,
            randomness=randomness,
            records=records or self._registry,
            bundles=self._registry,
            open_door=open_door,
            http=http,
        )
        parts = assembled(around, Announcer(hub, self.status))
        self._tasks, self._attempts = parts.tasks, parts.attempts
        self._announce = parts.announce
        self._lookout = parts.lookout
        self._home = parts.home
        self._hotspot = parts.hotspot
        self._turn = parts.turn
        self._recovery = parts.recovery
        self._joining = parts.joining
        self._claiming = parts.claiming
        self._pairing = parts.pairing
        self._reset = parts.reset
        self._wishes = parts.wishes
        self._diagnosis = parts.diagnosis
        self._forgetting = parts.forgetting
        self._meeting = parts.meeting
        self._provisioning = parts.provisioning
        self._guests: set[MacAddress] = set()
        self._subscription = ExitStack()
        self._metrics = metrics or Metrics(hub, clock)
        self._broker = ""
        self._support = SupportDesk(self, config, clock, log)
        self.improv = Improv(config.improv)

    @property
    def events(self) -> Hub:
        """Where everything is told."""
        return self._hub

    @property
    def pairing(self) -> Pairing:
        """Who may come in."""
        return self._pairing

    @property
    def registry(self) -> RegistryKeeper:
        """Controllers, clients and certificates."""
        return self._registry

    @property
    def provisioning_mode(self) -> ProvisioningMode:
        """Handing configuration out."""
        return self._provisioning

    @property
    def device_id(self) -> str:
        """What stands on the label."""
        return self._memory.kept.device_id

    @property
    def operating(self) -> Operating:
        """What was claimed, at work."""
        return self._claiming.operating

    def over_hotspot(self, peer: str, own: str) -> bool:
        """Whether a connection from ``peer`` to our address ``own`` came over the hotspot."""
        return came_over_hotspot(self._radio.state, peer, own)

    def setting_up(self) -> bool:
        """Whether it waits to be set up."""
        return waits_to_be_set_up(self._memory.kept.mode) and not self._reset.under_way

    async def begin(self) -> None:
        """Start watching the radio, and meet reality in the background."""
        await self._pairing.begin()
        if self._reset.is_due():
            await self._reset.sign_everybody_out()
        self._subscription.enter_context(self._radio.subscribe(self._heard))
        await self._hotspot.identify()
        await self._claiming.load()
        self._tasks.spawn(self._memory.keep_trying(self._clock, self._announce.status), "memory")
        self._tasks.spawn(self._pairing.keep_trying(), "pairing")
        self._tasks.spawn(self._recovery.run(), "recovery")
        self._tasks.spawn(self._hotspot.run(), "hotspot-keeper")
        self._meeting.begin()

    async def stop(self) -> None:
        """End what is under way, the old network back first; leave the radio as it is."""
        await self._claiming.stop()
        await self._provisioning.stop()
        await self._joining.stop()
        self._subscription.close()
        await self._lookout.close()
        await self._diagnosis.close()
        await self._tasks.close()
        await self._memory.close()
        await self._pairing.close()
        await self._registry.close()

    def status(self) -> DeviceStatus:
        """How the device is."""
        return device_status(
            Facts(
                kept=self._memory.kept,
                radio=self._radio.state,
                reach=self._recovery.found,
                attempt=self._attempts.newest,
                recovery=self._recovery.state,
                resetting=self._reset.under_way,
                hostname=self._hostname,
                nmcli=self._nmcli,
                now=reading(self._clock),
                claiming=self._claiming.under_way,
                notes=(*self._memory.warnings, *self._claiming.notes),
                broker=self._broker,
            )
        )

    async def metrics(self) -> bytes:
        """What was counted so far."""
        return await self._metrics.exposition()

    async def support_bundle(self) -> bytes:
        """What helps somebody else to help."""
        return await self._support.bundle()

    def broker_is(self, problem: str) -> None:
        """Why the MQTT broker is out of reach, in a sentence; empty: it is not, or none is set."""
        if problem != self._broker:
            self._broker = problem
            self._announce.status()

    async def networks(self) -> tuple[NetworkEntry, ...]:
        """Networks in sight, strongest first."""
        profiles = await self._radio.profiles()
        if not (self._joining.under_way or self._claiming.under_way):
            await self._lookout.renew()
        return self._lookout.entries(profiles)

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        """What was heard so far."""
        return self._lookout.entries(await self._radio.profiles())

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
        self._check_idle()
        request = join_request(body, self._radio.access_points())
        await self._radio.profiles()
        async with self._meeting.clearing:  # a trial that begins now must not be cleared away
            self._check_idle()
            return self._joining.begin(request)

    def claim(self) -> ClaimAnswer:
        """The newest claim, and what came of it."""
        return self._claiming.told()

    async def begin_claim(self, body: ClaimBody) -> ClaimAnswer:
        """Start claiming. Raises ``Busy``, ``Conflict``, or what is wrong with the radio."""
        self._check_idle()
        await self._radio.profiles()
        async with self._meeting.clearing:
            self._check_idle()
            return self._claiming.begin(body)

    async def end_claim(self) -> ClaimAnswer:
        """End it; the radio is then as it was."""
        await self._claiming.stop_claim()
        return self._claiming.told()

    def attempt(self, attempt_id: str | None) -> Attempt:
        """That attempt, or the newest."""
        return self._attempts.get(attempt_id)

    async def forget(self, name: str) -> None:
        """Delete the saved network of that name. Raises ``NotFound`` naming those there are."""
        self._check_idle()
        await self._forgetting.forget(name)

    async def hotspot(self) -> HotspotAnswer:
        """The hotspot with its password, and who is on it."""
        return await self._hotspot.told()

    async def enable_hotspot(self) -> None:
        """Raise the hotspot; a station link on the same radio ends."""
        self._check_idle()
        async with self._announce.action(Action.HOTSPOT_ENABLE, "Raising the hotspot"):
            await self._offer_hotspot()

    async def disable_hotspot(self) -> None:
        """Take the hotspot down; saved networks in sight are joined again."""
        self._check_idle()
        async with (
            self._announce.action(Action.HOTSPOT_DISABLE, "Taking the hotspot down"),
            self._recovery.held(),
        ):
            self._hotspot.wanted = False
            await self._hotspot.down()

    async def diagnose(self) -> Diagnostics:
        """Climb the ladder."""
        return await self._diagnosis.climb()

    async def complete_onboarding(self) -> None:
        """From onboarding to ready."""
        await self._wishes.complete_onboarding()

    async def enter_maintenance(self) -> None:
        """Nothing is repaired by itself."""
        self._check_idle()
        await self._wishes.enter_maintenance()

    async def exit_maintenance(self) -> None:
        """Back to normal."""
        self._check_idle()
        await self._wishes.exit_maintenance()

    async def trigger_recovery(self) -> None:
        """Begin recovery now."""
        self._check_idle()
        await self._recovery.trigger("Somebody asked for it.")

    async def rollback(self, reason: str) -> None:
        """Back to provisioning mode."""
        self._check_idle()
        because = f" ({plain(reason)})" if reason else ""
        message = f"Back to provisioning mode{because}"
        async with self._announce.action(Action.DEVICE_ROLLBACK, message):
            await self._offer_hotspot()

    async def restart(self, reason: str, scope: RestartScope) -> None:
        """Restart, or say what would be done."""
        await self._wishes.restart(reason, scope)

    async def factory_reset(self) -> None:
        """Accept it; the rest goes on in the background."""
        await self._reset.accept()
        self._tasks.spawn(self._carry_out_reset(), "factory-reset")

    def attended(self) -> None:
        """A person is using the portal."""
        self._recovery.attended()

    async def _carry_out_reset(self) -> None:
        await self._claiming.stop()
        await self._provisioning.stop(ModeEnd.ASKED)
        await self._joining.stop()
        async with self._recovery.held():
            self._hotspot.hold()
            try:
                await self._reset.carry_out()
                await self._recovery.forget()
            finally:
                self._hotspot.resume()
        self._announce.status()

    async def _offer_hotspot(self) -> None:
        """Because a person wants it, so it stays for a while."""
        async with self._recovery.held(pause=BY_HAND_SECONDS):
            self._hotspot.wanted = True
            await self._hotspot.up()
            await self._turn(Turn.ALONE)

    def _heard(self, event: RadioEvent) -> None:
        if self._provisioning.heard(event):
            return
        match event:
            case AccessPointsChanged():
                self._lookout.scanned()
            case StationJoined(station) if self._radio.state.link is Link.HOTSPOT:
                self._guests.add(station.mac)
                self._recovery.arrived(station.mac)
                self._announce.system(f"A phone or computer joined the hotspot: {station.mac}.")
            case StationLeft(station) if station.mac in self._guests:
                self._guests.discard(station.mac)
                self._announce.system(f"A phone or computer left the hotspot: {station.mac}.")
            case RadioChanged(state):
                self._radio_changed(state)
            case _:
                pass  # a station of the SoftAP is nobody's guest

    def _radio_changed(self, state: RadioState) -> None:
        self._hotspot.changed()
        self._meeting.radio_changed(state)
        self._announce.status()

    def _check_idle(self) -> None:
        self._joining.check_idle()
        self._claiming.check_idle()
        self._reset.check_idle()
        self._provisioning.check_off()
