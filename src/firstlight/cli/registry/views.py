"""The registry as tables. What somebody chose comes last in its row."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import cast

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstlight.cli.registry.asking import Fields
from firstlight.model.registry import CertificateDetails, CertificateEntry, ImportPreview
from firstlight.model.text import plain
from firstlight.model.wire import RegistryEntry

_KINDS = {"clients": "client", "controllers": "controller"}
_LATEST_MS = 253_402_300_799_000
_SOON_DAYS = 30


def records_table(entries: Iterable[RegistryEntry]) -> RenderableType:
    """One record a row. The UUID stands below the name: beside all the rest, 80 columns are few."""
    table = _table("Kind", "MAC address", "ID", fixed=3)
    table.add_column("Name, area, UUID", overflow="fold")
    for entry in entries:
        mac, own, area, name = (
            plain(str(entry.record.get(key, ""))) for key in ("mac_address", "id", "area", "name")
        )
        device = Text(", ".join(filter(None, (name, area))))
        device.append(f"\n{entry.uuid}", style="dim")
        table.add_row(_KINDS[entry.kind], Text(mac), Text(own), device)
    return table


def record_lines(kind: str, uuid: str, fields: Fields) -> RenderableType:
    """All of one record, a field a line."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    table.add_row("kind", _KINDS[kind])
    table.add_row("uuid", uuid)
    for path, value in _leaves(fields, ""):
        table.add_row(plain(path), Text(plain(value)))
    return table


def preview_lines(preview: ImportPreview) -> Iterator[str]:
    """What an import does, in a line."""
    yield (
        f"{preview.added} to add, {preview.changed} to change, {preview.unchanged} as they are, "
        f"{len(preview.faults) + preview.more_faults} wrong"
    )


def faults_table(preview: ImportPreview) -> RenderableType:
    """What is wrong, and where."""
    table = _table("Line", "Field", fixed=1)
    table.add_column("What is wrong", overflow="fold")
    for fault in preview.faults:
        line = str(fault.line) if fault.line else ""
        table.add_row(line, Text(plain(fault.field)), Text(plain(fault.message)))
    if preview.more_faults:
        table.add_row("", "", f"and {preview.more_faults} more")
    return table


def certificates_table(
    rows: Iterable[tuple[CertificateEntry, CertificateDetails]], *, now_ms: int
) -> RenderableType:
    """One certificate a line, with when it expires at Unix time ``now_ms``."""
    table = _table("For", "Expires", fixed=2)
    table.add_column("File", overflow="fold")
    for entry, details in rows:
        table.add_row(_designated(entry), _expiry(details, now_ms), Text(plain(entry.file)))
    return table


def certificate_lines(details: CertificateDetails, *, now_ms: int) -> RenderableType:
    """What one says of itself."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    table.add_row("File", Text(plain(details.file)))
    table.add_row("Expires", _expiry(details, now_ms))
    for label, value in (
        ("Valid from", "" if details.not_before is None else _date(details.not_before)),
        ("Subject", details.subject),
        ("Issuer", details.issuer),
        ("SHA-256", details.fingerprint),
    ):
        if value:
            table.add_row(label, Text(plain(value)))
    return table


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in cast("Fields", value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _leaves(inner, f"{path}[{index}]")
    else:
        yield path, value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _designated(entry: CertificateEntry) -> str:
    uses = (("controllers", entry.controller), ("clients", entry.client))
    return ", ".join(word for word, on in uses if on)


def _expiry(details: CertificateDetails, now_ms: int) -> Text:
    if details.not_after is None:
        return Text("no certificate", style="red")
    days = (details.not_after - now_ms) // 86_400_000
    date = _date(details.not_after)
    if days < 0:
        return Text(f"expired {date}", style="red")
    if days < _SOON_DAYS:
        return Text(f"{date}, in {days} days", style="yellow")
    return Text(date)


def _date(ms: int) -> str:
    return f"{datetime.fromtimestamp(min(ms, _LATEST_MS) / 1000, UTC):%Y-%m-%d}"


def _table(*columns: str, fixed: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        if index < fixed:
            table.add_column(column, no_wrap=True)
        else:
            table.add_column(column, overflow="fold")
    return table
