"""What BlueZ reads from us over D-Bus: a GATT application and an advertisement.

Interfaces as BlueZ documents them: org.bluez.GattService(5), GattCharacteristic(5),
LEAdvertisement(5).
"""

from collections.abc import Callable
from typing import Annotated, Any

from dbus_fast import Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusBytes,
    DBusDict,
    DBusObjectPath,
    DBusSignature,
    DBusStr,
)
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from firstlight.bluetooth.port import Characteristic, Service, Written

Strings = Annotated[list[str], DBusSignature("as")]

_READ = PropertyAccess.READ


class GattService(ServiceInterface):
    """The service itself."""

    def __init__(self, uuid: str) -> None:
        super().__init__("org.bluez.GattService1")
        self._uuid = uuid

    @dbus_property(_READ, name="UUID")
    def uuid(self) -> DBusStr:
        """Of the service."""
        return self._uuid

    @dbus_property(_READ, name="Primary")
    def primary(self) -> DBusBool:
        """It is found by itself."""
        return True


class GattCharacteristic(ServiceInterface):
    """One characteristic, below the service at ``service``."""

    def __init__(
        self, of: Characteristic, service: str, written: Callable[[Written], None]
    ) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._of, self._service, self._written = of, service, written
        self._value = of.value

    def show(self, value: bytes) -> None:
        """Hold that, and notify."""
        self._value = value
        self.emit_properties_changed({"Value": value})

    @dbus_property(_READ, name="UUID")
    def uuid(self) -> DBusStr:
        """Of the characteristic."""
        return self._of.uuid

    @dbus_property(_READ, name="Service")
    def service(self) -> DBusObjectPath:
        """Where its service is."""
        return self._service

    @dbus_property(_READ, name="Value")
    def value(self) -> DBusBytes:
        """What it holds."""
        return self._value

    @dbus_property(_READ, name="Flags")
    def flags(self) -> Strings:
        """What may be done with it."""
        flags = ["read"] if self._of.readable else []
        flags += ["write", "write-without-response"] if self._of.writable else []
        return [*flags, "notify"] if self._of.notifies else flags

    @dbus_method(name="ReadValue")
    def read_value(self, options: DBusDict) -> DBusBytes:
        """What it holds, from an offset on."""
        return self._value[_number(options, "offset") :]

    @dbus_method(name="WriteValue")
    def write_value(self, value: DBusBytes, options: DBusDict) -> None:
        """A client has written."""
        self._written(
            Written(
                uuid=self._of.uuid,
                data=bytes(value),
                client=_text(options, "device"),
                offset=_number(options, "offset"),
                mtu=_number(options, "mtu"),
            )
        )

    @dbus_method(name="StartNotify")
    def start_notify(self) -> None:
        """Somebody listens. BlueZ itself knows who, and tells them."""

    @dbus_method(name="StopNotify")
    def stop_notify(self) -> None:
        """Nobody listens any more."""


class Advertisement(ServiceInterface):
    """What is sent for everybody to hear."""

    def __init__(self, of: Service, released: Callable[[], None]) -> None:
        super().__init__("org.bluez.LEAdvertisement1")
        self._of, self._released = of, released
        self._data = of.data

    def advertise(self, data: bytes) -> None:
        """Send that data from now on."""
        self._data = data
        self.emit_properties_changed({"ServiceData": self._service_data()})

    @dbus_property(_READ, name="Type")
    def type(self) -> DBusStr:
        """One that can be connected to."""
        return "peripheral"

    @dbus_property(_READ, name="ServiceUUIDs")
    def service_uuids(self) -> Strings:
        """What is offered."""
        return [self._of.uuid]

    @dbus_property(_READ, name="ServiceData")
    def service_data(self) -> DBusDict:
        """How it stands."""
        return self._service_data()

    @dbus_property(_READ, name="LocalName")
    def local_name(self) -> DBusStr:
        """For people."""
        return self._of.name

    @dbus_property(_READ, name="Discoverable")
    def discoverable(self) -> DBusBool:
        """Whoever looks may find it, whatever the adapter's own setting."""
        return True

    @dbus_method(name="Release")
    def release(self) -> None:
        """BlueZ has taken it off the air."""
        self._released()

    def _service_data(self) -> dict[str, Variant]:
        return {self._of.data_uuid: Variant("ay", self._data)}


def _text(options: dict[str, Any], name: str) -> str:
    found = options.get(name)
    return str(found.value) if found is not None else ""


def _number(options: dict[str, Any], name: str) -> int:
    found = options.get(name)
    return int(found.value) if found is not None else 0
