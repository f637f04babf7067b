"""A Bluetooth adapter in memory, and a client that knows the protocol's bytes alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from firstlight.bluetooth.port import Service, Written
from firstlight.core.improv import protocol
from firstlight.core.improv.protocol import Rpc
from firstlight.errors import BluetoothUnavailable


class FakeAir:
    """The service on the air. ``values``: what a client would read; ``told``: notifications."""

    def __init__(self, service: Service, written: Callable[[Written], None]) -> None:
        self.service, self._written = service, written
        self.values = {one.uuid: one.value for one in service.characteristics}
        self.told: list[tuple[str, bytes]] = []
        self.data = service.data
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def adapter(self) -> str:
        return "hci0"

    def show(self, uuid: str, value: bytes) -> None:
        self.values[uuid] = value
        self.told.append((uuid, value))

    def advertise(self, data: bytes) -> None:
        self.data = data

    async def ended(self) -> str:
        return await self.over

    def write(
        self,
        data: bytes,
        *,
        mtu: int = 247,
        uuid: str = protocol.RPC_COMMAND,
        client: str = "phone",
    ) -> None:
        """As a client."""
        self._written(Written(uuid=uuid, data=data, mtu=mtu, client=client))

    def ask(self, rpc: Rpc, *strings: bytes, mtu: int = 247) -> None:
        """A command; it has the form of a result."""
        self.write(protocol.result(rpc, strings), mtu=mtu)

    @property
    def state(self) -> int:
        return self.values[protocol.CURRENT_STATE][0]

    @property
    def fault(self) -> int:
        return self.values[protocol.ERROR_STATE][0]

    @property
    def answer(self) -> tuple[bytes, ...]:
        return protocol.read(self.values[protocol.RPC_RESULT]).strings


class FakeBluetooth:
    """``air`` is what is on the air just now; ``refuses``: why nothing can be."""

    def __init__(self) -> None:
        self.air: FakeAir | None = None
        self.refuses = ""
        self.times = 0

    @asynccontextmanager
    async def on_air(
        self, service: Service, written: Callable[[Written], None]
    ) -> AsyncIterator[FakeAir]:
        self.times += 1
        if self.refuses:
            raise BluetoothUnavailable(self.refuses)
        self.air = FakeAir(service, written)
        try:
            yield self.air
        finally:
            self.air = None
