"""What an import's file says, and every fault in it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from firstlight.errors import InvalidInput
from firstlight.model.records import TYPE_OF, Record, RecordKind, Uuid, mac_of
from firstlight.model.registry import Certificate, ImportFault
from firstlight.model.validation import converted

FAULTS_SHOWN = 100


class Form(StrEnum):
    """What a file is written in."""

    CSV = "csv"
    JSON = "json"


class Line(NamedTuple):
    """One record of the file, in that line; ``uuid`` is empty where a new one is wanted.

    ``path``: where it stands in JSON, as many records may stand in one line there.
    """

    number: int
    kind: RecordKind
    uuid: str
    record: Record
    path: str = ""

    def field(self, name: str) -> str:
        """A field of it, as a fault names it."""
        return f"{self.path}.{name}" if self.path else name

    @property
    def name(self) -> str:
        """What another record's fault calls it."""
        return self.path or f"line {self.number}"


class FoundFile(NamedTuple):
    """All that could be read, and what is wrong: at most a hundred faults of ``fault_count``."""

    lines: tuple[Line, ...]
    certificates: tuple[Certificate, ...]
    faults: tuple[ImportFault, ...]
    fault_count: int


class Faults:
    """Keeps the first hundred, and counts."""

    def __init__(self) -> None:
        self.kept: list[ImportFault] = []
        self.count = 0

    def add(self, line: int, field: str, message: str) -> None:
        """``line`` counted from 1; 0 for the whole file."""
        self.count += 1
        if len(self.kept) < FAULTS_SHOWN:
            self.kept.append(ImportFault(line, field, message))


def form_of(text: str) -> Form:
    """Raises ``InvalidInput`` for a form that there is none of."""
    try:
        return Form(text)
    except ValueError as error:
        allowed = ", ".join(Form)
        raise InvalidInput("form", f"must be one of: {allowed}") from error


def record_of(kind: RecordKind, value: object) -> Record:
    """A record from plain data. Raises ``InvalidInput`` naming the field."""
    return converted(value, TYPE_OF[kind])


def uuid_of(value: object) -> str:
    """In lower case; empty for none. Raises ``InvalidInput``."""
    if value is None or value == "":
        return ""
    try:
        return str(msgspec.convert(value, Uuid)).lower()
    except msgspec.ValidationError as error:
        raise InvalidInput(
            "uuid", "must be a UUID like 0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01, or be left out"
        ) from error


def find_duplicates(lines: Iterable[Line], faults: Faults) -> None:
    """Whoever has a UUID, or a MAC address, that somebody before has within its kind."""
    uuids: dict[tuple[RecordKind, str], Line] = {}
    macs: dict[tuple[RecordKind, str], Line] = {}
    for line in lines:
        if line.uuid:
            first = uuids.setdefault((line.kind, line.uuid), line)
            if first is not line:
                faults.add(line.number, line.field("uuid"), f"is the same as in {first.name}")
        mac = mac_of(line.record)
        if mac is not None:
            first = macs.setdefault((line.kind, mac), line)
            if first is not line:
                faults.add(
                    line.number, line.field("mac_address"), f"is the same as in {first.name}"
                )
