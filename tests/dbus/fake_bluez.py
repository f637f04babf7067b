"""As much of BlueZ as an advertised service meets: one adapter, on a bus of the test's own."""

from collections.abc import Callable
from typing import Any

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusDict, DBusObjectPath
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

PATH = "/org/bluez/hci0"


class _Adapter(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.bluez.Adapter1")
        self.powered = False

    @dbus_property(name="Powered")
    def powered_(self) -> DBusBool:
        return self.powered

    @powered_.setter
    def powered_(self, on: DBusBool) -> None:
        self.powered = on


class _Gatt(ServiceInterface):
    def __init__(self, said: list[str]) -> None:
        super().__init__("org.bluez.GattManager1")
        self.said = said
        self.root = ""
        self.meanwhile: Callable[[], None] = lambda: None

    @dbus_method(name="RegisterApplication")
    def register(self, path: DBusObjectPath, options: DBusDict) -> None:
        self.root = path
        self.said.append("application")
        self.meanwhile()

    @dbus_method(name="UnregisterApplication")
    def unregister(self, path: DBusObjectPath) -> None:
        self.said.append("no application")


class _Advertising(ServiceInterface):
    def __init__(self, said: list[str]) -> None:
        super().__init__("org.bluez.LEAdvertisingManager1")
        self.said = said
        self.path = ""

    @dbus_method(name="RegisterAdvertisement")
    def register(self, path: DBusObjectPath, options: DBusDict) -> None:
        self.path = path
        self.said.append("advertisement")

    @dbus_method(name="UnregisterAdvertisement")
    def unregister(self, path: DBusObjectPath) -> None:
        self.said.append("no advertisement")


class FakeBluez:
    """``said``: what was asked of it, in order."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.said: list[str] = []
        self.adapter = _Adapter()
        self.gatt = _Gatt(self.said)
        self.advertising = _Advertising(self.said)

    async def start(self, *, adapter: bool = True) -> None:
        """Take the name."""
        self._bus = await MessageBus(bus_address=self._address).connect()
        if adapter:
            for interface in (self.adapter, self.gatt, self.advertising):
                self._bus.export(PATH, interface)
        await self._bus.request_name("org.bluez")

    def without_adapter(self) -> None:
        """Nobody knows of it any more."""
        self._bus.unexport(PATH)

    def with_adapter(self) -> None:
        """It is back, and off."""
        for interface in (self.adapter, self.gatt, self.advertising):
            self._bus.export(PATH, interface)

    async def stop(self) -> None:
        """Go away."""
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    def switch_off(self) -> None:
        """As ``bluetoothctl power off``."""
        self.adapter.powered = False
        self.adapter.emit_properties_changed({"Powered": False})

    def pull_out(self) -> None:
        """As a USB stick: the kernel switches it off first, and BlueZ tells that."""
        self.switch_off()
        self._bus.send(
            Message.new_signal(
                "/",
                "org.freedesktop.DBus.ObjectManager",
                "InterfacesRemoved",
                "oas",
                [PATH, ["org.bluez.Adapter1"]],
            )
        )

    async def ask(self, member: str, path: str, interface: str, *body: Any, signature: str) -> Any:
        """Call the application, as BlueZ does for a client; the first result."""
        reply = await self._bus.call(
            Message(
                destination=self.client,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert reply is not None
        return reply.body[0] if reply.body else None

    @property
    def client(self) -> str:
        """Who has registered; the newest connection but ours."""
        return self._client

    async def learn_client(self) -> None:
        """Ask the bus who is there."""
        reply = await self._bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="ListNames",
            )
        )
        assert reply is not None
        own = {self._bus.unique_name, "org.bluez", "org.freedesktop.DBus"}
        names = [name for name in reply.body[0] if name.startswith(":") and name not in own]
        self._client = max(names, key=lambda name: int(name.rpartition(".")[2]))


def value(data: bytes, device: str = "", **options: int) -> tuple[bytes, dict[str, Variant]]:
    """The body of a ``WriteValue``, by a client at the path ``device``."""
    who = {"device": Variant("o", device)} if device else {}
    return data, who | {name: Variant("q", number) for name, number in options.items()}
