"""The registry, and Provisioning Mode, as the web layer is handed them by the daemon."""

from collections.abc import AsyncIterator
from typing import Protocol

from firstlight.model.provisioning_mode import ModeAnswer, ModeSession
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import (
    CertificateDetails,
    CertificateEntry,
    ClientCa,
    Entry,
    ImportPreview,
)


class RegistryService(Protocol):
    """Controllers, clients and certificates. All may raise ``StoreFailure``."""

    async def uuids(self, kind: RecordKind) -> tuple[str, ...]:
        """All of that kind."""
        ...

    async def entries(self, kind: RecordKind, *, after: str = "", count: int = 100) -> list[Entry]:
        """A page of them, in order, after that UUID."""
        ...

    async def get(self, kind: RecordKind, uuid: str) -> Entry:
        """Raises ``NotFound``."""
        ...

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """Add or replace. Raises ``Conflict`` (MAC address taken, or another version)."""
        ...

    async def delete(self, kind: RecordKind, uuid: str) -> None:
        """Raises ``NotFound``."""
        ...

    async def certificates(self) -> tuple[CertificateEntry, ...]:
        """All of them."""
        ...

    async def certificate(self, file: str) -> str:
        """PEM text. Raises ``NotFound``."""
        ...

    async def certificate_details(self, file: str) -> CertificateDetails:
        """What it says of itself. Raises ``NotFound``."""
        ...

    async def add_certificate(self, file: str, pem: bytes) -> None:
        """Raises ``InvalidInput`` (name over 31 characters), ``Conflict`` (there is one)."""
        ...

    async def delete_certificate(self, file: str) -> None:
        """Raises ``NotFound``."""
        ...

    async def designate(self, kind: RecordKind, file: str) -> None:
        """Raises ``NotFound``, ``InvalidInput`` for a PEM that is no certificate."""
        ...

    async def preview_import(self, text: bytes, form: str) -> ImportPreview:
        """What importing that would do. ``form``: ``csv`` or ``json``."""
        ...

    async def import_all(self, text: bytes, form: str) -> ImportPreview:
        """Import all of it, or nothing where the preview has faults."""
        ...

    async def rotate_key(self) -> int:
        """Encrypt everything with a new key; returns how many rows that were."""
        ...

    def export(self, form: str) -> AsyncIterator[bytes]:
        """Everything, piece by piece, in a form that ``import_all`` takes."""
        ...


class ProvisioningModeService(Protocol):
    """Provisioning Mode, for those who are signed in."""

    def answer(self) -> ModeAnswer:
        """As ``GET /api/provisioning`` tells it."""
        ...

    def session(self) -> ModeSession:
        """All of it."""
        ...

    async def switch_on(self, *, force: bool = False) -> None:
        """Accept the wish; how it goes is told by events. Fine if it is on already.

        Raises ``RadioUnavailable``, ``Busy`` (stopping, or a join under way).
        """
        ...

    async def switch_off(self) -> None:
        """Accept the wish; fine if it is off already."""
        ...


class ClaimDesk(Protocol):
    """What is handed out inside the SoftAP.

    ``caller`` is the peer's address there; whose MAC address that is, the desk finds out itself.
    ``claimed`` is the MAC address that the request's header claims, as it was sent. Every method
    raises, in this order: ``Busy`` (code ``provisioning_inactive``, a 409), ``Unauthorized`` (401:
    headers, MAC address, nonce), ``NotFound`` (404).
    """

    async def nonce(self, caller: str) -> int:
        """A new nonce for the caller; its last one is no longer good."""
        ...

    async def client(self, caller: str, claimed: str | None, nonce: str | None) -> Entry:
        """The caller's own record; the nonce dies with it."""
        ...

    async def controller(
        self, caller: str, claimed: str | None, nonce: str | None, uuid: str | None
    ) -> AsyncIterator[bytes]:
        """The whole bundle as JSON, piece by piece, of one moment; the nonce dies with it."""
        ...

    async def certs(self, caller: str, claimed: str | None) -> ClientCa:
        """The client CA. Raises ``InvalidInput`` (400) without a header."""
        ...
