"""What is wrong with a file is told by line and field, and nothing is raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import InvalidInput
from firstlight.provisioning.transfer.bundle import read_json
from firstlight.provisioning.transfer.columns import COLUMNS
from firstlight.provisioning.transfer.comma import read_csv
from firstlight.provisioning.transfer.reading import FAULTS_SHOWN, Form, FoundFile, form_of

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"


def csv_faults(*lines: str, header: str = "kind,name,more,mqtt.port,mqtt.host,uuid") -> list[tuple]:
    return told(read_csv("\r\n".join([header, *lines]).encode()))


def told(found: FoundFile) -> list[tuple]:
    assert found.fault_count == len(found.faults)
    return [(one.line, one.field, one.message) for one in found.faults]


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        ("pumps,P", "kind", "must be one of: controllers, clients"),
        (",P", "kind", "must be one of: controllers, clients"),
        ("client,", "name", "is missing; it is required"),
        ('client,""""""', "name", "must not be empty"),
        ("client,P,{", "more", 'must be a JSON object like {"hids": {}}'),
        ("client,P,[1]", "more", 'must be a JSON object like {"hids": {}}'),
        ("client,P," + "[" * 3000, "more", 'must be a JSON object like {"hids": {}}'),
        ("client,P,,1.5", "mqtt.port", "must be a whole number"),
        ("client,P,,٣", "mqtt.port", "must be a whole number"),
        ("client,P,,1234567890", "mqtt.port", "must be a whole number"),
        ("client,P,,70000", "mqtt.port", "must be 1 to 65535"),
        ('client,P,"{""name"":""Q""}"', "name", "stands in its own column and in more, too"),
        (
            'client,P,"{""mqtt"":{""port"":1}}",2',
            "mqtt.port",
            "stands in its own column and in more, too",
        ),
        ('client,P,"{""mqtt"":7}",2', "more.mqtt", "must be an object"),
        ("client,P,,,,zz", "uuid", "must be a UUID like 0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"),
        ("client,P,,,,,,,", "", "has 9 cells, and the header has 6"),
        ('client,"P', "", "is not CSV (unexpected end of data)"),
    ],
)
def test_a_bad_line(line: str, field: str, message: str) -> None:
    [fault] = csv_faults("client,Good", line)
    assert fault[:2] == (3, field)
    assert message in fault[2]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'client,"P\r\nQ"\r\n\r\n,,,\r\npumps,P'
    [fault] = csv_faults(text)
    assert fault[0] == 6
    assert told(read_csv(b"kind,name\rclient,P\rpumps,P"))[0][0] == 3


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        ("", [("kind", "is missing"), ("name", "is missing")]),
        ("kind", [("name", "is missing")]),
        ("kind,name,name", [("name", "more than once"), ("name", "more than once")]),
        ("kind,name,colour", [("colour", f"known: {', '.join(COLUMNS)}")]),
    ],
)
def test_a_bad_header_is_told_and_nothing_else(header: str, faults: list[tuple[str, str]]) -> None:
    found = csv_faults("pumps,P,x", header=header)
    assert [(line, field) for line, field, _ in found] == [(1, field) for field, _ in faults]
    assert all(words in message for (*_, message), (_, words) in zip(found, faults, strict=True))


def test_semicolons_a_byte_order_mark_and_spaces_in_the_header_are_fine() -> None:
    found = read_csv(b"\xef\xbb\xbf kind ; name\nCLIENT ;a,b\n")
    assert [one.record.name for one in found.lines] == ["a,b"]
    assert found.faults == ()


def test_text_that_is_not_utf_8() -> None:
    assert told(read_csv(b"kind,name\nclient,\xff")) == [(2, "", "is not UTF-8 text")]


@pytest.mark.parametrize("where", ["controllers", "clients", "certificates"])
def test_json_that_is_not_utf_8(where: str) -> None:
    text = f'{{"{where}":[\n{{"name":"Caf'.encode() + b'\xe9"}]}'
    assert told(read_json(text)) == [(2, "", "is not UTF-8 text")]


def test_json_may_begin_with_a_byte_order_mark() -> None:
    found = read_json(b'\xef\xbb\xbf{"clients":[\n{"name":""}]}')
    assert [(line, field) for line, field, _ in told(found)] == [(2, "clients[0].name")]


def test_whoever_is_there_twice() -> None:
    header = "kind,uuid,name,mac_address"
    faults = csv_faults(
        f"client,{UUID},A,a1:b2:c3:d4:e5:f6",
        f"controller,{UUID},B,a1:b2:c3:d4:e5:f6",
        f"client,{UUID.upper()},C,A1B2C3D4E5F6",
        header=header,
    )
    assert faults == [
        (4, "uuid", "is the same as in line 2"),
        (4, "mac_address", "is the same as in line 2"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("[]", 0, "", "must be an object with the lists"),
        ('{"pumps":[]}', 0, "", "must be an object with the lists"),
        ("{", 0, "", "is not JSON"),
        ('"\\ud800"', 0, "", "is not JSON"),
        ('{"clients":[\n7]}', 2, "clients[0]", "must be an object"),
        ('{"clients":[{"name":"A"},\n{"name":""}]}', 2, "clients[1].name", "must not be empty"),
        ('{"clients":[{"name":"A","uuid":7}]}', 1, "clients[0].uuid", "must be a UUID"),
        ('{"certificates":[{"file":"a"}]}', 1, "certificates[0].pem", "is missing"),
        ('{"certificates":[7]}', 1, "certificates[0]", "must be an object"),
    ],
)
def test_bad_json(text: str, line: int, field: str, message: str) -> None:
    [fault] = told(read_json(text.encode()))
    assert fault[:2] == (line, field)
    assert message in fault[2]


def test_certificates_of_a_file() -> None:
    [one] = read_json(b'{"certificates":[{"file":"ca","pem":"x","client":true}]}').certificates
    assert (one.file, one.pem, one.controller, one.client) == ("ca", "x", False, True)


def test_the_first_hundred_faults_are_kept_and_the_rest_counted() -> None:
    found = read_csv(b"kind,name\n" + b"x,y\n" * (FAULTS_SHOWN + 5))
    assert (len(found.faults), found.fault_count) == (FAULTS_SHOWN, FAULTS_SHOWN + 5)


def test_forms() -> None:
    assert (form_of("csv"), form_of("json")) == (Form.CSV, Form.JSON)
    with pytest.raises(InvalidInput, match="must be one of: csv, json"):
        form_of("xml")


@given(st.binary(max_size=80) | st.text(st.sampled_from('kind,name;\r\n"{}[]:=')).map(str.encode))
def test_any_file_is_read_or_told(text: bytes) -> None:
    for read in (read_csv, read_json):
        found = read(text)
        assert found.fault_count >= len(found.faults)
        read_csv(b"kind,name,more\nclients," + text)
        read_json(b'{"clients":[' + text + b"]}")
