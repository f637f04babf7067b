"""What a look behind the link and its surroundings must offer to go through the contract suite."""

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Protocol

import pytest
from msgspec.structs import replace
from tests.unit.reach import surroundings
from tests.unit.reach.servers import Pages, page

from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Ipv4
from firstlight.model.reach import Broker, Findings, Reach, ReachTarget
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.description import AccessPointTable, Description, SavedTable
from firstlight.radio.simulated.faults import Dhcp, Upstream
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import World

SECONDS = 0.6
BY_NAME = surroundings.TARGET
BY_ADDRESS = ReachTarget(url=f"http://{surroundings.PAGE}/generate_204")
BROKER = Broker(host=surroundings.BROKERS_NAME, port=1883)
BROKER_BY_ADDRESS = replace(BROKER, host=surroundings.PAGE)


class ReachHarness(Protocol):
    """A probe, and a joined network with something behind it."""

    async def look(self, targets: Sequence[ReachTarget]) -> Reach:
        """Through the joined network."""
        ...

    async def climb(self, targets: Sequence[ReachTarget], broker: Broker | None) -> Findings:
        """Through the joined network."""
        ...


class SimulatedHarness:
    """A network of a simulated world."""

    def __init__(self, world: World, clock: VirtualClock, radio: SimulatedRadio) -> None:
        self._probe = SimulatedReach(world, clock)
        self._radio = radio

    @property
    def _lease(self) -> Ipv4:
        assert self._radio.state.ipv4 is not None
        return self._radio.state.ipv4

    async def look(self, targets: Sequence[ReachTarget]) -> Reach:
        return await self._probe.look("wlan0", self._lease, targets, SECONDS)

    async def climb(self, targets: Sequence[ReachTarget], broker: Broker | None) -> Findings:
        return await self._probe.climb("wlan0", self._lease, targets, broker, SECONDS)


@asynccontextmanager
async def _simulated(upstream: Upstream, *, gateway: bool) -> AsyncGenerator[ReachHarness]:
    clock = VirtualClock()
    table = AccessPointTable(
        ssid=Ssid(b"net"),
        passphrase=Passphrase("correct-horse"),
        dhcp=Dhcp.NORMAL if gateway else Dhcp.NO_GATEWAY,
        internet=upstream,
    )
    saved = SavedTable(ssid=Ssid(b"net"), passphrase=Passphrase("correct-horse"))
    world = World(Description(access_points=(table,), saved=(saved,)))
    radio = SimulatedRadio(world, clock)
    await radio.open()
    await clock.advance(30)
    time = asyncio.create_task(clock.flow(), name="time")
    try:
        yield SimulatedHarness(world, clock, radio)
    finally:
        await radio.close()
        time.cancel()
        with suppress(asyncio.CancelledError):
            await time


class SocketsHarness:
    """A router in a network namespace."""

    def __init__(self, world: surroundings.World, lease: Ipv4) -> None:
        self._world = world
        self._lease = lease

    async def look(self, targets: Sequence[ReachTarget]) -> Reach:
        return self._world.look(self._lease, tuple(targets), seconds=SECONDS)

    async def climb(self, targets: Sequence[ReachTarget], broker: Broker | None) -> Findings:
        return self._world.climb(self._lease, tuple(targets), broker, seconds=SECONDS)


_ANSWERS = {
    Upstream.YES: page("204 No Content"),
    Upstream.NO_NAMES: page("204 No Content"),
    Upstream.PORTAL: page("200 OK", b"Sign in"),
}


@asynccontextmanager
async def _sockets(upstream: Upstream, *, gateway: bool) -> AsyncGenerator[ReachHarness]:
    if os.geteuid() != 0:
        pytest.skip("needs root for network namespaces")
    async with AsyncExitStack() as stack:
        world = surroundings.World()
        stack.callback(world.close)
        lease = replace(surroundings.LEASE, gateway=surroundings.ROUTER if gateway else None)
        if upstream is Upstream.DEAD:
            world.router.ip("link set lan0 down")
        else:
            stack.enter_context(
                surroundings.serving(
                    world.router,
                    answer=None if upstream is Upstream.NO_NAMES else surroundings.KNOWN,
                    pages=Pages(_ANSWERS[upstream]) if upstream in _ANSWERS else None,
                    broker=1883 if upstream in {Upstream.YES, Upstream.NO_NAMES} else None,
                )
            )
        yield SocketsHarness(world, lease)


HARNESSES = {"simulated": _simulated, "sockets": _sockets}


def behind(
    name: str, upstream: Upstream, *, gateway: bool = True
) -> AbstractAsyncContextManager[ReachHarness]:
    """A harness of that name, joined to a network with that behind it."""
    return HARNESSES[name](upstream, gateway=gateway)
