"""The system bus: calls with a deadline, signals, and who owns which name.

Values arrive as plain Python (variants unpacked); bytes of type ``ay`` as ``bytes``.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError
from dbus_fast.unpack import unpack_variants

from firstlight.errors import Code, FirstlightError, RadioUnavailable
from firstlight.radio.nm.translate import translated

log = logging.getLogger(__name__)

CALL_SECONDS = 25.0
RETRY_SECONDS = 2.0
_FAREWELL_SECONDS = 1.0

_DBUS = "org.freedesktop.DBus"
_DBUS_PATH = "/org/freedesktop/DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"

OnSignal = Callable[[Message, list[Any]], None]
OnOwner = Callable[[str], None]


class Peer:
    """A well-known name on the bus, its present owner, and the match rules for its signals."""

    def __init__(self, name: str, rules: tuple[str, ...], on_signal: OnSignal, on_owner: OnOwner):
        self.name = name
        self.owner = ""
        self.changes = 0
        self.rules = tuple(f"type='signal',sender='{name}',{rule}" for rule in rules)
        self.on_signal = on_signal
        self.on_owner = on_owner

    def owned_by(self, owner: str) -> None:
        """Take note of a new owner (empty: nobody) and tell."""
        self.owner = owner
        self.changes += 1
        self.on_owner(owner)


class Bus:
    """One connection, made again whenever it breaks."""

    def __init__(self, address: str | None = None) -> None:
        self._address = address
        self._bus: MessageBus | None = None
        self._peers: list[Peer] = []
        self._task: asyncio.Task[None] | None = None
        self._gone: asyncio.Task[None] | None = None
        self._muted = False

    def add_peer(self, peer: Peer) -> None:
        """Watch a name; to be called before ``open``."""
        self._peers.append(peer)

    async def open(self) -> None:
        """Connect, or keep trying in the background while there is no bus."""
        connected = await self._try_connect()
        self._task = asyncio.create_task(self._keep(connected), name="dbus-connection")

    def mute(self) -> None:
        """Deliver no signal and no news of an owner any more: the first half of ``close``."""
        self._muted = True
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Disconnect for good; returns when the socket is closed."""
        self.mute()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._drop()
        if self._gone is not None:
            await asyncio.wait([self._gone], timeout=_FAREWELL_SECONDS)
            self._gone.cancel()
            await asyncio.gather(self._gone, return_exceptions=True)

    async def call(
        self,
        peer: Peer,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        *arguments: object,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        """Call a method; returns its only result, or the list of several.

        Raises what ``translate`` makes of D-Bus errors, ``RadioUnavailable`` without a bus.
        """
        message = Message(
            destination=peer.owner or peer.name,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(arguments),
        )
        body = unpack_variants((await self.reply(message, seconds)).body)
        return body[0] if len(body) == 1 else body

    async def get_all(self, peer: Peer, path: str, interface: str) -> dict[str, Any]:
        """All properties of an interface."""
        return await self.call(peer, path, _PROPERTIES, "GetAll", "s", interface)

    async def reply(self, message: Message, seconds: float = CALL_SECONDS) -> Message:
        """Send a prepared call and return its whole reply; raises as ``call`` does."""
        bus = self._bus
        if bus is None or not bus.connected:
            raise RadioUnavailable(
                "The D-Bus system bus does not answer.",
                code=Code.NO_NETWORK_MANAGER,
                hint="Start dbus; firstlight doctor says what else is missing.",
            )
        try:
            async with asyncio.timeout(seconds):
                reply = await bus.call(message)
        except TimeoutError as error:
            raise translated("org.freedesktop.DBus.Error.NoReply", str(message.member)) from error
        except (DBusFastError, OSError, EOFError) as error:
            raise translated("org.freedesktop.DBus.Error.Disconnected", str(error)) from error
        if reply.message_type is MessageType.ERROR:
            text = str(reply.body[0]) if reply.body else ""
            raise translated(str(reply.error_name), text)
        return reply

    async def _keep(self, connected: bool) -> None:
        while True:
            if connected and self._gone is not None:
                # Not awaited itself: ``close`` still needs it after it has cancelled this task.
                await asyncio.wait([self._gone])
                self._drop()
                for peer in self._peers:
                    peer.owned_by("")
            await asyncio.sleep(RETRY_SECONDS)
            connected = await self._try_connect()
            if connected:
                log.info("the system bus answers")

    async def _try_connect(self) -> bool:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                bus = await MessageBus(bus_address=self._address, bus_type=BusType.SYSTEM).connect()
        except (DBusFastError, OSError, EOFError) as error:
            log.debug("no system bus: %s", error)
            return False
        self._bus = bus
        self._gone = asyncio.create_task(_until_gone(bus), name="dbus-disconnect")
        bus.add_message_handler(self._received)
        try:
            await self._subscribe()
        except FirstlightError as error:
            log.debug("the system bus went away at once: %s", error)
            self._drop()
            return False
        return True

    async def _subscribe(self) -> None:
        for peer in self._peers:
            changed = (
                f"type='signal',sender='{_DBUS}',interface='{_DBUS}',member='NameOwnerChanged',"
                f"arg0='{peer.name}'"
            )
            for rule in (changed, *peer.rules):
                await self._bus_call("AddMatch", rule)
            changes, owner = peer.changes, await self._owner(peer.name)
            if peer.changes == changes:
                peer.owned_by(owner)

    async def _owner(self, name: str) -> str:
        if not (await self._bus_call("NameHasOwner", name))[0]:
            return ""
        try:
            return str((await self._bus_call("GetNameOwner", name))[0])
        except RadioUnavailable:
            return ""

    async def _bus_call(self, member: str, argument: str) -> list[Any]:
        message = Message(
            destination=_DBUS,
            path=_DBUS_PATH,
            interface=_DBUS,
            member=member,
            signature="s",
            body=[argument],
        )
        return (await self.reply(message)).body

    def _received(self, message: Message) -> None:
        if self._muted or message.message_type is not MessageType.SIGNAL:
            return
        if message.sender == _DBUS and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            for peer in self._peers:
                if peer.name == name:
                    peer.owned_by(owner)
            return
        for peer in self._peers:
            if peer.owner and message.sender == peer.owner:
                peer.on_signal(message, unpack_variants(message.body))

    def _drop(self) -> None:
        if self._bus is not None and self._bus.connected:
            self._bus.disconnect()
        self._bus = None


async def _until_gone(bus: MessageBus) -> None:
    try:
        await bus.wait_for_disconnect()
    except (DBusFastError, OSError, EOFError) as error:
        log.warning("the system bus went away: %r", error)
