"""The registry as JSON: ``{"controllers": […], "clients": […]}``, each record with its ``uuid``.

An export also has ``certificates``, with their texts and what they are designated for.
"""

from collections.abc import Iterator

import msgspec

from firstlight.errors import InvalidInput
from firstlight.model.records import RecordKind
from firstlight.model.registry import Certificate, Entry
from firstlight.model.validation import converted
from firstlight.provisioning.transfer.reading import (
    Faults,
    FoundFile,
    Line,
    find_duplicates,
    record_of,
    uuid_of,
)

_BOM = "\ufeff".encode()
"""The byte order mark that some editors put in front of UTF-8."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    controllers: list[msgspec.Raw] = []
    clients: list[msgspec.Raw] = []
    certificates: list[msgspec.Raw] = []


def read_json(text: bytes) -> FoundFile:
    """All records of the file. Faults are found, not raised."""
    faults = Faults()
    text = text.removeprefix(_BOM)
    try:
        text.decode()  # what is kept as it came would only be found out later
        file = msgspec.json.decode(text, type=_File)
    except msgspec.ValidationError:
        message = "must be an object with the lists controllers, clients, and certificates"
        faults.add(0, "", message)
        return FoundFile((), (), tuple(faults.kept), faults.count)
    except UnicodeDecodeError as error:
        faults.add(text.count(b"\n", 0, error.start) + 1, "", "is not UTF-8 text")
        return FoundFile((), (), tuple(faults.kept), faults.count)
    except (msgspec.DecodeError, RecursionError) as error:
        faults.add(0, "", f"is not JSON ({error})")
        return FoundFile((), (), tuple(faults.kept), faults.count)
    lines = [
        *_lines(text, RecordKind.CONTROLLER, file.controllers, faults),
        *_lines(text, RecordKind.CLIENT, file.clients, faults),
    ]
    certificates = tuple(_certificates(text, file.certificates, faults))
    find_duplicates(lines, faults)
    return FoundFile(tuple(lines), certificates, tuple(faults.kept), faults.count)


def member(entry: Entry) -> bytes:
    """A record with its UUID, as a bundle and an export have it."""
    record = msgspec.json.encode(entry.record)
    return b'{"uuid":' + msgspec.json.encode(entry.uuid) + b"," + record[1:]


def _lines(
    text: bytes, kind: RecordKind, raws: list[msgspec.Raw], faults: Faults
) -> Iterator[Line]:
    for index, (number, raw) in enumerate(_numbered(text, raws)):
        try:
            value = _object(raw)
            uuid = uuid_of(value.pop("uuid", None))
            yield Line(number, kind, uuid, record_of(kind, value), f"{kind}[{index}]")
        except InvalidInput as error:
            _blame(faults, number, f"{kind}[{index}]", error)


def _object(raw: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(raw, type=dict[str, object])
    except msgspec.ValidationError as error:
        raise InvalidInput("", "must be an object") from error


def _certificates(text: bytes, raws: list[msgspec.Raw], faults: Faults) -> Iterator[Certificate]:
    for index, (number, raw) in enumerate(_numbered(text, raws)):
        try:
            yield converted(msgspec.json.decode(raw), Certificate)
        except InvalidInput as error:
            _blame(faults, number, f"certificates[{index}]", error)


def _blame(faults: Faults, line: int, where: str, error: InvalidInput) -> None:
    field = f"{where}.{error.field}" if error.field else where
    faults.add(line, field, error.message.removeprefix(f"{error.field}: "))


def _numbered(text: bytes, raws: list[msgspec.Raw]) -> Iterator[tuple[int, bytes]]:
    """Each part with the line it begins in. Parts of a list follow one another in the text."""
    position, number = 0, 1
    for one in raws:
        raw = bytes(one)
        found = text.find(raw, position)
        number += text.count(b"\n", position, found)
        yield number, raw
        number += raw.count(b"\n")
        position = found + len(raw)
