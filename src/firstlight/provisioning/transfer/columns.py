"""The columns of a CSV file, and how a record lies in them.

``more`` takes as a JSON object what does not fit into a table: ``hids``, ``ports``, ``outputs``,
and an ``mqtt`` or ``wifi`` that was given with nothing in it.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from firstlight.errors import InvalidInput
from firstlight.model.records import RecordKind
from firstlight.model.registry import Entry
from firstlight.provisioning.transfer.cells import from_cell, to_cell

KIND, UUID, MORE = "kind", "uuid", "more"
FIELDS = (
    "name",
    "area",
    "id",
    "mac_address",
    "wifi.ssid",
    "wifi.password",
    "mqtt.host",
    "mqtt.port",
    "mqtt.username",
    "mqtt.password",
    "ota.url",
)
COLUMNS = (KIND, UUID, *FIELDS, MORE)

_NUMBERS = frozenset({"mqtt.port"})
_KINDS = {
    "controller": RecordKind.CONTROLLER,
    "controllers": RecordKind.CONTROLLER,
    "client": RecordKind.CLIENT,
    "clients": RecordKind.CLIENT,
}

Fields = dict[str, Any]


def kind_of(cell: str) -> RecordKind:
    """Raises ``InvalidInput``."""
    try:
        return _KINDS[cell.strip().lower()]
    except KeyError as error:
        raise InvalidInput(KIND, "must be one of: controllers, clients") from error


def fields_of(cells: Mapping[str, str]) -> Fields:
    """A record as plain data, from the cells of its line. Raises ``InvalidInput``."""
    found = _more(cells.get(MORE, ""))
    for column in FIELDS:
        text = from_cell(cells.get(column, ""))
        if text is None:
            continue
        outer, _, inner = column.partition(".")
        value = _number(column, text) if column in _NUMBERS else text
        if not inner:
            _put(found, outer, value, column)
        else:
            within = found.setdefault(outer, {})
            if not isinstance(within, dict):
                raise InvalidInput(f"{MORE}.{outer}", "must be an object")
            _put(cast("Fields", within), inner, value, column)
    return found


def cells_of(entry: Entry) -> list[str]:
    """An entry's cells, in the order of ``COLUMNS``."""
    rest: Fields = msgspec.to_builtins(entry.record)
    cells = [str(entry.kind), entry.uuid]
    for column in FIELDS:
        outer, _, inner = column.partition(".")
        if not inner:
            value = rest.pop(outer, None)
        else:
            within = rest.get(outer, {})
            value = within.pop(inner, None)
            if value is not None and not within:
                del rest[outer]
        cells.append(to_cell(None if value is None else str(value)))
    cells.append(msgspec.json.encode(rest).decode() if rest else "")
    return cells


def _put(fields: Fields, name: str, value: object, column: str) -> None:
    if name in fields:
        raise InvalidInput(column, f"stands in its own column and in {MORE}, too")
    fields[name] = value


def _number(column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004  far too many
        raise InvalidInput(column, "must be a whole number")
    return int(text)


def _more(cell: str) -> Fields:
    if not cell.strip():
        return {}
    try:
        return msgspec.json.decode(cell, type=Fields)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput(MORE, 'must be a JSON object like {"hids": {}}') from error
