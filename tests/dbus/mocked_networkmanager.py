"""python-dbusmock's NetworkManager: somebody else's reading of the same interfaces.

Debian's own Python runs it, for python-dbusmock needs the C binding of libdbus.
"""

import asyncio
import subprocess
from types import TracebackType
from typing import Any, Self

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants
from tests.dbus.private_bus import PrivateBus
from tests.dbus.waiting import until

PYTHON = "/usr/bin/python3"
NAME = "org.freedesktop.NetworkManager"
MANAGER = "/org/freedesktop/NetworkManager"
_MOCK = "org.freedesktop.DBus.Mock"


def missing() -> str:
    """Why it can't run here; empty when it can."""
    try:
        subprocess.run([PYTHON, "-c", "import dbusmock"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return f"{PYTHON} has no dbusmock; on Debian: apt install python3-dbusmock"
    return ""


class MockedNetworkManager:
    """``async with`` starts it on the bus and returns once it owns its name."""

    def __init__(self, bus: PrivateBus) -> None:
        self._private = bus
        self._process: asyncio.subprocess.Process | None = None
        self._bus: MessageBus | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(PYTHON, "-m", "dbusmock", "--session", "--template", "networkmanager"),
            env=self._private.environment,
            stdout=subprocess.DEVNULL,
        )
        self._bus = await MessageBus(bus_address=self._private.address).connect()
        owned: list[bool] = []

        def watch(message: Message) -> None:
            if message.member == "NameOwnerChanged" and message.body[0] == NAME:
                owned.append(bool(message.body[2]))

        self._bus.add_message_handler(watch)
        await self._bus_call("AddMatch", "type='signal',member='NameOwnerChanged'")
        if not (await self._bus_call("NameHasOwner", NAME))[0]:
            await until(lambda: owned and owned[-1], "the mock owns its name")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._bus is not None
        assert self._process is not None
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()
        self._process.terminate()
        await self._process.wait()

    async def mock(self, member: str, signature: str, *body: Any) -> Any:
        """Call a method of the template."""
        return await self.call(MANAGER, _MOCK, member, signature, *body)

    async def call(self, path: str, interface: str, member: str, signature: str, *body: Any) -> Any:
        """Call any method; returns its only result, or ``None``."""
        result = await self._call(
            Message(
                destination=NAME,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        return result[0] if result else None

    async def _bus_call(self, member: str, argument: str) -> list[Any]:
        return await self._call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member=member,
                signature="s",
                body=[argument],
            )
        )

    async def _call(self, message: Message) -> list[Any]:
        assert self._bus is not None
        reply = await self._bus.call(message)
        assert reply.message_type is MessageType.METHOD_RETURN, (message.member, reply.body)
        return unpack_variants(reply.body)
