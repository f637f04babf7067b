"""Which radio to drive: one chooser, adapters imported only when they are chosen."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from firstlight.clock import Clock
from firstlight.model.backend import Backend
from firstlight.model.radio import Availability
from firstlight.radio.port import Radio

if TYPE_CHECKING:
    from firstlight.radio.simulated.reach import SimulatedReach


class Chosen(NamedTuple):
    """An open radio. ``reach`` is set when the radio is simulated, and what lies behind it too.

    ``why`` is a sentence on the choice when nobody asked for it by name.
    """

    radio: Radio
    reach: "SimulatedReach | None" = None
    why: str = ""


_MISSING = {
    Availability.NO_NETWORK_MANAGER: "NetworkManager does not answer",
    Availability.NO_WIFI_DEVICE: "NetworkManager has no WiFi device",
}


async def open_radio(
    backend: Backend, *, interface: str, clock: Clock, world: Path | None
) -> Chosen:
    """Choose and open. ``AUTO`` takes NetworkManager where it answers and has a WiFi device.

    Raises ``ConfigError`` for a world file that can't be understood.
    """
    if backend is Backend.SIMULATED:
        return await _simulated(interface, clock, world)
    from firstlight.radio.nm.radio import NetworkManagerRadio

    real = NetworkManagerRadio(interface)
    await real.open()
    missing = _MISSING.get(real.state.availability)
    if backend is Backend.NETWORKMANAGER or missing is None:
        return Chosen(real)
    await real.close()
    simulated = await _simulated("", clock, world)
    return simulated._replace(
        why=f"{missing}, so the radio is SIMULATED: nothing here is real. "
        "Ask for --backend networkmanager to insist on a real one."
    )


async def _simulated(interface: str, clock: Clock, world: Path | None) -> Chosen:
    from firstlight.radio.simulated.radio import SimulatedRadio
    from firstlight.radio.simulated.reach import SimulatedReach
    from firstlight.radio.simulated.world import load_world

    simulation = load_world(world)
    radio = SimulatedRadio(simulation, clock, interface=interface)
    await radio.open()
    return Chosen(radio, SimulatedReach(simulation, clock))
