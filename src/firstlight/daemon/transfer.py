"""Import and export: what a file would change in a registry, and how that becomes a file."""

import uuid
from collections.abc import Iterator

import msgspec

from firstlight.daemon.certificates import checked_name, checked_pem, details
from firstlight.errors import Code, InvalidInput, NotFound
from firstlight.model.records import RecordKind, mac_of
from firstlight.model.registry import Certificate, Entry, ImportFault, ImportPreview
from firstlight.provisioning.transfer.bundle import member, read_json
from firstlight.provisioning.transfer.comma import csv_header, csv_line, read_csv
from firstlight.provisioning.transfer.reading import (
    FAULTS_SHOWN,
    Form,
    FoundFile,
    Line,
)
from firstlight.store.registry.port import Registry

LARGEST = 32 * 2**20
"""Bytes of a file to import."""

_CERTIFICATES = "certificates"
_LISTS = (*RecordKind, _CERTIFICATES)


def read(text: bytes, form: Form) -> FoundFile:
    """What the file says. Raises ``InvalidInput`` when it is too large to be looked at."""
    if len(text) > LARGEST:
        raise InvalidInput(
            "",
            f"The file is larger than {LARGEST // 2**20} MiB.",
            code=Code.BODY_TOO_LARGE,
            hint="Import it in parts.",
        )
    return read_csv(text) if form is Form.CSV else read_json(text)


def import_all(registry: Registry, found: FoundFile) -> None:
    """Import all of it, or nothing. Raises ``StoreFailure``, ``Conflict``.

    ``Conflict`` only for what changed since the file was compared, and found to have no fault.
    """
    registry.put_all(
        ((line.kind, line.uuid or str(uuid.uuid4()), line.record) for line in found.lines),
        found.certificates,
    )


def exported(registry: Registry, form: Form) -> Iterator[bytes]:
    """Everything of one moment, in pieces. CSV has no certificates. Raises ``StoreFailure``."""
    if form is Form.CSV:
        yield csv_header()
        yield from map(csv_line, registry.each(*RecordKind))
    else:
        yield from _lists(registry.everything())


def _lists(everything: Iterator[Entry | Certificate]) -> Iterator[bytes]:
    """An object with all three lists, empty or not, each member in a line of its own."""
    at, separator = 0, b"\n"
    yield _opening(b"{", _LISTS[at])
    for one in everything:
        belongs = _LISTS.index(one.kind if isinstance(one, Entry) else _CERTIFICATES)
        while at < belongs:
            at, separator = at + 1, b"\n"
            yield _opening(b"],\n", _LISTS[at])
        yield separator + (member(one) if isinstance(one, Entry) else msgspec.json.encode(one))
        separator = b",\n"
    for name in _LISTS[at + 1 :]:
        yield _opening(b"],\n", name)
    yield b"]}\n"


def _opening(before: bytes, name: str) -> bytes:
    return before + b'"' + name.encode() + b'":['


class Comparison:
    """A file beside what is stored: first all ``steps``, then the ``preview``."""

    def __init__(self, found: FoundFile) -> None:
        self._found = found
        self._faults = list(found.faults)
        self._count = found.fault_count
        self._named = {(line.kind, line.uuid) for line in found.lines if line.uuid}
        self._designated: dict[RecordKind, str] = {}
        self._added = self._changed = self._unchanged = 0

    def steps(self, registry: Registry) -> Iterator[None]:
        """One step for each record and certificate. Raises ``StoreFailure``."""
        for line in self._found.lines:
            yield self._compare(registry, line)
        for certificate in self._found.certificates:
            yield self._compare_certificate(registry, certificate)

    def preview(self) -> ImportPreview:
        """What importing it would do."""
        shown = tuple(self._faults[:FAULTS_SHOWN])
        return ImportPreview(
            added=self._added,
            changed=self._changed,
            unchanged=self._unchanged,
            faults=shown,
            more_faults=self._count - len(shown),
        )

    def _compare(self, registry: Registry, line: Line) -> None:
        try:
            same = line.uuid and registry.get(line.kind, line.uuid).record == line.record
        except NotFound:
            self._added += 1
        else:
            if not line.uuid:
                self._added += 1
            elif same:
                self._unchanged += 1
                return
            else:
                self._changed += 1
        mac = mac_of(line.record)
        owner = None if mac is None else registry.find(line.kind, mac)
        # Whoever is in the file, too, gets its address from there.
        if owner and owner.uuid != line.uuid and (owner.kind, owner.uuid) not in self._named:
            self._fault(line.number, line.field("mac_address"), f"belongs to {owner.uuid} already")

    def _compare_certificate(self, registry: Registry, certificate: Certificate) -> None:
        where = f"certificates.{certificate.file}"
        try:
            checked_name(certificate.file)
            checked_pem(certificate.pem.encode())
            if certificate.designations and not details(certificate.file, certificate.pem).valid:
                self._fault(0, where, "is designated, and is no X.509 certificate")
            stored = registry.certificate(certificate.file)
        except NotFound:
            self._added += 1
        except InvalidInput as error:
            self._fault(0, where, error.message)
        else:
            if self._newly_designated(registry, certificate):
                self._changed += 1
            else:
                self._unchanged += 1
            if stored != certificate.pem:
                self._fault(0, where, "there is another certificate of that name already")
        for kind in certificate.designations:
            if (first := self._designated.setdefault(kind, certificate.file)) != certificate.file:
                self._fault(0, where, f"is designated for {kind}, and so is {first}")

    def _newly_designated(self, registry: Registry, certificate: Certificate) -> bool:
        """Whether devices would be handed this one, and are handed another one or none now."""
        now = {kind: registry.designated(kind) for kind in certificate.designations}
        return any(entry is None or entry.file != certificate.file for entry in now.values())

    def _fault(self, line: int, field: str, message: str) -> None:
        self._count += 1
        self._faults.append(ImportFault(line, field, message))
