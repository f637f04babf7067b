"""The machine that the daemon runs on: power, boots, a process that systemd starts again."""

import asyncio
from pathlib import Path
from random import Random
from typing import Protocol

from firstlight.config import Config, Reachability
from firstlight.daemon.device import Device
from firstlight.daemon.machine_identity import nothing_said
from firstlight.daemon.memory import Memory
from firstlight.daemon.sessions import Randomness
from firstlight.errors import FirstlightError
from firstlight.model.event import DeviceEvent
from firstlight.model.radio import RadioEvent
from firstlight.radio.port import Radio
from firstlight.radio.simulated.faults import ManagerRestart
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import World
from firstlight.simulation.clock import MachineClock, TrueClock
from firstlight.simulation.disk import Disk
from firstlight.simulation.judge import Judge, Rule
from firstlight.simulation.life import Life
from firstlight.simulation.nobody import Nobody
from firstlight.simulation.trace import Trace
from firstlight.simulation.watched import WatchedHub, WatchedRadio
from firstlight.store.provisioning import ProvisioningStore

RESTART_SECONDS = (1.0, 6.0)
"""How long systemd and Python take to have a killed process back, at least and at most."""

_DARK_SECONDS = (2.0, 60.0)
_MANAGER_SECONDS = (3.0, 15.0)
_PROCESS_SECONDS = (3.0, 25.0)
_STOP_SECONDS = 20.0


class Audience(Protocol):
    """Who is told of what the process does. ``running`` changes with ``process_changed``."""

    def called(self, name: str) -> None:
        """It asks something of the radio."""
        ...

    def heard(self, event: DeviceEvent) -> None:
        """It has told everybody something."""
        ...

    def process_changed(self) -> None:
        """It runs now, or runs no more."""
        ...


class WatchedConfig(Config, frozen=True, kw_only=True):
    """The daemon's configuration, with a state folder that is watched."""

    folder: Path

    @property
    def state_path(self) -> Path:
        """The folder for everything that is kept."""
        return self.folder


RARE_LOOKS = Reachability(interval_seconds=86_400.0, internet_interval_seconds=86_400.0)
"""For a year in which NetworkManager tells at once what the daemon's slow looks would find."""


