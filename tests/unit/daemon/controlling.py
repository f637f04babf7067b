"""A controller with a household, in the hands of a test."""

from pathlib import Path

from tests.unit.daemon.book import Book
from tests.unit.daemon.lamp import Lamp

from firstlight.config import Config
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd, ModeState
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.world import World
from firstlight.web.registry_service import ClaimDesk

HOME = b"HomeNet"
STRANGER = MacAddress("02:00:00:00:ff:ff")


class Controlling(Lamp):
    """A controller with a household, and a desk that the test stands at."""

    def __init__(
        self, folder: Path, around: World, records: Book, config: Config | None = None
    ) -> None:
        self.book = records
        self.desk: ClaimDesk | None = None
        self.closed = 0
        super().__init__(folder, around, config, records=records, open_door=self._open)

    async def _open(self, _softap: object, desk: ClaimDesk):
        self.desk = desk

        async def close() -> None:
            self.closed += 1

        return close

    @property
    def mode(self):
        return self.device.provisioning_mode

    @property
    def here(self) -> ClaimDesk:
        assert self.desk is not None
        return self.desk

    def comes(self, mac: MacAddress) -> str:
        assert isinstance(self.radio, SimulatedRadio)
        address = self.radio.visit(mac)
        assert address
        return address

    async def on(self, *, force: bool = False) -> None:
        await self.do(self.mode.switch_on(force=force))
        await self.wait(lambda: self.mode.session().state is ModeState.ACTIVE)

    async def off(self) -> None:
        await self.wait(lambda: self.mode.session().state is ModeState.OFF)

    def end(self) -> ModeEnd | None:
        ended = self.mode.session().ended
        return ended.reason if ended is not None else None
