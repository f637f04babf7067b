"""One program, run to its end: no shell, a clean environment, a time limit, bounded output.

It gets a process group of its own, and what it leaves in there ends with it. The limits are in real
time, as the processes are.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import BinaryIO

import msgspec

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
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=given,
                stdout=end,
                stderr=end,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
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


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let nothing of it go on; cancelled, at once."""
    ending = asyncio.create_task(_ended(process), name=f"end of process {process.pid}")
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.wait([ending])
        raise


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
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
