"""The contract between Firstlight and a registry.

Everything that is stored is encrypted (``store.vault``), and everything acknowledged is on disk:
a write that returned outlives a power cut. All methods block; the daemon calls them from a thread.
They may be called from any thread, one at a time.

Every method raises ``StoreFailure`` when the database can't be reached, read or written.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import Certificate, CertificateEntry, Entry, Registered


class Registry(Protocol):
    """Controllers, clients and certificates."""

    def close(self) -> None:
        """Let go of the database."""
        ...

    def uuids(self, kind: RecordKind) -> tuple[str, ...]:
        """All of that kind, in the order of being added."""
        ...

    def get(self, kind: RecordKind, uuid: str) -> Entry:
        """That record. Raises ``NotFound``."""
        ...

    def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        """The record with that MAC address: one index look-up, however many there are."""
        ...

    def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """Add or replace. The MAC address is unique within the kind.

        ``expected``: the version that the caller saw, 0 for none; ``None`` to replace whatever is
        there. Raises ``Conflict`` for another version, or a MAC address that another record has.
        """
        ...

    def put_all(
        self,
        entries: Iterable[tuple[RecordKind, str, Record]],
        certificates: Iterable[Certificate] = (),
    ) -> None:
        """Add or replace all of them, or none; a few in memory at a time.

        MAC addresses may change hands within it. Raises ``Conflict`` as ``put``, and for a
        certificate that is there with another text.
        """
        ...

    def entries(self, kind: RecordKind, *, after: str = "", count: int = 100) -> tuple[Entry, ...]:
        """A page: at most ``count`` of that kind whose UUID comes after that one, by UUID."""
        ...

    def delete(self, kind: RecordKind, uuid: str) -> None:
        """Raises ``NotFound``."""
        ...

    def each(self, *kinds: RecordKind) -> Iterator[Entry]:
        """All of those kinds, one kind after another, of one moment, a few in memory at a time."""
        ...

    def everything(self) -> Iterator[Entry | Certificate]:
        """All records as ``each``, then all certificates with their texts, of one moment."""
        ...

    def macs(self) -> Iterator[Registered]:
        """Everybody who has a MAC address, of one moment, a few in memory at a time."""
        ...

    def certificates(self) -> tuple[CertificateEntry, ...]:
        """All certificates, by name."""
        ...

    def certificate(self, file: str) -> str:
        """Its PEM text. Raises ``NotFound``."""
        ...

    def add_certificate(self, file: str, pem: str) -> None:
        """Raises ``Conflict`` when there is one of that name."""
        ...

    def delete_certificate(self, file: str) -> None:
        """Raises ``NotFound``."""
        ...

    def designate(self, kind: RecordKind, file: str) -> None:
        """Make it *the* certificate for that kind, in place of any other. Raises ``NotFound``."""
        ...

    def designated(self, kind: RecordKind) -> CertificateEntry | None:
        """The certificate for that kind, if there is one."""
        ...

    def rotate(self, also: Callable[[], None] = lambda: None) -> Iterator[int]:
        """Seal everything with a new key, a batch a step; yields how many rows are done.

        Whatever else happens between two steps is fine, an end of the process included: asked
        again, it goes on where it was. ``also`` seals what is kept elsewhere with the same key; the
        old key is dropped after it. Raises ``StoreFailure``; the old key then stays.
        """
        ...
