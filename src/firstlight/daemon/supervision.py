"""What systemd is told: that the daemon serves, that it still does, and that it ends.

A sign of life is sent only after the daemon has answered itself, through its own web server: so it
speaks for the event loop, the server and the device at once. When none comes in time, systemd
starts the daemon anew (systemd.service(5), ``WatchdogSec=``).
"""

import logging
import os
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from firstlight.clock import Clock
from firstlight.model.wire import HealthAnswer

log = logging.getLogger(__name__)

PARTS = 3
"""So many signs of life in the time after which systemd loses patience."""

FIRST_LOOK_SECONDS = 0.2
"""Between two looks at whether the daemon answers yet."""

_REQUEST = b"GET /api/health HTTP/1.0\r\nHost: localhost\r\n\r\n"
_MICROSECONDS = 1_000_000

Dial = Callable[[], Awaitable[tuple[StreamReader, StreamWriter]]]
"""Connects to the daemon's own web server; raises ``OSError``."""


class Manager(msgspec.Struct, frozen=True, kw_only=True):
    """The service manager. ``address``: of its socket; ``patience``: seconds, 0 for endless."""

    address: str
    patience: float = 0.0

    def tell(self, *lines: str) -> None:
        """Send them in one message (sd_notify(3)). Never raises: nobody has to listen."""
        address = self.address
        if address.startswith("@"):
            address = "\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto("\n".join(lines).encode(), address)
        except OSError as error:
            log.warning("systemd can't be told: %s", error.strerror or error)


def manager_of(environ: Mapping[str, str], pid: int) -> Manager | None:
    """Who started process ``pid``, if they want to be told (sd_notify(3), sd_watchdog_enabled(3)).

    A watchdog that was meant for another process is none.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return None
    microseconds = environ.get("WATCHDOG_USEC", "")
    meant = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
    patience = int(microseconds) / _MICROSECONDS if microseconds.isdecimal() and meant else 0.0
    return Manager(address=address, patience=patience)


class Supervision:
    """Keeps ``manager`` informed, until it is cancelled.

    Without ``dial`` it speaks for the event loop alone: a daemon that is not enabled has no door
    that is always open to itself, and nothing behind it that could hang.
    """

    def __init__(self, manager: Manager, dial: Dial | None, clock: Clock) -> None:
        self._manager = manager
        self._dial = dial
        self._clock = clock
        self._said = ""

    async def run(self) -> None:
        """Say that the daemon serves once it does, and then, at intervals, that it still does."""
        while (said := await self._answer()) is None:
            await self._clock.sleep(FIRST_LOOK_SECONDS)
        self._tell(said, "READY=1")
        if not self._manager.patience:
            return
        pause = self._manager.patience / PARTS
        while True:
            await self._clock.sleep(pause)
            if (said := await self._answer()) is not None:
                self._tell(said, "WATCHDOG=1")

    def stopping(self) -> None:
        """The daemon is on its way out, which may take a while."""
        self._manager.tell("STOPPING=1", "STATUS=ending")

    def _tell(self, said: str, *lines: str) -> None:
        if said != self._said:
            lines = (*lines, f"STATUS={said}")
            self._said = said
        self._manager.tell(*lines)

    async def _answer(self) -> str | None:
        """How the daemon says it is, if it answers at all."""
        if self._dial is None:
            return "not enabled"
        try:
            reader, writer = await self._dial()
        except OSError:
            return None
        try:
            writer.write(_REQUEST)
            return condition_in(await reader.read())
        except OSError:
            return None
        finally:
            writer.close()


def condition_in(answer: bytes) -> str | None:
    """What ``/api/health`` answered, in words; ``None`` if it is no such answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0]:
        return None
    try:
        health = msgspec.json.decode(body, type=HealthAnswer)
    except msgspec.DecodeError:
        return None
    return f"{health.mode}, {health.health}"


def supervised(dial: Dial | None, clock: Clock) -> Supervision | None:
    """For this process, if systemd wants to hear of it."""
    manager = manager_of(os.environ, os.getpid())
    return Supervision(manager, dial, clock) if manager else None
