"""The port over BlueZ, as it documents its D-Bus interfaces.

org.bluez.Adapter(5), org.bluez.GattManager(5), org.bluez.LEAdvertisingManager(5).
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError
from dbus_fast.unpack import unpack_variants

from firstlight.bluetooth.objects import Advertisement, GattCharacteristic, GattService
from firstlight.bluetooth.port import Service, Written
from firstlight.errors import BluetoothUnavailable
from firstlight.running import ended

log = logging.getLogger(__name__)

CALL_SECONDS = 20.0
_FAREWELL_SECONDS = 1.0
_UNPLUGGED_SECONDS = 1.0
"""An adapter that is pulled out is told as switched off first."""

_BLUEZ = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_GATT = "org.bluez.GattManager1"
_ADVERTISING = "org.bluez.LEAdvertisingManager1"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_DBUS, _DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
_ROOT = "/io/firstlight"
_SERVICE = f"{_ROOT}/service"
_ADVERT = f"{_ROOT}/advertisement"

_NOBODY = {
    f"org.freedesktop.DBus.Error.{word}"
    for word in ("ServiceUnknown", "NameHasNoOwner", "NoReply", "TimedOut", "Disconnected")
}
_GONE = "The Bluetooth daemon has gone away."


class _Adapter(NamedTuple):
    """One adapter of one run of BlueZ: ``owner`` is the connection that has its name."""

    owner: str
    path: str


class BlueZ:
    """One adapter: the one of that name, or the first that can advertise."""

    def __init__(self, adapter: str = "", bus_address: str | None = None) -> None:
        self._adapter, self._address = adapter, bus_address
        self._left_off: _Adapter | None = None

    @asynccontextmanager
    async def on_air(
        self, service: Service, written: Callable[[Written], None]
    ) -> AsyncGenerator["BlueZOnAir", None]:
        """As the port has it."""
        bus = await self._connected()
        # Whoever is cancelled while it waits for the bus itself cancels that for everybody.
        gone = asyncio.create_task(_until_gone(bus), name="bluetooth-bus")
        try:
            on = await self._chosen(bus)
            air = BlueZOnAir(bus, gone, on, service, written)
            try:
                await air.rise()
                try:
                    yield air
                finally:
                    await air.fall()
            finally:
                self._left_off = on if air.switched_off else None
        finally:
            bus.disconnect()
            await asyncio.wait([gone], timeout=_FAREWELL_SECONDS)
            await ended(gone)

    async def _connected(self) -> MessageBus:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await MessageBus(
                    bus_address=self._address, bus_type=BusType.SYSTEM
                ).connect()
        except (DBusFastError, OSError, EOFError) as error:
            raise BluetoothUnavailable("The D-Bus system bus does not answer.") from error

    async def _chosen(self, bus: MessageBus) -> "_Adapter":
        """The adapter, after it was switched on, unless somebody has switched it off meanwhile."""
        objects: dict[str, dict[str, dict[str, Any]]] = await _call(
            bus, "/", _OBJECTS, "GetManagedObjects"
        )
        if self._left_off is not None and self._left_off.path not in objects:
            self._left_off = None
        able = sorted(
            path
            for path, interfaces in objects.items()
            if {_ADAPTER, _GATT, _ADVERTISING} <= interfaces.keys()
        )
        wanted = [path for path in able if self._adapter in ("", _name(path))]
        if not wanted:
            raise BluetoothUnavailable(_none_found(self._adapter, [_name(path) for path in able]))
        [owner] = await _ask_bus(bus, "GetNameOwner", _BLUEZ)
        chosen = _Adapter(owner, wanted[0])
        if not objects[chosen.path][_ADAPTER].get("Powered", False):
            if chosen == self._left_off:
                raise BluetoothUnavailable(_switched_off(chosen.path))
            on = Variant("b", True)
            await _call(bus, chosen.path, _PROPERTIES, "Set", "ssv", _ADAPTER, "Powered", on)
        return chosen


class BlueZOnAir:
    """As the port has it."""

    def __init__(
        self,
        bus: MessageBus,
        gone: asyncio.Task[None],
        on: _Adapter,
        service: Service,
        written: Callable[[Written], None],
    ) -> None:
        self._bus, self._gone, self._path = bus, gone, on.path
        self._owner = on.owner
        self.switched_off = False
        self._service = GattService(service.uuid)
        self._characteristics = {
            one.uuid: GattCharacteristic(one, _SERVICE, written) for one in service.characteristics
        }
        self._over = asyncio.Event()
        self._why = _GONE
        self._advert = Advertisement(
            service, lambda: self._end("BlueZ has taken the advertisement off the air.")
        )

    @property
    def adapter(self) -> str:
        """Such as ``hci0``."""
        return _name(self._path)

    async def rise(self) -> None:
        """Register everything with BlueZ. Raises ``BluetoothUnavailable``."""
        self._bus.add_message_handler(self._heard)
        for rule in (
            f"type='signal',sender='{_DBUS}',member='NameOwnerChanged',arg0='{_BLUEZ}'",
            f"type='signal',sender='{_BLUEZ}',interface='{_OBJECTS}',member='InterfacesRemoved'",
            f"type='signal',sender='{_BLUEZ}',interface='{_PROPERTIES}',path='{self._path}'",
        ):
            await _ask_bus(self._bus, "AddMatch", rule)
        # Only from now on a change of it would be heard.
        if await _ask_bus(self._bus, "GetNameOwner", _BLUEZ) != [self._owner]:
            raise BluetoothUnavailable(_GONE)
        self._bus.export(_SERVICE, self._service)
        for number, one in enumerate(self._characteristics.values()):
            self._bus.export(f"{_SERVICE}/characteristic{number}", one)
        self._bus.export(_ADVERT, self._advert)
        await _call(self._bus, self._path, _GATT, "RegisterApplication", "oa{sv}", _ROOT, {})
        await _call(
            self._bus, self._path, _ADVERTISING, "RegisterAdvertisement", "oa{sv}", _ADVERT, {}
        )

    async def fall(self) -> None:
        """Take it off the air; what BlueZ says to that matters no more."""
        self._bus.remove_message_handler(self._heard)
        if self._over.is_set():  # there is nothing to take away, and perhaps nobody to ask
            return
        for interface, member, path in (
            (_ADVERTISING, "UnregisterAdvertisement", _ADVERT),
            (_GATT, "UnregisterApplication", _ROOT),
        ):
            try:
                await _call(self._bus, self._path, interface, member, "o", path)
            except BluetoothUnavailable as error:
                log.debug("%s: %s", member, error)

    def show(self, uuid: str, value: bytes) -> None:
        """As the port has it."""
        self._characteristics[uuid].show(value)

    def advertise(self, data: bytes) -> None:
        """As the port has it."""
        self._advert.advertise(data)

    async def ended(self) -> str:
        """As the port has it."""
        over = asyncio.create_task(self._over.wait(), name="bluetooth-over")
        try:
            await asyncio.wait({self._gone, over}, return_when=asyncio.FIRST_COMPLETED)
            if self.switched_off:
                await asyncio.wait({self._gone}, timeout=_UNPLUGGED_SECONDS)
        finally:
            await ended(over)
        return self._why

    def _end(self, why: str) -> None:
        if not self._over.is_set():
            self._why = why
            self._over.set()

    def _heard(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        body = unpack_variants(message.body)
        # Anybody on the bus may send a signal to us alone.
        if message.member == "NameOwnerChanged":
            if message.sender == _DBUS and body[:1] == [_BLUEZ]:
                self._end(_GONE)
            return
        if message.sender != self._owner:
            return
        match message.member, body:
            case "InterfacesRemoved", [path, interfaces] if (
                path == self._path and _ADAPTER in interfaces
            ):
                self.switched_off = False
                self._why = f"The Bluetooth adapter {self.adapter} was taken away."
                self._over.set()
            case "PropertiesChanged", [interface, changed, _] if (
                interface == _ADAPTER and changed.get("Powered") is False
            ):
                self.switched_off = True
                self._end(_switched_off(self._path))
            case _:
                pass


async def _call(
    bus: MessageBus,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    *arguments: object,
) -> Any:
    """Call BlueZ; its only result, if it has one. Raises ``BluetoothUnavailable``."""
    message = Message(
        destination=_BLUEZ,
        path=path,
        interface=interface,
        member=member,
        signature=signature,
        body=list(arguments),
    )
    body = await _ask(bus, message)
    return body[0] if body else None


async def _ask_bus(bus: MessageBus, member: str, argument: str) -> list[Any]:
    """Call the bus itself. Raises ``BluetoothUnavailable``."""
    message = Message(
        destination=_DBUS,
        path=_DBUS_PATH,
        interface=_DBUS,
        member=member,
        signature="s",
        body=[argument],
    )
    return await _ask(bus, message)


async def _ask(bus: MessageBus, message: Message) -> list[Any]:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            reply = await bus.call(message)
    except (TimeoutError, DBusFastError, OSError, EOFError) as error:
        raise BluetoothUnavailable(f"BlueZ does not answer {message.member}.") from error
    if reply.message_type is MessageType.ERROR:
        raise BluetoothUnavailable(_words(str(reply.error_name), str(message.member), reply.body))
    return unpack_variants(reply.body)


def _words(error: str, member: str, body: list[Any]) -> str:
    if error in _NOBODY or error.startswith("org.freedesktop.DBus.Error.Spawn."):
        return "BlueZ is not running; install it, and start bluetooth.service."
    if error == "org.freedesktop.DBus.Error.AccessDenied":
        return "D-Bus does not let this user talk to BlueZ."
    text = f": {body[0]}" if body else ""
    return f"BlueZ refuses {member}: {error.rpartition('.')[2]}{text}."


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _switched_off(path: str) -> str:
    return f"The Bluetooth adapter {_name(path)} was switched off."


def _none_found(wanted: str, able: list[str]) -> str:
    if not able:
        return "There is no Bluetooth adapter that can advertise."
    return f"There is no Bluetooth adapter {wanted}; there are: {', '.join(able)}."


async def _until_gone(bus: MessageBus) -> None:
    with suppress(DBusFastError, OSError, EOFError):
        await bus.wait_for_disconnect()
