"""A world, a clock and an open radio for one case."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings, JoinRequest, KeyManagement, TrialPlan
from firstlight.model.radio import LinkReport, RadioEvent
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.parsing import parse
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.world import World

T = TypeVar("T")

NET = '[[access_points]]\nssid = "net"\nbssid = "02:f1:00:00:00:01"\npassphrase = "correct-horse"\n'
OTHER = '[[access_points]]\nssid = "other"\npassphrase = "correct-horse"\n'
SAVED = '[[saved]]\nssid = "net"\npassphrase = "correct-horse"\n'
HOTSPOT = HotspotSettings(
    profile_name="Hotspot",
    ssid=Ssid(b"Hotspot"),
    passphrase=Passphrase("hotspot-passphrase"),
    channel=6,
)


def plan(
    ssid: bytes = b"net",
    passphrase: str | None = "correct-horse",
    key_management: KeyManagement = KeyManagement.WPA_PSK,
) -> TrialPlan:
    return TrialPlan(
        attempt="a",
        request=JoinRequest(
            ssid=Ssid(ssid), passphrase=Passphrase(passphrase) if passphrase else None
        ),
        key_management=key_management,
    )


class Tour:
    """``let_pass`` lets seconds pass; ``do`` lets as much pass as an operation needs."""

    def __init__(self, world: World, interface: str = "") -> None:
        self.clock = VirtualClock()
        self.world = world
        self.radio = SimulatedRadio(world, self.clock, interface)
        self.events: list[RadioEvent] = []
        self.reports: list[LinkReport] = []

    async def let_pass(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def do(self, operation: Awaitable[T]) -> T:
        time = asyncio.ensure_future(self.clock.flow())
        try:
            return await operation
        finally:
            time.cancel()

    async def begin(self, tried: TrialPlan) -> str:
        return await self.radio.activate_trial(tried, self.reports.append)


@asynccontextmanager
async def tour(text: str = NET, interface: str = "") -> AsyncGenerator[Tour]:
    opened = Tour(World(parse(text)), interface)
    await opened.radio.open()
    with opened.radio.subscribe(opened.events.append):
        yield opened
    await opened.radio.close()
