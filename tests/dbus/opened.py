"""A session on the private bus, with everything that it tells."""

from types import TracebackType
from typing import Any, Self

from firstlight.model.mac import MacAddress
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.session import Session


class OpenSession:
    """``async with OpenSession(address) as opened`` keeps ``opened.session`` open."""

    def __init__(self, address: str, interface: str = "") -> None:
        self.updates = 0
        self.states: list[tuple[DeviceState, StateReason]] = []
        self.links: list[dict[str, Any]] = []
        self.stations: list[tuple[MacAddress, bool]] = []
        self.session = Session(
            interface,
            on_update=self._updated,
            on_device_state=lambda new, reason: self.states.append((new, reason)),
            on_link=self.links.append,
            on_station=lambda mac, joined: self.stations.append((mac, joined)),
            bus_address=address,
        )

    def _updated(self) -> None:
        self.updates += 1

    async def __aenter__(self) -> Self:
        await self.session.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.session.close()
