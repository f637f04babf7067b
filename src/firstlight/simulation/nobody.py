"""A registry in which nobody is registered: what a simulated year needs of one."""

from collections.abc import AsyncIterator

from firstlight.errors import NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import ClientCa, Entry, Registered


class Nobody:
    """Satisfies ``daemon.provisioning.company.Records``."""

    async def registered(self) -> AsyncIterator[Registered]:
        """Nobody."""
        for one in ():
            yield one

    async def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        """Nobody."""
        return None

    async def each(self, kind: RecordKind) -> AsyncIterator[Entry]:
        """Nobody."""
        for one in ():
            yield one

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """Nothing is kept here."""
        raise NotFound("There is no registry here.")

    async def forget(self) -> None:
        """There is nothing to forget."""

    async def client_ca(self) -> ClientCa | None:
        """None."""
        return None
