"""NetworkManager's objects, mirrored.

``org.freedesktop.DBus.ObjectManager`` at ``/org/freedesktop`` gives everything at once; from then
on the mirror follows ``InterfacesAdded``, ``InterfacesRemoved`` and ``PropertiesChanged``. The
match rules stand before the snapshot is asked for. Signals that arrive while it is under way are
kept, and those that NetworkManager sent after it (a sender numbers its messages) are applied on
top.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from dbus_fast import Message
from dbus_fast.unpack import unpack_variants

from firstlight.errors import FirstlightError, NotPermitted
from firstlight.radio.nm.bus import Bus, Peer

log = logging.getLogger(__name__)

NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop"

_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_REREAD_SECONDS = 1.0

Properties = dict[str, Any]
Interfaces = dict[str, Properties]
OnSignal = Callable[[str, str, str, list[Any]], None]
"""Called with path, interface, member and arguments of a signal that is no property change."""


class Mirror:
    """``objects``: path, interface, property, value. ``ready`` while NetworkManager answers.

    ``refused`` while it is there but does not answer this user.
    """

    def __init__(self, bus: Bus, on_change: Callable[[], None], on_signal: OnSignal) -> None:
        self.objects: dict[str, Interfaces] = {}
        self.ready = False
        self.refused = False
        self._bus = bus
        self._on_change = on_change
        self._on_signal = on_signal
        self._waiting: set[asyncio.Event] = set()
        self._reading: asyncio.Task[None] | None = None
        self._early: list[Message] = []
        self.peer = Peer(
            NAME,
            (
                f"interface='{_OBJECTS}'",
                f"interface='{_PROPERTIES}',member='PropertiesChanged'",
                f"interface='{NAME}.Device',member='StateChanged'",
                f"interface='{NAME}.Settings.Connection',member='Updated'",
                f"interface='{NAME}',member='CheckPermissions'",
            ),
            self._received,
            self._owned,
        )
        bus.add_peer(self.peer)

    def properties(self, path: str, interface: str) -> Properties:
        """The properties of one interface; empty when there is no such object."""
        return self.objects.get(path, {}).get(interface, {})

    def paths(self, interface: str) -> list[str]:
        """Every object that has the interface, in a stable order."""
        return sorted(path for path, has in self.objects.items() if interface in has)

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``holds`` after some change, at most ``seconds``. Returns whether it holds."""
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return holds()
        finally:
            self._waiting.discard(changed)
        return True

    def changed(self) -> None:
        """Tell everybody who waits or listens."""
        self._on_change()
        for waiting in self._waiting:
            waiting.set()

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _owned(self, owner: str) -> None:
        self.objects.clear()
        self._early.clear()
        self.ready = self.refused = False
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if owner:
            self._reading = asyncio.create_task(self._read(), name="networkmanager-snapshot")
        self.changed()

    async def _read(self) -> None:
        level = logging.WARNING
        while not self.ready:
            self._early.clear()
            try:
                snapshot = await self._bus.reply(
                    Message(
                        destination=self.peer.owner,
                        path=ROOT,
                        interface=_OBJECTS,
                        member="GetManagedObjects",
                    )
                )
            except FirstlightError as error:
                log.log(level, "NetworkManager's objects can't be read yet: %s", error)
                level = logging.DEBUG
                self._take_refusal(isinstance(error, NotPermitted))
                await asyncio.sleep(_REREAD_SECONDS)
                continue
            self.objects = unpack_variants(snapshot.body[0])
            self.ready, self.refused = True, False
            for message in self._early:
                if message.serial > snapshot.serial:
                    self._apply(message, unpack_variants(message.body))
            self._early.clear()
        self.changed()

    def _take_refusal(self, refused: bool) -> None:
        if refused != self.refused:
            self.refused = refused
            self.changed()

    def _received(self, message: Message, body: list[Any]) -> None:
        if not self.ready:
            self._early.append(message)
            return
        self._apply(message, body)
        self.changed()

    def _apply(self, message: Message, body: list[Any]) -> None:
        path, interface, member = str(message.path), str(message.interface), str(message.member)
        if interface == _PROPERTIES:
            self._properties_changed(path, body)
        elif member == "InterfacesAdded":
            self.objects.setdefault(body[0], {}).update(body[1])
        elif member == "InterfacesRemoved":
            self._removed(body[0], body[1])
        else:
            self._on_signal(path, interface, member, body)

    def _properties_changed(self, path: str, body: list[Any]) -> None:
        if path not in self.objects:
            return
        interface, changed, invalidated = body
        known = self.objects[path].setdefault(interface, {})
        known.update(changed)
        for name in invalidated:
            known.pop(name, None)

    def _removed(self, path: str, interfaces: list[str]) -> None:
        known = self.objects.get(path, {})
        for interface in interfaces:
            known.pop(interface, None)
        if not known:
            self.objects.pop(path, None)
