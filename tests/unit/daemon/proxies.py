"""Radios and probes that stand in front of others, and do what a test wants at one place."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager

from firstlight.errors import FirstlightError
from firstlight.model.access_point import AccessPoint
from firstlight.model.profile import HotspotSettings, Profile, TrialPlan
from firstlight.model.radio import Ipv4, LinkReport, RadioState, Station
from firstlight.model.reach import Broker, Findings, Reach, ReachTarget
from firstlight.model.ssid import Ssid
from firstlight.radio.port import Listener, Radio, Report
from firstlight.reach.port import ReachProbe


class RadioInBetween:
    """Hands everything on. ``before`` and ``after`` are called with the name of every request."""

    def __init__(self, radio: Radio) -> None:
        self.inner = radio
        self.limits: list[float | None] = []

    async def before(self, name: str) -> None:
        """May raise, or never return."""

    async def after(self, name: str) -> None:
        """May raise, or never return."""

    def report(self, report: LinkReport, onward: Report) -> None:
        """What comes back of a trial."""
        onward(report)

    @property
    def state(self) -> RadioState:
        return self.inner.state

    async def open(self) -> None:
        await self.inner.open()

    async def close(self) -> None:
        await self.inner.close()

    def subscribe(self, listener: Listener) -> AbstractContextManager[None]:
        return self.inner.subscribe(listener)

    def access_points(self) -> tuple[AccessPoint, ...]:
        return self.inner.access_points()

    async def scan(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> None:
        await self.before("scan")
        await self.inner.scan(ssids, frequencies)
        await self.after("scan")

    async def profiles(self) -> tuple[Profile, ...]:
        await self.before("profiles")
        return await self.inner.profiles()

    async def forget(self, uuid: str) -> None:
        await self.before("forget")
        await self.inner.forget(uuid)

    async def settle(self) -> tuple[str, ...]:
        await self.before("settle")
        return await self.inner.settle()

    async def protect(self, seconds: float) -> None:
        await self.before("protect")
        await self.inner.protect(seconds)
        await self.after("protect")

    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        await self.before("activate_trial")
        uuid = await self.inner.activate_trial(plan, lambda one: self.report(one, report))
        await self.after("activate_trial")
        return uuid

    async def promote(self, uuid: str) -> None:
        await self.before("promote")
        await self.inner.promote(uuid)
        await self.after("promote")

    async def release(self) -> None:
        await self.before("release")
        await self.inner.release()
        await self.after("release")

    async def retire(self, uuid: str) -> tuple[str, ...]:
        await self.before("retire")
        names = await self.inner.retire(uuid)
        await self.after("retire")
        return names

    async def abandon(self) -> None:
        await self.before("abandon")
        await self.inner.abandon()
        await self.after("abandon")

    async def hotspot_up(self, settings: HotspotSettings) -> None:
        await self.before("hotspot_up")
        await self.inner.hotspot_up(settings)
        await self.after("hotspot_up")

    async def hotspot_down(self) -> None:
        await self.before("hotspot_down")
        await self.inner.hotspot_down()
        await self.after("hotspot_down")

    async def stations(self) -> tuple[Station, ...]:
        return await self.inner.stations()

    async def limit_power(self, dbm: float | None) -> float | None:
        self.limits.append(dbm)
        await self.before("limit_power")
        return await self.inner.limit_power(dbm)


class FailingRadio(RadioInBetween):
    """``fails``: what is raised instead, by the name of the request. ``asked``: every request."""

    def __init__(self, radio: Radio) -> None:
        super().__init__(radio)
        self.fails: dict[str, FirstlightError] = {}
        self.asked: list[str] = []

    async def before(self, name: str) -> None:
        self.asked.append(name)
        if name in self.fails:
            raise self.fails[name]


class Trap:
    """``sprung`` once ``step`` is reached; from then on nothing goes on, as after a kill.

    A step is a request and ``before`` or ``after``, or ``link`` and a stage.
    """

    def __init__(self, *step: str) -> None:
        self.step = step
        self.sprung = False

    def reached(self, *step: str) -> bool:
        self.sprung = self.sprung or step == self.step
        return self.sprung

    async def pass_or_hang(self, *step: str) -> None:
        if self.reached(*step):
            await asyncio.Event().wait()


class TrappedRadio(RadioInBetween):
    """Stops at the trap."""

    def __init__(self, radio: Radio, trap: Trap) -> None:
        super().__init__(radio)
        self.trap = trap

    async def before(self, name: str) -> None:
        await self.trap.pass_or_hang(name, "before")

    async def after(self, name: str) -> None:
        await self.trap.pass_or_hang(name, "after")

    def report(self, report: LinkReport, onward: Report) -> None:
        if not self.trap.reached("link", report.stage):
            onward(report)


class ReachInBetween:
    """Counts the looks and climbs, and stops at the trap, if there is one."""

    def __init__(self, reach: ReachProbe, trap: Trap | None = None) -> None:
        self.inner = reach
        self.trap = trap
        self.looks = 0
        self.climbs = 0

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        self.looks += 1
        if self.trap is not None:
            await self.trap.pass_or_hang("look", "before")
        found = await self.inner.look(interface, ipv4, targets, seconds)
        if self.trap is not None:
            await self.trap.pass_or_hang("look", "after")
        return found

    async def climb(
        self,
        interface: str,
        ipv4: Ipv4,
        targets: Sequence[ReachTarget],
        broker: Broker | None,
        seconds: float,
    ) -> Findings:
        self.climbs += 1
        return await self.inner.climb(interface, ipv4, targets, broker, seconds)
