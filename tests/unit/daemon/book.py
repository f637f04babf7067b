"""A registry in memory, for tests in which no time passes."""

from collections.abc import AsyncIterator, Callable

import msgspec

from firstlight.errors import Conflict, StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.model.records import Client, Controller, Record, RecordKind, mac_of
from firstlight.model.registry import ClientCa, Entry, Registered

LAMP_MAC = MacAddress("02:00:00:00:aa:01")
FAN_MAC = MacAddress("02:00:00:00:aa:02")
HOUSE_MAC = MacAddress("02:00:00:00:aa:03")
LAMP = "11111111-1111-4111-8111-111111111111"
FAN = "22222222-2222-4222-8222-222222222222"
HOUSE = "33333333-3333-4333-8333-333333333333"


class Book:
    """Satisfies ``daemon.provisioning.company.Records``."""

    def __init__(self, *entries: tuple[RecordKind, str, Record]) -> None:
        self.entries = {
            (kind, uuid): Entry(kind=kind, uuid=uuid, version=1, record=record)
            for kind, uuid, record in entries
        }
        self.ca: ClientCa | None = None
        self.broken = False
        self.meanwhile: Callable[[], None] = lambda: None

    async def registered(self) -> AsyncIterator[Registered]:
        self._check()
        for entry in self.entries.values():
            mac = mac_of(entry.record)
            if mac is not None:
                yield Registered(mac, entry.kind, entry.uuid, entry.record.name)

    async def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        self._check()
        found = (one for one in self.entries.values() if one.kind is kind)
        return next((one for one in found if mac_of(one.record) == mac), None)

    async def each(self, *kinds: RecordKind) -> AsyncIterator[Entry]:
        self._check()
        entries = tuple(self.entries.values())
        for kind in kinds:
            for entry in entries:
                if entry.kind is kind:
                    yield entry

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        self._check()
        before = self.entries.get((kind, uuid))
        version = before.version if before is not None else 0
        if expected not in {None, version}:
            raise Conflict("somebody was quicker")
        entry = Entry(kind=kind, uuid=uuid, version=version + 1, record=record)
        self.entries[kind, uuid] = entry
        return entry

    async def forget(self) -> None:
        self._check()
        self.entries.clear()

    async def client_ca(self) -> ClientCa | None:
        self._check()
        return self.ca

    def _check(self) -> None:
        self.meanwhile()
        if self.broken:
            raise StoreFailure("The registry can't be read.")


def household(*, ports: bool = True) -> Book:
    """A lamp and a fan, and the controller that they belong to."""
    house = {"name": "House", "mac": str(HOUSE_MAC)}
    ported = {"ports": {"1": {"id": "S22"}, "2": {"id": "S17"}}} if ports else {}
    return Book(
        (RecordKind.CLIENT, LAMP, Client(name="Lamp", id="S22", mac_address=str(LAMP_MAC))),
        (RecordKind.CLIENT, FAN, Client(name="Fan", id="S1", mac_address=str(FAN_MAC))),
        (RecordKind.CONTROLLER, HOUSE, msgspec.convert({**house, **ported}, Controller)),
    )
