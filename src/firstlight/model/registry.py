"""What the registry holds and tells: entries, certificates, and what an import would do."""

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it is stored. ``version`` grows with every write: see ``Registry.put``."""

    kind: RecordKind
    uuid: str
    version: int
    record: Record


class Registered(msgspec.Struct, frozen=True):
    """Who a MAC address belongs to."""

    mac: MacAddress
    kind: RecordKind
    uuid: str
    name: str


class Certificate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate with its text, as an export carries it."""

    file: str
    pem: str
    controller: bool = False
    client: bool = False

    @property
    def designations(self) -> tuple[RecordKind, ...]:
        """The kinds that it is designated for."""
        switches = ((RecordKind.CONTROLLER, self.controller), (RecordKind.CLIENT, self.client))
        return tuple(kind for kind, on in switches if on)


class CertificateEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One stored certificate. ``size`` in bytes; the switches say what it is designated for."""

    file: str
    size: int
    controller: bool
    client: bool


class CertificateDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a certificate says of itself. Times in Unix ms; all empty for a PEM that is none.

    ``fingerprint``: SHA-256 of its DER form, upper-case pairs with colons.
    """

    file: str
    valid: bool
    subject: str = ""
    issuer: str = ""
    fingerprint: str = ""
    not_before: int | None = None
    not_after: int | None = None


class ClientCa(msgspec.Struct, frozen=True):
    """The designated client CA, as ``GET /api/provisioning/certs`` hands it out."""

    fingerprint: str
    pem: str


class ImportFault(msgspec.Struct, frozen=True):
    """What is wrong with one line (from 1, the header counted) of an import; 0 for all of it."""

    line: int
    field: str
    message: str


class ImportPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do. Where there are faults it does nothing at all.

    ``faults`` are the first hundred; ``more_faults`` counts the rest.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: tuple[ImportFault, ...] = ()
    more_faults: int = 0
