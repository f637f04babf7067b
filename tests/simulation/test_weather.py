"""What befalls the device, where two things overlap."""

import asyncio
from contextlib import closing
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from firstlight.radio.simulated.world import World
from firstlight.simulation import town
from firstlight.simulation.loop import LeapingLoop
from firstlight.simulation.trace import Trace
from firstlight.simulation.weather import Kind, Weather


def test_of_two_times_without_space_the_later_end_counts() -> None:
    loop = LeapingLoop()
    rng = Random(1)
    place = town.found(rng, connectivity_check=False)
    disk = SimpleNamespace(full=False)
    trace = Trace(loop.time)
    weather = Weather(
        World(place.described),
        place,
        cast("Any", SimpleNamespace(disk=disk)),
        rng=rng,
        trace=trace,
        changed=lambda _cause: None,
    )

    async def overlapping() -> list[bool]:
        times = asyncio.gather(*(weather.disk(lasting(hours)) for hours in (2, 1)))
        seen = [disk.full]
        for _ in range(3):
            await asyncio.sleep(3600 * 0.75)
            seen.append(disk.full)
        await times
        return [*seen, disk.full]

    with closing(loop):
        seen = loop.run_until_complete(overlapping())
    assert seen == [False, True, True, False, False]


def lasting(hours: float) -> Kind:
    return Kind("disk full", 1, hours * 3600, hours * 3600, "")
