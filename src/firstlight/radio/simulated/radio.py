"""The Radio port on a simulated world."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

from firstlight.clock import Clock
from firstlight.errors import RadioFailure, RadioUnavailable
from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import MIN_BYTES
from firstlight.model.profile import HotspotSettings, Profile, ProfileKind, TrialPlan
from firstlight.model.radio import (
    Availability,
    Link,
    LinkReport,
    LinkStage,
    RadioChanged,
    RadioEvent,
    RadioState,
    Station,
)
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.radio.port import Listener, Report
from firstlight.radio.simulated import refusals
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.profiles import Kept
from firstlight.radio.simulated.world import World

_ABSENT = {
    Availability.NO_NETWORK_MANAGER,
    Availability.NO_WIFI_DEVICE,
    Availability.UNKNOWN_INTERFACE,
}
_HOTSPOT = {Link.HOTSPOT, Link.HOTSPOT_STARTING}


class _Joining:
    """Hands reports on, and knows whether more will come."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.under_way = True

    def __call__(self, report: LinkReport) -> None:
        self.under_way = report.stage not in {LinkStage.CONNECTED, LinkStage.FAILED}
        self._report(report)


class SimulatedRadio:
    """``radio.port.Radio`` on a ``World``. ``interface`` empty: the radio, whatever its name."""

    def __init__(self, world: World, clock: Clock, interface: str = "") -> None:
        self._world = world
        self._clock = clock
        self._interface = interface
        self._listeners: list[Listener] = []
        self._outcomes: set[Outcome] = set()
        self._open = False
        self._joining: _Joining | None = None
        self._raised_softap = False
        self._told = self.state

    @property
    def state(self) -> RadioState:
        """The latest known view."""
        if not self._open:
            return RadioState(availability=Availability.NO_NETWORK_MANAGER)
        return self._seen_here(self._world.device.state)

    async def open(self) -> None:
        """Start watching."""
        if not self._open:
            self._open = True
            self._world.attach(self._clock, self._hear)
            self._told = self.state

    async def close(self) -> None:
        """Stop watching; whoever still waits is told so."""
        if self._open:
            self._open = False
            self._world.detach(self._hear)
            for outcome in tuple(self._outcomes):
                outcome.settle(refusals.closed())

    def subscribe(self, listener: Listener) -> AbstractContextManager[None]:
        """Call ``listener`` for every event until the context ends."""
        return self._subscription(listener)

    def visit(self, mac: MacAddress) -> str:
        """A device comes to the SoftAP, knowing its password; its address, or empty: no room."""
        softap = self._world.softap
        if softap.up is None or not softap.guests.knock(mac, None):
            return ""
        return softap.lease(mac) or ""

    def depart(self, mac: MacAddress) -> None:
        """It leaves again, if it is there."""
        self._world.softap.guests.leave(mac)

    def access_points(self) -> tuple[AccessPoint, ...]:
        """Everything heard lately."""
        return () if self.state.availability in _ABSENT else self._world.scanner.list()

    async def scan(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> None:
        """Scan, or join the scan that is under way."""
        self._check_free_to_scan()
        scanner = self._world.scanner
        while (running := scanner.running) is not None:
            covered = running.covers(ssids, frequencies)
            await self._wait(running.outcomes.append)
            if covered:
                return
            self._check_free_to_scan()
        await self._wait(scanner.start(ssids, frequencies).outcomes.append)

    async def profiles(self) -> tuple[Profile, ...]:
        """Every WiFi profile."""
        self._check_present()
        active = self._world.device.active
        return tuple(
            kept.told(active=kept is active) for kept in self._world.book if not kept.softap
        )

    async def forget(self, uuid: str) -> None:
        """Delete a profile, and leave its network."""
        self._check_permitted()
        kept = self._world.book.get(uuid)
        self._world.book.remove(kept)
        if kept is self._world.device.active:
            self._world.device.deactivate()

    async def settle(self) -> tuple[str, ...]:
        """Clear away what a killed predecessor left behind."""
        self._check_permitted()
        checkpoint, device = self._world.checkpoint, self._world.device
        trials = [kept for kept in self._world.book if kept.trial]
        done = ["The provisioning SoftAP of a process that ended was taken down."]
        done = done if not self._raised_softap and self._world.softap.end() else []
        done += [f"Ended the unfinished attempt to join {trial.name}." for trial in trials]
        noted = checkpoint.noted if device.active is None or device.active.trial else None
        if noted is None:
            checkpoint.disarm()
        try:
            await self._wait(checkpoint.restore)
        except (RadioFailure, RadioUnavailable) as error:
            done.append(error.message)
        else:
            done.extend([f"Brought back {noted.name}."] if noted is not None else [])
        return tuple(done)

    async def protect(self, seconds: float) -> None:
        """Note what is active, and arm the switch."""
        self._check_usable()
        self._world.checkpoint.arm(seconds)

    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        """Start joining."""
        self._check_usable()
        kept = self._world.book.add_trial(plan)
        self._world.device.activate(kept, report=report)
        return kept.uuid

    async def promote(self, uuid: str) -> None:
        """Make a trial a saved profile."""
        self._check_permitted()
        kept = self._world.book.get(uuid)
        kept.trial, kept.autoconnect = False, True
        if kept is self._world.device.active:
            self._world.device.stop_reporting()
        self._world.device.publish()

    async def release(self) -> None:
        """Disarm the switch."""
        self._check_permitted()
        self._world.checkpoint.disarm()

    async def retire(self, uuid: str) -> tuple[str, ...]:
        """Delete other station profiles of the same SSID."""
        self._check_permitted()
        kept = self._world.book.get(uuid)
        older = [other for other in self._world.book if _same_network(kept, other)]
        for other in older:
            await self.forget(other.uuid)
        return tuple(other.name for other in older)

    async def abandon(self) -> None:
        """End the trial, and bring back what ``protect`` noted."""
        self._check_usable()
        self._world.device.stop_reporting()
        await self._wait(self._world.checkpoint.restore)

    async def join_saved(self, uuid: str, report: Report) -> None:
        """Leave what is active and join that saved network."""
        self._check_usable()
        kept = self._world.book.station(uuid)
        joining = _Joining(report)
        self._world.device.activate(kept, report=joining)
        self._joining = joining

    async def leave(self) -> None:
        """End what ``join_saved`` began, if it has not connected yet."""
        self._check_permitted()
        if self._joining is not None and self._joining.under_way:
            self._world.device.deactivate()

    async def rehearse(self, uuid: str, report: Report) -> None:
        """Join that saved network beside the hotspot, and leave it again."""
        self._check_usable()
        kept = self._world.book.station(uuid)
        can = self._world.radio.join_while_hotspot
        if self._world.device.link is not Link.HOTSPOT or not can:
            raise refusals.no_second_interface()
        rehearsals = self._world.rehearsals
        if rehearsals.under_way:
            raise refusals.joining_holds()
        try:
            await self._wait(lambda outcome: rehearsals.begin(kept, report, outcome))
        finally:
            rehearsals.end()

    async def hotspot_up(self, settings: HotspotSettings) -> None:
        """Bring the hotspot up, unless that very one is up."""
        self._check_usable()
        self._world.softap.end()
        if len(settings.passphrase.reveal().encode()) < MIN_BYTES:
            raise refusals.passphrase_too_short()
        device = self._world.device
        if device.link in _HOTSPOT and device.active and device.active.settings == settings:
            if device.link is Link.HOTSPOT_STARTING:
                await self._wait(device.await_active)
            return
        kept = self._world.book.put_hotspot(settings)
        await self._wait(lambda outcome: device.activate(kept, outcome=outcome))

    async def hotspot_down(self) -> None:
        """Take the hotspot down, if it is up."""
        self._check_permitted()
        if self._world.device.link in _HOTSPOT:
            self._world.device.deactivate()

    async def stations(self) -> tuple[Station, ...]:
        """Who is on our hotspot or SoftAP now."""
        self._check_present()
        return self._world.softap.guests.list()

    async def softap_up(self, settings: SoftApSettings) -> SoftAp:
        """Raise the SoftAP, instead of what is up or beside a network."""
        await self.hotspot_down()
        await self.softap_down()
        self._check_usable()
        softaps, self._raised_softap = self._world.softap, True
        try:
            await self._wait(lambda outcome: softaps.begin(settings, outcome))
        except BaseException:
            softaps.end()
            raise
        if softaps.up is None:
            raise refusals.softap_failed(settings.ssid)
        return softaps.up

    async def softap_down(self) -> None:
        """Take it down, if it is up."""
        self._check_permitted()
        self._raised_softap = False
        self._world.softap.end()

    async def neighbour(self, address: str) -> MacAddress | None:
        """Who has that address on the SoftAP."""
        self._check_present()
        return self._world.softap.neighbour(address)

    async def limit_power(self, dbm: float | None) -> float | None:
        """Limit the transmit power."""
        self._check_usable()
        return self._world.softap.limit_power(dbm)

    @contextmanager
    def _subscription(self, listener: Listener) -> Generator[None]:
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def _hear(self, event: RadioEvent) -> None:
        if isinstance(event, RadioChanged):
            state = self._seen_here(event.state)
            if state == self._told:
                return
            self._told = state
            event = RadioChanged(state)
        elif self._told.availability in _ABSENT:
            return
        for listener in tuple(self._listeners):
            listener(event)

    def _seen_here(self, state: RadioState) -> RadioState:
        asked = self._interface not in ("", state.interface)
        if state.availability in _ABSENT or not asked:
            return state
        return RadioState(availability=Availability.UNKNOWN_INTERFACE)

    async def _wait(self, begin: Callable[[Outcome], None]) -> None:
        # No deadline of its own: every outcome hangs on a planned moment of the timeline.
        outcome = Outcome()
        self._outcomes.add(outcome)
        try:
            begin(outcome)
            await outcome.wait()
        finally:
            self._outcomes.discard(outcome)

    def _check_present(self) -> None:
        availability = self.state.availability
        if availability is Availability.UNKNOWN_INTERFACE:
            raise refusals.unknown_interface(self._interface, self._world.radio.interface)
        if availability in _ABSENT:
            raise refusals.unavailable(availability)

    def _check_permitted(self) -> None:
        self._check_present()
        if self._world.air.refused:
            raise refusals.refused()

    def _check_usable(self) -> None:
        self._check_permitted()
        if self.state.availability is not Availability.READY:
            raise refusals.unavailable(self.state.availability)

    def _check_free_to_scan(self) -> None:
        self._check_usable()
        link = self._world.device.link
        if link in {*_HOTSPOT, Link.SOFTAP} and not self._world.radio.scan_while_hotspot:
            raise refusals.hotspot_holds()
        if link is Link.JOINING:
            raise refusals.joining_holds()


def _same_network(kept: Kept, other: Kept) -> bool:
    return other is not kept and other.kind is ProfileKind.STATION and other.ssid == kept.ssid
