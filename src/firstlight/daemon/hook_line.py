"""One hook and the events that wait for it: one at a time, in order."""

import asyncio
import errno
import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from firstlight.core.hooks import left_out
from firstlight.daemon.process import Ended, run
from firstlight.daemon.tasks import Tasks
from firstlight.model.event import DeviceEvent
from firstlight.model.text import plain

log = logging.getLogger(__name__)

ROOM = 32
"""How many events may wait for one hook. Of more, an old status is left out, else the oldest."""

_HINTS = {
    errno.ENOEXEC: " (its first line names no interpreter, such as #!/bin/sh)",
    errno.ENOENT: " (the interpreter that its first line names is missing)",
}
_MOST_LINES, _LINE_LENGTH, _MOST_OUTPUT = 20, 200, 4096


class Call(msgspec.Struct, frozen=True):
    """One event for one hook: the environment, and what stands on its standard input."""

    event: DeviceEvent
    environment: Mapping[str, str]
    stdin: bytes


class HookLine:
    """Runs a hook for each event. A failure is loud once, then quiet, and loud when it ends."""

    def __init__(
        self,
        path: Path,
        *,
        seconds: float,
        slots: asyncio.Semaphore,
        tasks: Tasks,
        allowed: Callable[[Path], bool],
    ) -> None:
        self._path = path
        self._name = plain(path.name)
        self._seconds = seconds
        self._slots = slots
        self._tasks = tasks
        self._allowed = allowed
        self._waiting: deque[Call] = deque()
        self._working: asyncio.Task[None] | None = None
        self._lost = 0
        self._failing = False

    @property
    def idle(self) -> bool:
        """Nothing waits, nothing runs."""
        return self._working is None or self._working.done()

    def put(self, call: Call) -> None:
        """Let it wait for its turn."""
        self._waiting.append(call)
        if len(self._waiting) > ROOM:
            del self._waiting[left_out([one.event for one in self._waiting])]
            if not self._lost:
                log.warning("hook %s is slower than the events; some are left out", self._name)
            self._lost += 1
        if self.idle:
            self._working = self._tasks.spawn(self._work(), f"hook {self._name}")

    async def _work(self) -> None:
        while self._waiting:
            async with self._slots:
                # What was trusted when the event came may have changed hands since.
                call = self._waiting.popleft()
                if self._allowed(self._path):
                    await self._run(call)
        if self._lost:
            log.warning("hook %s has caught up; %d events were left out", self._name, self._lost)
            self._lost = 0

    async def _run(self, call: Call) -> None:
        try:
            ended = await run(
                [str(self._path)],
                environment=call.environment,
                seconds=self._seconds,
                stdin=call.stdin,
                most_output=_MOST_OUTPUT,
            )
        except OSError as error:
            hint = _HINTS.get(error.errno or 0, "")
            self._note(f"can't be run: {error.strerror}{hint}", ())
        else:
            self._note(self._failure(ended), _lines(ended))

    def _failure(self, ended: Ended) -> str:
        match ended.status:
            case 0:
                return ""
            case None:
                return f"took longer than {self._seconds:g} s and was ended"
            case status if status < 0:
                return f"was ended by {_signal_name(-status)}"
            case status:
                return f"ended with status {status}"

    def _note(self, failure: str, lines: Iterator[str] | tuple[str, ...]) -> None:
        known = bool(failure) and self._failing
        if failure:
            level = logging.DEBUG if known else logging.WARNING
            log.log(level, "hook %s %s; quiet about it until it works again", self._name, failure)
        elif self._failing:
            log.warning("hook %s works again", self._name)
        for line in lines:
            log.log(logging.DEBUG if known else logging.INFO, "hook %s: %s", self._name, line)
        self._failing = bool(failure)


def _lines(ended: Ended) -> Iterator[str]:
    """What the hook wrote, made safe to show; no more than a log can bear."""
    lines = ended.output.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    for line in lines[:_MOST_LINES]:
        if line:
            yield plain(line[:_LINE_LENGTH]) + ("…" if len(line) > _LINE_LENGTH else "")
    if ended.cut or len(lines) > _MOST_LINES:
        yield "(more is not shown)"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
