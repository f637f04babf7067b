"""The Radio port on NetworkManager."""

import logging
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from firstlight.errors import Code, NotFound
from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.profile import HotspotSettings, Profile, TrialPlan
from firstlight.model.radio import (
    AccessPointsChanged,
    Availability,
    Link,
    RadioChanged,
    RadioEvent,
    RadioState,
    Station,
    StationJoined,
    StationLeft,
)
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import firewall, iw, neighbours
from firstlight.radio.nm.abilities import AbilityReader
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active
from firstlight.radio.nm.durable import made_durable
from firstlight.radio.nm.hotspot import Hotspot
from firstlight.radio.nm.leases import Leases
from firstlight.radio.nm.profiles import is_softap
from firstlight.radio.nm.programs import Run
from firstlight.radio.nm.rehearsing import Rehearsing
from firstlight.radio.nm.rejoining import Rejoining
from firstlight.radio.nm.scanning import Scanner
from firstlight.radio.nm.session import SECOND, SETTLE_SECONDS, Session
from firstlight.radio.nm.softap import SoftAps
from firstlight.radio.nm.trials import Trials
from firstlight.radio.port import Listener, Report

log = logging.getLogger(__name__)


class NetworkManagerRadio:
    """One WiFi radio under NetworkManager. ``interface`` empty: the first there is."""

    def __init__(
        self,
        interface: str = "",
        *,
        bus_address: str | None = None,
        run_iw: Run = iw.run,
        run_nft: Run = firewall.run,
        read_neighbours: neighbours.Read = neighbours.read,
    ) -> None:
        self._listeners: list[Listener] = []
        self._session = Session(
            interface,
            on_update=self._updated,
            on_device_state=self._device_state,
            on_link=self._link_changed,
            on_station=self._station,
            bus_address=bus_address,
        )
        self._trials = Trials(self._session)
        self._rejoining = Rejoining(self._session)
        barrier = firewall.Firewall(run_nft)
        self._hotspot = Hotspot(self._session, barrier)
        self._softap = SoftAps(self._session, run_iw, barrier, read_neighbours, self._station)
        self._scanner = Scanner(self._session)
        self._abilities = AbilityReader(self._session, run_iw)
        self._rehearsing = Rehearsing(self._session, run_iw, self._scanner)
        self._leases = Leases(self._session)
        self._state = RadioState(availability=Availability.NO_NETWORK_MANAGER, interface=interface)
        self._last_scan = -1

    @property
    def state(self) -> RadioState:
        """See the port."""
        return self._state

    async def open(self) -> None:
        """See the port."""
        await self._session.open()
        self._updated()
        await self._abilities.read()

    async def close(self) -> None:
        """See the port."""
        await self._trials.close()
        await self._rejoining.close()
        await self._rehearsing.close()
        await self._hotspot.close()
        await self._softap.close()
        await self._abilities.close()
        await self._leases.close()
        await self._session.close()

    def subscribe(self, listener: Listener) -> AbstractContextManager[None]:
        """See the port."""
        return self._subscription(listener)

    @contextmanager
    def _subscription(self, listener: Listener) -> Generator[None]:
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def access_points(self) -> tuple[AccessPoint, ...]:
        """See the port."""
        return self._scanner.heard()

    async def scan(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> None:
        """See the port."""
        await self._scanner.scan(ssids, frequencies)

    async def profiles(self) -> tuple[Profile, ...]:
        """See the port."""
        self._session.usable_device()
        found = [
            self._session.profile(path, one)
            for path, one in (await self._session.settings()).items()
            if one["connection"].get("interface-name") not in SECOND and not is_softap(one)
        ]
        return tuple(profile for profile in found if profile is not None)

    async def forget(self, uuid: str) -> None:
        """See the port."""
        device = self._session.usable_device()
        path = await self._session.path_of(uuid)
        if path is None:
            raise NotFound(f"There is no profile {uuid}.", code=Code.UNKNOWN_PROFILE)
        active, mirror = device.active, self._session.mirror
        was_active = active.uuid == uuid
        file = await self._session.connections.file(path)
        await self._session.connections.delete(path)
        await made_durable(file)
        if was_active:
            await mirror.until(
                lambda: Active(mirror, active.path).state is ActiveState.DEACTIVATED, SETTLE_SECONDS
            )

    async def settle(self) -> tuple[str, ...]:
        """See the port."""
        if not self._session.mirror.ready:
            return ()
        softap = await self._softap.settle()
        rest = await self._trials.settle() + await self._rehearsing.settle()
        await self._hotspot.settle()
        return softap + rest

    async def protect(self, seconds: float) -> None:
        """See the port."""
        await self._trials.protect(seconds)

    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        """See the port."""
        self._scanner.remember()
        return await self._trials.activate(plan, report)

    async def promote(self, uuid: str) -> None:
        """See the port."""
        await self._trials.promote(uuid)

    async def release(self) -> None:
        """See the port."""
        await self._trials.release()

    async def retire(self, uuid: str) -> tuple[str, ...]:
        """See the port."""
        return await self._trials.retire(uuid)

    async def abandon(self) -> None:
        """See the port."""
        await self._trials.abandon()

    async def join_saved(self, uuid: str, report: Report) -> None:
        """See the port."""
        self._scanner.remember()
        await self._rejoining.join(uuid, report)

    async def leave(self) -> None:
        """See the port."""
        await self._rejoining.leave()

    async def rehearse(self, uuid: str, report: Report) -> None:
        """See the port."""
        await self._rehearsing.rehearse(uuid, report)

    async def hotspot_up(self, settings: HotspotSettings) -> None:
        """See the port."""
        self._scanner.remember()
        await self._softap.down()
        await self._hotspot.up(settings)
        await self._rejoining.forgive()

    async def hotspot_down(self) -> None:
        """See the port."""
        await self._hotspot.down()

    async def stations(self) -> tuple[Station, ...]:
        """See the port. Empty where wpa_supplicant does not listen to this user."""
        device = self._session.usable_device()
        if not device.is_access_point or self._session.state().link is Link.SOFTAP:
            return await self._softap.stations()
        return tuple(Station(mac=mac) for mac in await self._session.supplicant.stations())

    async def softap_up(self, settings: SoftApSettings) -> SoftAp:
        """See the port. A hotspot ends in any case: both would have one address."""
        self._scanner.remember()
        if settings.beside:
            await self._hotspot.down()
        return await self._softap.up(settings)

    async def softap_down(self) -> None:
        """See the port."""
        await self._softap.down()

    async def neighbour(self, address: str) -> MacAddress | None:
        """See the port."""
        self._session.usable_device()
        return await self._softap.neighbour(address)

    async def limit_power(self, dbm: float | None) -> float | None:
        """See the port."""
        return await self._softap.limit_power(self._session.usable_device().interface, dbm)

    def _updated(self) -> None:
        self._trials.updated()
        self._rejoining.updated()
        self._rehearsing.updated()
        self._hotspot.updated()
        self._softap.updated()
        self._abilities.updated()
        self._leases.updated()
        device = self._session.device
        if device is not None and device.last_scan != self._last_scan:
            self._last_scan = device.last_scan
            self._tell(AccessPointsChanged())
        state = self._session.state()
        if state != self._state:
            self._state = state
            self._tell(RadioChanged(state))

    def _device_state(self, new: DeviceState, reason: StateReason) -> None:
        self._trials.device_state(new, reason)
        self._rejoining.device_state(new, reason)
        self._hotspot.device_state(new, reason)
        self._softap.device_state(new, reason)

    def _link_changed(self, changed: dict[str, Any]) -> None:
        self._trials.supplicant(changed)
        self._rejoining.supplicant(changed)
        self._updated()

    def _station(self, mac: MacAddress, joined: bool) -> None:
        station = Station(mac=mac)
        self._tell(StationJoined(station) if joined else StationLeft(station))

    def _tell(self, event: RadioEvent) -> None:
        for listener in tuple(self._listeners):
            if listener in self._listeners:
                listener(event)
