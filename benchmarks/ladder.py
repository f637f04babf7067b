"""The diagnostic ladder over real sockets, between network namespaces of this machine."""

import os
from pathlib import Path
from typing import cast

from msgspec.structs import replace
from tests.unit.reach.servers import Pages
from tests.unit.reach.surroundings import (
    BROKERS_NAME,
    KNOWN,
    LEASE,
    NO_CONTENT,
    TARGET,
    World,
    serving,
)

from benchmarks.figures import Figure, figure
from firstlight.clock import SystemClock
from firstlight.config import Config
from firstlight.config.shape import Mqtt, Reachability
from firstlight.daemon.diagnosis import Diagnosis
from firstlight.daemon.regulation import KernelRegulation
from firstlight.model.radio import Availability, Ipv4, Link, RadioState
from firstlight.radio.port import Radio
from firstlight.reach.sockets import SocketReach

CLIMBS = 15
SILENT_CLIMBS = 3
GOAL = "at most 8"

_CONFIG = Config(reach=Reachability(targets=(TARGET,)), mqtt=Mqtt(host=BROKERS_NAME))
_SILENCE = replace(LEASE, gateway="10.1.0.9", name_servers=("198.51.100.9",) * 3)


class _Joined:
    """A radio with that lease, as far as the ladder asks."""

    def __init__(self, lease: Ipv4) -> None:
        self.state = RadioState(
            availability=Availability.READY, interface="wlan0", link=Link.CONNECTED, ipv4=lease
        )


def measure() -> list[Figure]:
    """Seconds for the whole ladder; nothing without root, which namespaces need."""
    if os.geteuid() != 0:
        return []
    world = World()
    try:
        with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT), broker=1883):
            well = [_seconds(world, LEASE, broken=False) for _ in range(CLIMBS)]
        silent = [_seconds(world, _SILENCE, broken=True) for _ in range(SILENT_CLIMBS)]
    finally:
        world.close()
    return [
        figure("diagnostic ladder, all is well", "s", well, GOAL, "in namespaces"),
        figure("diagnostic ladder, all is silent", "s", silent, GOAL, "in namespaces"),
    ]


def _seconds(world: World, lease: Ipv4, *, broken: bool) -> float:
    diagnosis = Diagnosis(
        cast("Radio", _Joined(lease)),
        SocketReach(),
        SystemClock(),
        _CONFIG,
        regulation=KernelRegulation(Path("/")).of,
    )
    ladder = world.station.run(diagnosis.climb()).ladder
    if (ladder.verdict is not None) is not broken:
        raise RuntimeError(f"the ladder found something else: {ladder.summary}")
    return ladder.elapsed_ms / 1000
