"""Whatever record there is, it comes back from CSV and from JSON as it was."""

import csv
import io
import string
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstlight.model.mac import MacAddress
from firstlight.model.records import (
    TYPE_OF,
    Channel,
    ChannelAction,
    ChannelType,
    Client,
    Controller,
    Hid,
    Mqtt,
    Ota,
    Output,
    OutputType,
    Port,
    PortAction,
    Record,
    RecordKind,
    Wifi,
)
from firstlight.model.registry import Entry
from firstlight.provisioning.transfer.bundle import member, read_json
from firstlight.provisioning.transfer.cells import from_cell, to_cell
from firstlight.provisioning.transfer.columns import cells_of, fields_of
from firstlight.provisioning.transfer.comma import COLUMNS, csv_header, csv_line, read_csv
from firstlight.provisioning.transfer.reading import record_of

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '"=1"', "'=1", "''-", "'", "''", '""')


def text(least: int, most: int) -> st.SearchStrategy[str]:
    anything = st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)
    fitting = [one for one in FORMULAS if least <= len(one) <= most]
    return anything | st.sampled_from(fitting) if fitting else anything


def struct(kind: type, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """With any of the fields left out; those in capitals are always there."""
    always = {name.lower(): one for name, one in fields.items() if name.isupper()}
    maybe = {name: one for name, one in fields.items() if not name.isupper()}
    return st.fixed_dictionaries(always, optional=maybe).map(lambda given: kind(**given))


LABEL, SHORT = text(0, 20), text(1, 8)
MACS = st.binary(min_size=6, max_size=6).map(lambda raw: str(MacAddress.from_bytes(raw)))
UUIDS = st.uuids().map(str)
SMALL = st.integers(1, 99999).map(str)
CHANNEL = struct(
    Channel,
    type=st.sampled_from(ChannelType),
    enabled=st.booleans(),
    actions=st.lists(
        struct(ChannelAction, ACTION=st.sampled_from(PortAction), OUTPUT=st.integers(1, 9)),
        max_size=2,
    ).map(tuple),
)
ONE_TO_SIX = st.integers(1, 6).map(str)
PORT = struct(
    Port,
    ID=SHORT,
    name=LABEL,
    offset=st.integers(0, 99),
    clientUUID=UUIDS,
    channels=st.dictionaries(ONE_TO_SIX, CHANNEL, max_size=2),
)
OUTPUT = struct(
    Output,
    ID=SHORT,
    area=LABEL,
    type=st.sampled_from(OutputType),
    start_brightness=st.integers(5, 100),
    relay_model=text(0, 64),
)
HID = struct(
    Hid,
    color=text(1, 20),
    tags=st.lists(text(1, 20), max_size=2).map(tuple),
    defaultBrightness=st.integers(1, 100),
)
OTA = struct(Ota, URL=text(1, 128))
MQTT = struct(
    Mqtt,
    host=text(1, 64),
    port=st.integers(1, 65535),
    username=text(1, 64),
    password=text(1, 64),
)
WIFI = struct(
    Wifi,
    ssid=text(1, 32).filter(lambda one: len(one.encode()) <= 32),
    password=st.text(string.printable[:95], min_size=8, max_size=63),
)
CONTROLLERS = struct(
    Controller,
    NAME=text(1, 20),
    area=LABEL,
    mac_address=MACS,
    ports=st.dictionaries(SMALL, PORT, max_size=2),
    outputs=st.dictionaries(SMALL, OUTPUT, max_size=2),
    ota=OTA,
    mqtt=MQTT,
)
CLIENTS = struct(
    Client,
    NAME=text(1, 20),
    id=SHORT,
    area=LABEL,
    mac_address=MACS,
    hids=st.dictionaries(ONE_TO_SIX, HID, max_size=2),
    ota=OTA,
    mqtt=MQTT,
    wifi=WIFI,
)


def entry_of(uuid: UUID, record: object) -> Entry:
    assert isinstance(record, Controller | Client)
    kind = RecordKind.CLIENT if isinstance(record, Client) else RecordKind.CONTROLLER
    return Entry(kind=kind, uuid=str(uuid), version=1, record=record)


ENTRIES = st.builds(entry_of, st.uuids(), CONTROLLERS | CLIENTS)


def listed(entries: list[Entry]) -> bytes:
    parts = (
        f'"{kind}":['.encode()
        + b",\n".join(member(one) for one in entries if one.kind is kind)
        + b"]"
        for kind in RecordKind
    )
    return b"{" + b",".join(parts) + b"}"


def in_one_file(entries: list[Entry]) -> list[Entry]:
    """Those that may stand in one: no UUID and no MAC address twice."""
    uuids = {one.uuid: one for one in entries}
    macs = {one.record.mac_address or one.uuid: one for one in uuids.values()}
    return list(macs.values())


def plain(lines) -> dict[str, tuple[RecordKind, Record]]:
    return {one.uuid: (one.kind, one.record) for one in lines}


@settings(max_examples=40)
@given(st.lists(ENTRIES, max_size=4).map(in_one_file))
def test_csv(entries: list[Entry]) -> None:
    found = read_csv(csv_header() + b"".join(map(csv_line, entries)))
    assert found.faults == ()
    assert plain(found.lines) == plain(entries)


@settings(max_examples=40)
@given(st.lists(ENTRIES, max_size=4).map(in_one_file))
def test_json(entries: list[Entry]) -> None:
    found = read_json(listed(entries))
    assert found.faults == ()
    assert plain(found.lines) == plain(entries)


@settings(max_examples=40)
@given(ENTRIES)
def test_a_record_comes_back_as_it_came(entry: Entry) -> None:
    """What was not given stays absent: the same text goes out again."""
    once = msgspec.json.encode(entry.record)
    assert msgspec.json.encode(msgspec.json.decode(once, type=TYPE_OF[entry.kind])) == once
    assert record_of(entry.kind, msgspec.to_builtins(entry.record)) == entry.record


@pytest.mark.attack(
    "A name that a spreadsheet runs as a formula",
    guard="a mark before whatever begins like one",
)
@settings(max_examples=40)
@given(ENTRIES)
def test_no_cell_is_a_formula(entry: Entry) -> None:
    [cells] = csv.reader(io.StringIO(csv_line(entry).decode(), newline=""), strict=True)
    assert cells == cells_of(entry)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)
    fields = fields_of(dict(zip(COLUMNS, cells, strict=True)))
    assert record_of(entry.kind, fields) == entry.record


@pytest.mark.unguarded("A name that a spreadsheet runs as a formula")
@settings(max_examples=10)
@given(ENTRIES)
def test_without_its_mark_a_formula_would_run(entry: Entry) -> None:
    formula = msgspec.structs.replace(
        entry, record=msgspec.structs.replace(entry.record, name="=1")
    )
    cells = cells_of(formula)
    assert cells[2] == "'=1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("firstlight.provisioning.transfer.cells._needs_mark", lambda _: False)
        assert cells_of(formula)[2] == "=1"


@given(st.none() | st.text() | st.sampled_from(FORMULAS))
def test_cells(value: str | None) -> None:
    assert from_cell(to_cell(value)) == value


@given(st.text(st.sampled_from('a\r\n",;\u2028\x0b'), max_size=12))
def test_lines_end_where_the_csv_module_lets_them_end(content: str) -> None:
    """As ``io.StringIO`` parts them, which the csv module's own documentation asks for."""
    from firstlight.provisioning.transfer.comma import _physical_lines

    assert list(_physical_lines(content)) == list(io.StringIO(content, newline=""))
