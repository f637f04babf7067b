"""Hooks as they are in life: a folder of scripts, a hub, and the runner between them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace
from tests.unit.cli import samples

from firstlight import config
from firstlight.clock import Clock, SystemClock
from firstlight.daemon.hooks import Hooks
from firstlight.daemon.hub import Hub
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.status import DeviceStatus, Mode

STATUS = msgspec.convert(samples.STATUS, DeviceStatus)


class Hooked:
    """``told``: what the hooks wrote into files of that folder."""

    def __init__(self, folder: Path, *, readers: int = 16) -> None:
        self.folder = folder / "hooks"
        self.told = folder / "told"
        self.told.mkdir()
        self.hub = Hub(SystemClock(), readers=readers)

    def hook(self, name: str, script: str, *, mode: int = 0o755, says: str = "#!/bin/sh") -> Path:
        """A hook; ``$told`` stands for the folder it may write into."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_text(f"{says}\ntold={self.told}\n{script}\n")
        path.chmod(mode)
        return path

    @asynccontextmanager
    async def running(
        self, *, seconds: float = 8, concurrency: int = 4, clock: Clock | None = None
    ) -> AsyncGenerator[asyncio.Task[None], None]:
        settings = config.Hooks(folder=str(self.folder), seconds=seconds, concurrency=concurrency)
        hooks = Hooks(settings, socket=Path("/run/control.sock"), clock=clock or SystemClock())
        task = asyncio.create_task(hooks.run(self.hub, self.hub.cursor), name="hooks")
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    def say(self, message: str = "hello") -> DeviceEvent:
        return self.hub.publish(EventType.SYSTEM, Level.INFO, message)

    def act(self, action: Action, phase: ActionPhase) -> DeviceEvent:
        return self.hub.publish(EventType.ACTION, Level.SUCCESS, "done", action=action, phase=phase)

    def status(self, mode: Mode = Mode.READY) -> DeviceEvent:
        status = replace(STATUS, mode=mode)
        return self.hub.publish(EventType.STATUS, Level.INFO, "status", status=status)

    def lines(self, name: str) -> list[str]:
        """What is in that file, so far."""
        path = self.told / name
        return path.read_text().splitlines() if path.exists() else []

    def has(self, name: str, *lines: str) -> bool:
        return self.lines(name) == list(lines)
