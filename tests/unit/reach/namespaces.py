"""Networks of their own, inside this process: threads that have left the machine's network.

Nothing outlives them: when its thread ends, the kernel removes a namespace and what is in it.
"""

import asyncio
import ctypes
import os
import subprocess
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

CLONE_NEWNET = 0x40000000
SECONDS = 30.0

T = TypeVar("T")


class Namespace:
    """An event loop in a network namespace (network_namespaces(7)). Needs root."""

    def __init__(self, name: str) -> None:
        self._begun: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()
        self._loop = self._begun.result(SECONDS)

    @property
    def native_id(self) -> int:
        """What ``ip link set … netns`` takes."""
        assert self._thread.native_id is not None
        return self._thread.native_id

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, done inside."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    def ip(self, *commands: str) -> None:
        """Run ``ip`` with each of these command lines."""
        for command in commands:
            self.run(_ip(command))

    def close(self) -> None:
        """End everything that runs inside, and the namespace with it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)

    def _live(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            self._begun.set_exception(OSError(number, os.strerror(number)))
            return
        with asyncio.Runner() as runner:
            self._begun.set_result(runner.get_loop())
            runner.get_loop().run_forever()


def wire(one: Namespace, interface: str, other: Namespace, far_interface: str) -> None:
    """A cable: ``interface`` of ``one`` is joined to ``far_interface`` of ``other``."""
    one.ip(
        f"link add {interface} type veth peer name {far_interface}",
        f"link set {far_interface} netns {other.native_id}",
        f"link set {interface} up",
    )
    other.ip(f"link set {far_interface} up")


async def _ip(command: str) -> None:
    done = subprocess.run(  # noqa: ASYNC221  a child belongs to the thread that makes it
        ["ip", *command.split()], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"ip {command}: {done.stderr}"
