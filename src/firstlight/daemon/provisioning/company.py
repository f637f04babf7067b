"""Who Provisioning Mode works with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, Protocol

from firstlight.clock import Clock
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.recovery import Recovery
from firstlight.daemon.tasks import Tasks
from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import ClientCa, Entry, Registered
from firstlight.model.softap import SoftAp
from firstlight.radio.port import Radio
from firstlight.web.registry_service import ClaimDesk

Close = Callable[[], Awaitable[None]]
"""Serves no more."""

OpenDoor = Callable[[SoftAp, ClaimDesk], Awaitable[Close]]
"""Serve a desk to whoever comes over that SoftAP, and to nobody else."""


class Records(Protocol):
    """What is asked of the registry. All may raise ``StoreFailure``."""

    def registered(self) -> AsyncIterator[Registered]:
        """Everybody who has a MAC address, of one moment."""
        ...

    async def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        """The record with that MAC address."""
        ...

    def each(self, kind: RecordKind) -> AsyncIterator[Entry]:
        """All of that kind, of one moment, a few in memory at a time."""
        ...

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """Add or replace. Raises ``Conflict``."""
        ...

    async def forget(self) -> None:
        """Remove everything that is kept on this device."""
        ...

    async def client_ca(self) -> ClientCa | None:
        """The certificate for clients, if one is designated."""
        ...


class Company(NamedTuple):
    """``check_idle`` raises ``Busy`` while the radio is at something else."""

    radio: Radio
    clock: Clock
    records: Records
    hotspot: HotspotKeeper
    recovery: Recovery
    announce: Announcer
    tasks: Tasks
    open_door: OpenDoor
    check_idle: Callable[[], None]
