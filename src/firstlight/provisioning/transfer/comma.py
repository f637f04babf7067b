"""CSV (RFC 4180) in and out, with a header line. A semicolon instead of the comma is fine, too."""

import csv
import re
from collections.abc import Iterator

from firstlight.errors import InvalidInput
from firstlight.model.registry import Entry
from firstlight.provisioning.transfer.columns import (
    COLUMNS,
    KIND,
    UUID,
    cells_of,
    fields_of,
    kind_of,
)
from firstlight.provisioning.transfer.reading import (
    Faults,
    FoundFile,
    Line,
    find_duplicates,
    record_of,
    uuid_of,
)

# With its end, whichever it is: a cell in quotes may hold one. str.splitlines knows too many.
_LINE = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")


def read_csv(text: bytes) -> FoundFile:
    """All records of the file. Faults are found, not raised."""
    faults, lines = Faults(), list[Line]()
    try:
        decoded = text.decode("utf-8-sig")
        lines.extend(_lines(decoded, faults))
    except UnicodeDecodeError as error:
        faults.add(text.count(b"\n", 0, error.start) + 1, "", "is not UTF-8 text")
    find_duplicates(lines, faults)
    return FoundFile(tuple(lines), (), tuple(faults.kept), faults.count)


def csv_header() -> bytes:
    """The first line of an export."""
    return _written(list(COLUMNS))


def csv_line(entry: Entry) -> bytes:
    """One record's line."""
    return _written(cells_of(entry))


def _lines(text: str, faults: Faults) -> Iterator[Line]:
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(_physical_lines(text), delimiter=delimiter, strict=True)
    ended, number = 0, 0
    try:
        header = [name.strip() for name in next(reader, list[str]())]
        if not _header_is_good(header, faults):
            return
        ended = reader.line_num
        for cells in reader:
            number, ended = ended + 1, reader.line_num
            if any(cells):
                yield from _line(number, header, cells, faults)
    except csv.Error as error:
        faults.add(max(reader.line_num, 1), "", f"is not CSV ({error})")


def _line(number: int, header: list[str], cells: list[str], faults: Faults) -> Iterator[Line]:
    if len(cells) > len(header):
        faults.add(number, "", f"has {len(cells)} cells, and the header has {len(header)}")
        return
    by_name = dict(zip(header, cells, strict=False))
    try:
        kind = kind_of(by_name.get(KIND, ""))
        uuid = uuid_of(by_name.get(UUID, "").strip())
        yield Line(number, kind, uuid, record_of(kind, fields_of(by_name)))
    except InvalidInput as error:
        faults.add(number, error.field, error.message.removeprefix(f"{error.field}: "))


def _header_is_good(header: list[str], faults: Faults) -> bool:
    before = faults.count
    for name in header:
        if name not in COLUMNS:
            faults.add(1, name, f"is not a known column; known: {', '.join(COLUMNS)}")
        elif header.count(name) > 1:
            faults.add(1, name, "stands in the header more than once")
    for name in (KIND, "name"):
        if name not in header:
            faults.add(1, name, "is missing in the header; it is required")
    return faults.count == before


def _physical_lines(text: str) -> Iterator[str]:
    return (found.group() for found in _LINE.finditer(text))


class _Echo:
    """What ``csv`` writes to; ``writerow`` returns what its ``write`` does."""

    def write(self, line: str) -> str:
        return line


_WRITER = csv.writer(_Echo(), quoting=csv.QUOTE_ALL, lineterminator="\r\n")


def _written(cells: list[str]) -> bytes:
    """Every cell in quotes, so that none falls apart where a semicolon parts cells."""
    return str(_WRITER.writerow(cells)).encode()