class Machine:
    """``device`` while the process runs and has begun; ``booted_at`` in true time."""

    def __init__(
        self,
        world: World,
        true: TrueClock,
        folder: Path,
        *,
        rng: Random,
        trace: Trace,
        judge: Judge,
        audience: Audience,
        reach: Reachability = RARE_LOOKS,
    ) -> None:
        self._world = world
        self._true = true
        self._rng = rng
        self._trace = trace
        self._judge = judge
        self._audience = audience
        self._life: Life | None = None
        self._lives = 0
        self._boots = 0
        self._dying = False
        self._off = ManagerRestart()
        self.disk = Disk(folder, self._effect)
        self.config = WatchedConfig(folder=self.disk.folder, enabled=True, reach=reach)
        self.clock = MachineClock(true, 0, wall=true.wall())
        self._memory: Memory | None = None
        self.device: Device | None = None
        self.powered = False

    @property
    def life(self) -> Life | None:
        """The process that runs."""
        return self._life

    @property
    def is_unwritten(self) -> bool:
        """Whether the process would forget something if it were killed now."""
        return self.device is not None and self._memory is not None and self._memory.is_unwritten

    def true_wall(self) -> float:
        """Unix time as it really is."""
        return self._true.wall()

    def first_boot(self) -> None:
        """Plug it in; NetworkManager starts with it."""
        self._world.attach(self._true, _ignore)
        self._world.begin(self._off)
        self._boot(self._true.wall())

    def cut_power(self, wall: float) -> None:
        """Everything ends at once; the machine boots again, and then believes ``wall``."""
        if not self.powered:
            return
        self.powered = False
        self._trace.note("power is cut")
        self._end_life()
        self.disk.lose_power(self._rng)
        self._world.begin(self._off)
        self._true.call_at(self._in(*_DARK_SECONDS), lambda: self._boot(wall))

    def kill(self, why: str = "") -> None:
        """The process is killed; systemd starts it again."""
        if self._life is None:
            return
        self._trace.note(f"process {self._life.number} is killed {why}".rstrip())
        self._end_life()
        self._true.call_at(self._in(*RESTART_SECONDS), self._start)

    async def restart_service(self) -> None:
        """As ``systemctl restart`` does it: ask it to stop, and kill it if it takes too long."""
        life, device = self._life, self.device
        if life is None or device is None:
            return
        self._trace.note("the service is restarted")
        stopping = life.run(device.stop(), "stop")
        await asyncio.wait([stopping], timeout=_STOP_SECONDS)
        if self._life is life:
            self.kill("after it stopped" if stopping.done() else "because it did not stop")

    def light_fuse(self, effects: int, *, power: bool) -> None:
        """Let the process die after that many effects more, or the power fail."""
        if self._life is not None:
            self._dying = power
            self._life.fuse = effects

    def _boot(self, wall: float) -> None:
        self._boots += 1
        self.powered = True
        self.clock = MachineClock(self._true, self._boots, wall=wall)
        self._trace.note(f"boot {self._boots}")
        self._true.call_at(self._in(*_MANAGER_SECONDS), self._start_manager)
        boot = self._boots
        self._true.call_at(self._in(*_PROCESS_SECONDS), lambda: self._start(boot))

    def _start_manager(self) -> None:
        if self.powered and self._off in self._world.air.faults:
            self._world.end(self._off)

    def _start(self, boot: int | None = None) -> None:
        if not self.powered or self._life is not None or boot not in (None, self._boots):
            return
        self._lives += 1
        self._life = Life(self._lives, self._die)
        self._trace.note(f"process {self._lives} starts")
        self._life.run(self._main(self._life), "main")

    async def _main(self, life: Life) -> None:
        try:
            device = await self._begin(life)
        except FirstlightError as error:
            self._judge.accuse(Rule.ALIVE, f"the process does not start: {error.message}")
            return
        self.device = device
        self._audience.process_changed()

    async def _begin(self, life: Life) -> Device:
        clock = self.clock
        self._memory = memory = Memory(self.make_store())
        for complaint in memory.load():
            self._judge.accuse(Rule.FILES, complaint)
        radio = self.make_radio(life)
        await radio.open()
        device = Device(
            self.config,
            radio=radio,
            reach=SimulatedReach(self._world, self._true),
            memory=memory,
            hub=WatchedHub(clock, life, self._audience.heard),
            clock=clock,
            identity=nothing_said,
            records=Nobody(),
            randomness=Randomness(
                below=self._rng.randrange,
                some=self._rng.randbytes,
                token=self._token,
            ),
        )
        await device.begin()
        return device

    def _token(self, size: int) -> str:
        return self._rng.randbytes(size).hex()

    def make_store(self) -> ProvisioningStore:
        """The daemon's; another one for a test that breaks it."""
        return ProvisioningStore(self.disk.folder)

    def make_radio(self, life: Life) -> Radio:
        """The daemon's, not open yet; another one for a test that breaks it."""
        return WatchedRadio(
            SimulatedRadio(self._world, self._true),
            life,
            booted_at=self.clock.booted_at,
            called=self._audience.called,
        )

    def _end_life(self) -> None:
        life, self._life, self.device = self._life, None, None
        if life is None:
            return
        life.end()
        self._world.attach(self._true, _ignore)
        self._true.call_at(self._true.monotonic() + 0.5, lambda: _bury(life))
        self._audience.process_changed()

    def _die(self, where: str) -> None:
        if self._dying:
            self._trace.note(f"power fails {where}")
            self.cut_power(self._true.wall())
        else:
            self.kill(where)

    def _effect(self, name: str) -> None:
        if self._life is not None:
            self._life.effect(name)

    def _in(self, least: float, most: float) -> float:
        return self._true.monotonic() + self._rng.uniform(least, most)


def _bury(life: Life) -> None:
    if left := life.survivors():
        names = ", ".join(task.get_name() for task in left)
        raise RuntimeError(f"tasks that outlive their process: {names}")


def _ignore(_event: RadioEvent) -> None:
    return None
