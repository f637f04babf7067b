"""Opens a device: for the daemon, and for programs that have the device in their own process."""

import logging
import random
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from firstlight import __version__
from firstlight.bluetooth.port import Bluetooth
from firstlight.clock import Clock, SystemClock
from firstlight.config import Config
from firstlight.core.pairing.messages import first_words
from firstlight.daemon import telemetry
from firstlight.daemon.device import Device
from firstlight.daemon.diagnosis import nothing_known
from firstlight.daemon.hooks import Hooks
from firstlight.daemon.hub import Hub
from firstlight.daemon.improv.company import Company as ImprovCompany
from firstlight.daemon.improv.company import Self
from firstlight.daemon.machine_identity import read_identity, read_model
from firstlight.daemon.memory import Memory
from firstlight.daemon.metrics import Metrics
from firstlight.daemon.mqtt_settings import claimed_settings, mqtt_settings
from firstlight.daemon.page_settings import page_on
from firstlight.daemon.provisioning.company import OpenDoor, Records
from firstlight.daemon.provisioning.serving import SoftApDoor
from firstlight.daemon.registry import open_registry
from firstlight.daemon.regulation import KernelRegulation
from firstlight.daemon.tasks import Tasks
from firstlight.daemon.telemetry import Telemetry
from firstlight.errors import FirstlightError
from firstlight.model.claimed import ClaimedBroker
from firstlight.radio.select import Chosen, open_radio
from firstlight.reach.port import ReachProbe
from firstlight.reach.sockets import SocketReach
from firstlight.store.outbox import OutboxFile
from firstlight.store.provisioning import ProvisioningStore

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A device at work, the radio that was chosen for it, and what tells the broker of it."""

    device: Device
    chosen: Chosen
    telemetry: Telemetry


def remembered(config: Config) -> Memory:
    """What the state folder holds; what is wrong with it is logged."""
    memory = Memory(ProvisioningStore(config.state_path))
    for sentence in memory.load():
        log.warning("%s", sentence)
    return memory


@asynccontextmanager
async def open_device(
    config: Config,
    *,
    clock: Clock | None = None,
    memory: Memory | None = None,
    log_lines: Callable[[], tuple[str, ...]] = tuple,
) -> AsyncGenerator[Opened, None]:
    """The device while it is open; it then leaves the radio as it is.

    ``log_lines``: the newest lines of the program's log, for a support bundle.

    Only one process may have a state folder open. Raises ``FirstlightError``.
    """
    time = clock or SystemClock()
    kept = memory or remembered(config)
    world = Path(config.world) if config.world else None
    chosen = await open_radio(config.backend, interface=config.interface, clock=time, world=world)
    hub, tasks = Hub(time), Tasks()
    metrics = Metrics(hub, time)
    device = _device(config, chosen, kept, time, metrics=metrics, hub=hub, log_lines=log_lines)
    try:
        told = _telemetry(config, device, hub, time)
        metrics.line = told.figures
        tasks.spawn(metrics.run(hub.cursor), "metrics")
        tasks.spawn(told.run(hub.cursor), "telemetry")
        hooks = Hooks(config.hooks, socket=config.socket_path, clock=time)
        tasks.spawn(hooks.run(hub, hub.cursor), "hooks")
        after = hub.cursor
        await device.begin()
        if device.pairing.is_first_start:
            log.warning("%s", first_words(await device.pairing.code()))
        if config.improv.enabled:
            company = _improv_company(config, device, kept, hooks, time)
            tasks.spawn(device.improv.run(company, _bluetooth(config), after), "improv")
        if config.registry.url is not None:
            tasks.spawn(_look_for_database(device), "registry")
        if config.demo and chosen.reach is not None:
            await _demonstrate(device)
        yield Opened(device, chosen, told)
    finally:
        await tasks.close()
        await device.stop()
        hub.close()
        await chosen.radio.close()


def _bluetooth(config: Config) -> Bluetooth:
    from firstlight.bluetooth.bluez import BlueZ

    return BlueZ(config.improv.adapter)


def _improv_company(
    config: Config, device: Device, memory: Memory, hooks: Hooks, clock: Clock
) -> ImprovCompany:
    return ImprovCompany(
        device=device,
        hub=device.events,
        clock=clock,
        own=Self(
            firmware=config.brand.name,
            version=__version__,
            hardware=read_model(),
            name=socket.gethostname(),
        ),
        had_network=lambda: memory.kept.provisioned,
        can_identify=hooks.any,
        page=partial(page_on, config),
    )


async def _look_for_database(device: Device) -> None:
    """It is somewhere else, and nobody would know before the first device comes."""
    if trouble := await device.registry.trouble():
        log.warning("the registry can't be used yet: %s", trouble)


async def _demonstrate(device: Device) -> None:
    from firstlight.daemon.demonstration import register_examples

    try:
        if await register_examples(device.registry):
            log.info("example devices are registered; switch Provisioning Mode on to see them come")
    except FirstlightError as error:
        log.warning("the example devices could not be registered: %s", error.message)


def _telemetry(config: Config, device: Device, hub: Hub, clock: Clock) -> Telemetry:
    configured = mqtt_settings(config.mqtt)
    operating = device.operating
    company = telemetry.Company(
        hub=hub,
        clock=clock,
        file=OutboxFile(config.state_path),
        problem=device.broker_is,
        chance=random.random,
        brand=config.brand.name,
        hostname=socket.gethostname(),
    )
    if configured is None:
        company = company._replace(failed=operating.broker_failed, opened=operating.broker_opened)
    line = Telemetry(device, company, configured)

    def claimed(broker: ClaimedBroker | None) -> None:
        line.reconfigure(claimed_settings(broker, config.mqtt) if broker else None)

    if configured is None:  # what a person has written down goes before what was claimed
        operating.on_broker = claimed
    return line


def _device(
    config: Config,
    chosen: Chosen,
    memory: Memory,
    clock: Clock,
    *,
    hub: Hub,
    metrics: Metrics,
    log_lines: Callable[[], tuple[str, ...]],
) -> Device:
    reach: ReachProbe = chosen.reach or SocketReach()
    registry = open_registry(config)
    return Device(
        config,
        radio=chosen.radio,
        reach=reach,
        memory=memory,
        hub=hub,
        clock=clock,
        regulation=nothing_known if chosen.reach else KernelRegulation().of,
        identity=partial(read_identity, interface=config.interface),
        registry=registry,
        open_door=_door(config, chosen, registry, clock),
        metrics=metrics,
        log=log_lines,
    )


def _door(config: Config, chosen: Chosen, records: Records, clock: Clock) -> OpenDoor:
    """Real devices come over the air; to a simulated SoftAP come simulated ones."""
    if chosen.reach is None:
        return SoftApDoor(config.provisioning.port)
    from firstlight.daemon.provisioning.visitors import Visitors
    from firstlight.radio.simulated.radio import SimulatedRadio

    if not isinstance(chosen.radio, SimulatedRadio):
        raise TypeError("a simulated reach without a simulated radio")
    return Visitors(chosen.radio, records, clock)
