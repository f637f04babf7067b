"""A service on the bus whose objects are tables and whose methods are functions.

It speaks the wire's own format, not a library's idea of it: types are written down for every
property, every call is kept as it came, any call can be refused or held back.
"""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants

PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"

UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied"

Answer = tuple[str, list[Any]]
Types = Mapping[str, Mapping[str, str]]


class Call(NamedTuple):
    """A call as it came, variants unpacked."""

    path: str
    member: str
    body: list[Any]


class Refused(Exception):
    """An error to answer with."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.text = text


class FakeService:
    """Owns ``name`` while it is open. ``types``: D-Bus type by interface and property."""

    def __init__(self, name: str, root: str, types: Types) -> None:
        self.name = name
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {}
        self.calls: list[Call] = []
        self.refusals: dict[str, Refused] = {}
        self.held: dict[str, list[Message]] = {}
        self._root = root
        self._types = types
        self._methods: dict[str, Callable[..., Answer]] = {}
        self._bus: MessageBus | None = None
        self._numbers = itertools.count(1)

    @property
    def bus(self) -> MessageBus:
        assert self._bus is not None, "not open"
        return self._bus

    async def open(self, address: str) -> Self:
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self._handle)
        await self._bus.request_name(self.name)
        return self

    async def close(self) -> None:
        """Vanish from the bus; the objects stay, for another ``open``."""
        if self._bus is not None:
            bus, self._bus = self._bus, None
            bus.disconnect()
            with suppress(OSError, EOFError):  # the bus itself is gone
                await bus.wait_for_disconnect()

    def number(self) -> int:
        return next(self._numbers)

    # What a test does to it.

    def hold(self, member: str) -> list[Message]:
        """Leave calls of that method unanswered; they gather in the list."""
        return self.held.setdefault(member, [])

    def answer_held(self, member: str) -> None:
        """Answer them, as things stand now, and answer at once from now on."""
        for message in self.held.pop(member):
            self._send(self._answer(message))

    def refuse(self, member: str, name: str, text: str = "") -> None:
        self.refusals[member] = Refused(name, text)

    def made(self, *members: str) -> list[Call]:
        """The calls of these methods, in order."""
        return [call for call in self.calls if call.member in members]

    async def passed_on(self) -> None:
        """Return once the bus has queued all that was said for those who listen.

        Between two services the bus keeps no order by itself.
        """
        await self.bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="GetId",
            )
        )

    # What its objects do.

    def get(self, path: str, interface: str, name: str) -> Any:
        return unpack_variants(self.objects[path][interface][name])

    def set(self, path: str, interface: str, **values: object) -> None:
        """Change properties, and say so."""
        changed = self.typed(interface, values)
        self.objects[path][interface].update(changed)
        self.signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, changed, [])

    def add(self, path: str, interfaces: Mapping[str, Mapping[str, object]]) -> None:
        """Add an object, and say so."""
        typed = {name: self.typed(name, values) for name, values in interfaces.items()}
        self.objects[path] = typed
        self.signal(self._root, OBJECTS, "InterfacesAdded", "oa{sa{sv}}", path, typed)

    def remove(self, path: str) -> None:
        interfaces = list(self.objects.pop(path))
        self.signal(self._root, OBJECTS, "InterfacesRemoved", "oas", path, interfaces)

    def signal(
        self, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> None:
        self._send(Message.new_signal(path, interface, member, signature, list(body)))

    def method(self, member: str, function: Callable[..., Answer]) -> None:
        """``function`` gets the object's path and the arguments; it may raise ``Refused``."""
        self._methods[member] = function

    def typed(self, interface: str, values: Mapping[str, object]) -> dict[str, Variant]:
        types = self._types[interface]
        return {name: Variant(types[name], value) for name, value in values.items()}

    def _send(self, message: Message) -> None:
        """Whether it arrives is nobody's concern: the bus may be gone by then."""
        if self._bus is not None:
            sending = self._bus.send(message)
            sending.add_done_callback(lambda sent: sent.cancelled() or sent.exception())

    def _handle(self, message: Message) -> bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        member = str(message.member)
        self.calls.append(Call(str(message.path), member, unpack_variants(message.body)))
        if member in self.held:
            self.held[member].append(message)
            return True
        self._send(self._answer(message))
        return True

    def _answer(self, message: Message) -> Message:
        try:
            signature, body = self._result(message)
        except Refused as error:
            return Message.new_error(message, error.name, error.text)
        return Message.new_method_return(message, signature, body)

    def _result(self, message: Message) -> Answer:
        path, member = str(message.path), str(message.member)
        if member in self.refusals:
            raise self.refusals[member]
        if message.interface == OBJECTS and path == self._root:
            return "a{oa{sa{sv}}}", [self.objects]
        if path not in self.objects:
            raise Refused(UNKNOWN_METHOD, f"no object {path}")
        if message.interface == PROPERTIES:
            return self._property(path, member, message.body)
        if message.interface not in self.objects[path] or member not in self._methods:
            raise Refused(UNKNOWN_METHOD, f"no method {message.interface}.{member} at {path}")
        return self._methods[member](path, *message.body)

    def _property(self, path: str, member: str, body: list[Any]) -> Answer:
        interface = self.objects[path].get(body[0])
        if interface is None:
            raise Refused("org.freedesktop.DBus.Error.UnknownInterface")
        if member == "GetAll":
            return "a{sv}", [interface]
        if member == "Get":
            return "v", [interface[body[1]]]
        self.set(path, body[0], **{body[1]: body[2].value})
        return "", []
