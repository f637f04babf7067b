"""A device in a simulated world, on a clock that moves when it is told to."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from tests.unit.daemon.book import Book

from firstlight.config import Config
from firstlight.daemon.blocking import OneThread
from firstlight.daemon.device import Device
from firstlight.daemon.hub import Hub
from firstlight.daemon.memory import Memory
from firstlight.daemon.provisioning.company import OpenDoor, Records
from firstlight.daemon.provisioning.serving import nobody_comes
from firstlight.daemon.registry import open_registry
from firstlight.model.access_point import Security
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Link, RadioChanged, RadioEvent
from firstlight.model.ssid import Ssid
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import ConnectBody
from firstlight.radio.port import Radio
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.description import AccessPointTable, Description, SavedTable
from firstlight.radio.simulated.faults import Dhcp, Upstream
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import World
from firstlight.reach.port import ReachProbe
from firstlight.store.provisioning import ProvisioningStore
from firstlight.target.http import Http

PASSWORD = "correct-horse"
PROMISED = 120.0
"""Seconds within which the device is online or offers its hotspot, whatever happens."""

T = TypeVar("T")


class AtOnce(ThreadPoolExecutor):
    """Does in place what would be done in a thread, so that no time passes meanwhile."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  it belongs to whoever asked
            done.set_exception(error)
        return done


def network(
    ssid: bytes,
    *,
    security: Security = Security.WPA2,
    dhcp: Dhcp = Dhcp.NORMAL,
    internet: Upstream = Upstream.YES,
    hidden: bool = False,
    signal: int = 60,
) -> AccessPointTable:
    return AccessPointTable(
        ssid=Ssid(ssid),
        security=security,
        passphrase=Passphrase(PASSWORD) if security.takes_passphrase else None,
        dhcp=dhcp,
        internet=internet,
        hidden=hidden,
        signal=signal,
    )


def world(*networks: AccessPointTable, saved: Sequence[bytes] = ()) -> World:
    """Access points, and the networks that are saved; the last one was used last."""
    return World(
        Description(
            access_points=networks,
            saved=tuple(
                SavedTable(ssid=Ssid(ssid), passphrase=Passphrase(PASSWORD)) for ssid in saved
            ),
        )
    )


def wish(ssid: bytes, password: str | None = PASSWORD, *, hidden: bool = False) -> ConnectBody:
    return ConnectBody(ssid_hex=ssid.hex(), password=password, hidden=hidden)


class Lamp:
    """A device that can be started, killed and started again in the same world."""

    def __init__(
        self,
        folder: Path,
        around: World,
        config: Config | None = None,
        *,
        records: Records | None = None,
        open_door: OpenDoor = nobody_comes,
    ) -> None:
        self.world = around
        self.records, self.open_door = records or Book(), open_door
        self.clock = VirtualClock()
        self.folder = folder
        self.config = config or Config(state_dir=str(folder))
        self.links: list[Link] = []
        self.http: Http | None = None
        self.radio: Radio = SimulatedRadio(around, self.clock)
        self._subscriptions = ExitStack()
        self._others = asyncio.all_tasks()
        asyncio.get_running_loop().set_default_executor(AtOnce())

    async def open(self) -> None:
        """Open the radio, as the daemon does before there is a device."""
        radio = SimulatedRadio(self.world, self.clock)
        await radio.open()
        self._subscriptions.enter_context(radio.subscribe(self._heard))
        self.radio = radio

    async def start(
        self,
        radio: Radio | None = None,
        reach: ReachProbe | None = None,
        http: Http | None = None,
    ) -> Device:
        """A new device, as after a start of the daemon."""
        if radio is None:
            await self.open()
        self.memory = Memory(ProvisioningStore(self.folder))
        self.memory.load()
        self.hub = Hub(self.clock)
        self.device = Device(
            self.config,
            radio=radio or self.radio,
            reach=reach or SimulatedReach(self.world, self.clock),
            memory=self.memory,
            hub=self.hub,
            clock=self.clock,
            http=http or self.http,
            registry=open_registry(self.config, thread=OneThread("registry", AtOnce())),
            records=self.records,
            open_door=self.open_door,
        )
        await self.device.begin()
        return self.device

    async def kill(self) -> None:
        """Nothing that this process was doing goes on."""
        doomed = asyncio.all_tasks() - self._others - {asyncio.current_task()}
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    async def wait(self, holds: Callable[[], bool], seconds: float = PROMISED) -> None:
        """Let time pass until it holds. Raises ``TimeoutError`` after that many seconds."""
        end = self.clock.monotonic() + seconds
        while not holds():
            if self.clock.monotonic() >= end:
                raise TimeoutError(f"not within {seconds} s: {self.radio.state}")
            await self.clock.advance(0.1)

    async def do(self, work: Coroutine[Any, Any, T], seconds: float = PROMISED) -> T:
        """The result of ``work``, while time passes."""
        task = asyncio.create_task(work)
        await self.wait(task.done, seconds)
        return await task

    async def started(self) -> Device:
        """Started, and come to rest: online, or a hotspot."""
        device = await self.start()
        await self.wait(lambda: self.online or self.link is Link.HOTSPOT)
        await self.clock.advance(5)
        return device

    async def joined(self, body: ConnectBody) -> Attempt:
        """Connect, and wait for the end."""
        begun = await self.device.connect(body)
        await self.ended(begun.id)
        return self.device.attempt(begun.id)

    async def ended(self, attempt: str) -> None:
        """Wait for the end of that attempt, and for the device to come to rest."""
        running = AttemptState.RUNNING
        await self.wait(lambda: self.device.attempt(attempt).state is not running, 240)
        await self.clock.advance(10)

    @property
    def link(self) -> Link:
        return self.radio.state.link

    @property
    def online(self) -> bool:
        return self.radio.state.online

    @property
    def on(self) -> str:
        """The name of the network or hotspot in use."""
        profile = self.radio.state.profile
        return profile.name if profile else ""

    @property
    def status(self) -> DeviceStatus:
        return self.device.status()

    async def profiles(self) -> list[Profile]:
        return [one for one in await self.radio.profiles() if one.kind is ProfileKind.STATION]

    async def names(self) -> list[str]:
        return [one.name for one in await self.profiles()]

    def said(self) -> list[str]:
        return [event.message for event in self.hub.recent(256)]

    def _heard(self, event: RadioEvent) -> None:
        if isinstance(event, RadioChanged):
            self.links.append(event.state.link)
