"""The daemon's radio and hub, watched: every effect is told, counted, and may be the last."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from msgspec.structs import replace

from firstlight.clock import Clock
from firstlight.daemon.hub import Hub
from firstlight.model.access_point import AccessPoint
from firstlight.model.event import DeviceEvent
from firstlight.model.mac import MacAddress
from firstlight.model.profile import HotspotSettings, Profile, TrialPlan
from firstlight.model.radio import LinkReport, RadioEvent, RadioState, Station
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.radio.port import Listener, Radio, Report
from firstlight.simulation.life import Life

T = TypeVar("T")


class WatchedRadio:
    """``radio.port.Radio`` for one life. ``called`` is told the name of every change it makes.

    ``booted_at``: the true time of the boot that the process counts from.
    """

    def __init__(
        self, inner: Radio, life: Life, *, booted_at: float, called: Callable[[str], None]
    ) -> None:
        self._inner = inner
        self._life = life
        self._booted_at = booted_at
        self._called = called

    @property
    def state(self) -> RadioState:
        """The latest known view."""
        return self._inner.state

    async def open(self) -> None:
        """Start watching."""
        await self._inner.open()

    async def close(self) -> None:
        """The world goes on without it, so nothing is done."""

    def subscribe(self, listener: Listener) -> AbstractContextManager[None]:
        """Call ``listener`` for every event while the process lives."""

        def alive(event: RadioEvent) -> None:
            self._life.call(listener, event)

        return self._inner.subscribe(alive)

    def access_points(self) -> tuple[AccessPoint, ...]:
        """Everything heard lately, in the time of this boot."""
        return tuple(
            replace(seen, last_seen=seen.last_seen - self._booted_at)
            if seen.last_seen is not None
            else seen
            for seen in self._inner.access_points()
        )

    async def scan(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> None:
        """Scan."""
        await self._do("scan", lambda: self._inner.scan(ssids, frequencies))

    async def profiles(self) -> tuple[Profile, ...]:
        """Every WiFi profile."""
        if not self._life.alive:
            self._life.effect("profiles")
        return await self._inner.profiles()

    async def forget(self, uuid: str) -> None:
        """Delete a profile."""
        await self._do("forget", lambda: self._inner.forget(uuid))

    async def settle(self) -> tuple[str, ...]:
        """Clear away what a killed predecessor left behind."""
        return await self._do("settle", self._inner.settle)

    async def protect(self, seconds: float) -> None:
        """Arm the switch."""
        await self._do("protect", lambda: self._inner.protect(seconds))

    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        """Start joining."""
        told = self._while_alive(report)
        return await self._do("activate_trial", lambda: self._inner.activate_trial(plan, told))

    async def promote(self, uuid: str) -> None:
        """Make a trial a saved profile."""
        await self._do("promote", lambda: self._inner.promote(uuid))

    async def release(self) -> None:
        """Disarm the switch."""
        await self._do("release", self._inner.release)

    async def retire(self, uuid: str) -> tuple[str, ...]:
        """Delete other station profiles of the same SSID."""
        return await self._do("retire", lambda: self._inner.retire(uuid))

    async def abandon(self) -> None:
        """End the trial."""
        await self._do("abandon", self._inner.abandon)

    async def join_saved(self, uuid: str, report: Report) -> None:
        """Join a saved network."""
        told = self._while_alive(report)
        await self._do("join_saved", lambda: self._inner.join_saved(uuid, told))

    async def leave(self) -> None:
        """End what ``join_saved`` began."""
        await self._do("leave", self._inner.leave)

    async def rehearse(self, uuid: str, report: Report) -> None:
        """Join a saved network beside the hotspot."""
        told = self._while_alive(report)
        await self._do("rehearse", lambda: self._inner.rehearse(uuid, told))

    async def hotspot_up(self, settings: HotspotSettings) -> None:
        """Raise the hotspot."""
        await self._do("hotspot_up", lambda: self._inner.hotspot_up(settings))

    async def hotspot_down(self) -> None:
        """Take it down."""
        await self._do("hotspot_down", self._inner.hotspot_down)

    async def stations(self) -> tuple[Station, ...]:
        """Who is on it."""
        return await self._inner.stations()

    async def softap_up(self, settings: SoftApSettings) -> SoftAp:
        """Raise the SoftAP."""
        return await self._do("softap_up", lambda: self._inner.softap_up(settings))

    async def softap_down(self) -> None:
        """Take it down."""
        await self._do("softap_down", self._inner.softap_down)

    async def neighbour(self, address: str) -> MacAddress | None:
        """Who has that address on it."""
        return await self._inner.neighbour(address)

    async def limit_power(self, dbm: float | None) -> float | None:
        """Limit the transmit power."""
        return await self._do("limit_power", lambda: self._inner.limit_power(dbm))

    async def _do(self, name: str, begin: Callable[[], Awaitable[T]]) -> T:
        self._life.effect(name)
        self._called(name)
        result = await begin()
        self._life.effect(f"{name}, done")
        return result

    def _while_alive(self, report: Report) -> Report:
        def told(said: LinkReport) -> None:
            self._life.call(report, said)

        return told


class WatchedHub(Hub):
    """A hub whose every event is handed to ``heard`` as well, while the process lives."""

    def __init__(self, clock: Clock, life: Life, heard: Callable[[DeviceEvent], None]) -> None:
        super().__init__(clock)
        self._life = life
        self._heard = heard

    def publish(self, *args: Any, **kwargs: Any) -> DeviceEvent:
        """As ``Hub.publish``."""
        event = super().publish(*args, **kwargs)
        if self._life.alive:
            self._heard(event)
        return event
