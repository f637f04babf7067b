"""The contract between Firstlight and a Bluetooth adapter: one GATT service on the air."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec


class Characteristic(msgspec.Struct, frozen=True, kw_only=True):
    """One of a service. ``value``: what it holds at first."""

    uuid: str
    value: bytes = b""
    readable: bool = False
    writable: bool = False
    notifies: bool = False


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A primary GATT service, advertised with ``data`` under ``data_uuid``, and with a name.

    The name goes into the scan response: with a 128-bit UUID and six bytes of data, the 31 bytes of
    an advertisement are full.
    """

    uuid: str
    characteristics: tuple[Characteristic, ...]
    name: str
    data_uuid: str
    data: bytes


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a client has written.

    ``client`` tells it from others; empty where that is not told. ``mtu``: of its connection, in
    bytes; 0 where that is not told.
    """

    uuid: str
    data: bytes
    client: str = ""
    offset: int = 0
    mtu: int = 0


class OnAir(Protocol):
    """The service while clients can find it."""

    @property
    def adapter(self) -> str:
        """The adapter's name, such as ``hci0``."""
        ...

    def show(self, uuid: str, value: bytes) -> None:
        """A characteristic holds that from now on.

        Who has subscribed is notified, also of a value that is no other one.
        """
        ...

    def advertise(self, data: bytes) -> None:
        """Advertise that data from now on."""
        ...

    async def ended(self) -> str:
        """Returns once it is off the air by somebody else's doing: why, in a sentence."""
        ...


class Bluetooth(Protocol):
    """An adapter that a service can be put on."""

    def on_air(
        self, service: Service, written: Callable[[Written], None]
    ) -> AbstractAsyncContextManager[OnAir]:
        """The service, on the air until the context ends.

        Entering raises ``BluetoothUnavailable``: no daemon, no adapter, or one that refuses.
        """
        ...
