"""One program, run to its end: no shell, a clean environment, a time limit, bounded output.

It has none of the daemon's capabilities. It gets a process group of its own, and what it leaves in
there ends with it. The limits are in real time, as the processes are.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import Future
from typing import BinaryIO

import msgspec

from firstlight.daemon import rights

log = logging.getLogger(__name__)

TERM_SECONDS = 2.0
"""Between SIGTERM and SIGKILL."""

_KILL_SECONDS = 5.0
_REST_SECONDS = 0.5


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended. ``status``: exit status, negative for a signal; ``None``: its time was over.

    ``output`` is the beginning of what it wrote to standard output and error; ``cut`` says that
    there was more.
    """

    status: int | None
    output: bytes
    cut: bool


async def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    seconds: float,
    stdin: bytes = b"",
    most_output: int = 4096,
) -> Ended:
    """Run ``command``; without a slash, its first word is looked for on the environment's PATH.

    Raises ``OSError`` when it can't be started. Cancelled, it ends the program first.
    """
    output = _Output(most_output)
    async with _pipe_to(output) as end:
        # A file, so that it has no reader to wait for, and /dev/stdin can be opened again.
        with os.fdopen(os.memfd_create("stdin"), "w+b") as given:
            given.write(stdin)
            given.seek(0)
            process = _Program(command, environment, given, end)
        end.close()
        status = None
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    status = await process.wait()
        finally:
            await _end(process)
        with contextlib.suppress(TimeoutError):  # only who has left the group still holds it open
            async with asyncio.timeout(_REST_SECONDS):
                await output.over.wait()
    return Ended(status=status, output=bytes(output.kept), cut=output.cut)


class _Program:
    """A program, started and waited for by a thread that has given up its capabilities.

    Raises ``OSError`` when it can't be started. That is not awaited: it takes as long as a fork,
    and nobody can be cancelled between a start and its knowing of it.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        given: BinaryIO,
        output: BinaryIO,
    ) -> None:
        self._begun: Future[int] = Future()
        self._over: Future[int] = Future()
        threading.Thread(
            target=self._live,
            args=(command, environment, given, output),
            name=f"program {command[0]}",
            daemon=True,
        ).start()
        self.pid = self._begun.result()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._over.done()

    async def wait(self) -> int:
        """Its exit status, negative for a signal, once it has ended."""
        return await asyncio.shield(asyncio.wrap_future(self._over))

    def _live(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        given: BinaryIO,
        output: BinaryIO,
    ) -> None:
        try:
            rights.give_up()
            process = subprocess.Popen(  # noqa: S603 - what it is, the caller has judged
                command,
                stdin=given,
                stdout=output,
                stderr=output,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        except BaseException as error:  # noqa: BLE001 - whoever starts it is told
            self._begun.set_exception(error)
        else:
            self._begun.set_result(process.pid)
            self._over.set_result(process.wait())


class _Output(asyncio.Protocol):
    """Keeps the beginning and takes all the rest, so that nobody waits for a full pipe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.kept = bytearray()
        self.cut = False
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        room = self._most - len(self.kept)
        self.kept += data[:room]
        self.cut = self.cut or len(data) > room

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()


@contextlib.asynccontextmanager
async def _pipe_to(output: _Output) -> AsyncGenerator[BinaryIO, None]:
    """The writing end of a pipe to ``output``."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", 0) as end:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: output, os.fdopen(reading, "rb", 0)
        )
        try:
            yield end
        finally:
            transport.close()


async def _end(process: _Program) -> None:
    """Let nothing of it go on; cancelled, at once."""
    ending = asyncio.create_task(_ended(process), name=f"end of process {process.pid}")
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.wait([ending])
        raise


async def _ended(process: _Program) -> None:
    if not process.is_over:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TERM_SECONDS):
                await process.wait()
    _signal_group(process.pid, signal.SIGKILL)
    try:
        async with asyncio.timeout(_KILL_SECONDS):
            await process.wait()
    except TimeoutError:
        log.error("process %d can't be killed; it is left behind", process.pid)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
