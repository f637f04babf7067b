"""Hooks: every event is told to the executables of one folder. See docs/hooks.md.

Each hook is told one event at a time, in order; different hooks run side by side, as many as is
configured. Whatever a hook does, the daemon never waits for it.
"""

import asyncio
from pathlib import Path

from firstlight import config
from firstlight.clock import Clock
from firstlight.core.hooks import Verdict, environment
from firstlight.daemon.hook_folder import HookFolder
from firstlight.daemon.hook_line import Call, HookLine
from firstlight.daemon.tasks import Tasks
from firstlight.errors import Busy
from firstlight.model.event import DeviceEvent
from firstlight.model.status import DeviceStatus
from firstlight.web.encoding import to_json
from firstlight.web.service import EventSource

_AGAIN_SECONDS = 5.0


class Hooks:
    """Follows the events and hands them on. ``socket``: the control socket, for hooks that ask."""

    def __init__(self, settings: config.Hooks, *, socket: Path, clock: Clock) -> None:
        self._settings = settings
        self._socket = str(socket)
        self._clock = clock
        self._folder = HookFolder(Path(settings.folder))
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._lines: dict[Path, HookLine] = {}
        self._tasks = Tasks()
        self._status: DeviceStatus | None = None

    def any(self) -> bool:
        """Whether there is one just now."""
        return bool(self._folder.look())

    async def run(self, source: EventSource, after: str) -> None:
        """Tell all events that come after the one with ID ``after``.

        Goes on until it is cancelled; then every hook that is running is ended first.
        """
        try:
            while True:
                try:
                    with source.follow(after) as following:
                        async for event in following.feed:
                            after = event.id
                            self._tell(event)
                except Busy as busy:
                    await self._clock.sleep(busy.retry_after or _AGAIN_SECONDS)
        finally:
            await self._tasks.close()

    def _tell(self, event: DeviceEvent) -> None:
        self._status = event.status or self._status
        hooks = self._folder.look()
        for gone in self._lines.keys() - set(hooks):
            if self._lines[gone].idle:
                del self._lines[gone]
        if not hooks:
            return
        call = Call(
            event,
            environment(event, self._status, self._socket),
            to_json(event) + b"\n",
        )
        for path in hooks:
            if path not in self._lines:
                self._lines[path] = self._line(path)
            self._lines[path].put(call)

    def _line(self, path: Path) -> HookLine:
        return HookLine(
            path,
            seconds=self._settings.seconds,
            slots=self._slots,
            tasks=self._tasks,
            allowed=self._allows,
        )

    def _allows(self, path: Path) -> bool:
        verdict, _ = self._folder.judge(path)
        return verdict is Verdict.HOOK
