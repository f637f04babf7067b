"""Every limit of a record's fields, from both sides; what is refused is told by its field."""

from typing import Any

import msgspec
import pytest

from firstlight.errors import InvalidInput
from firstlight.model.mac import MacAddress
from firstlight.model.records import TYPE_OF, Client, Controller, RecordKind, Wifi, mac_of
from firstlight.model.validation import converted, decoded

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
MAC = "a1:b2:c3:d4:e5:f6"
CONTROLLER, CLIENT = RecordKind.CONTROLLER, RecordKind.CLIENT


def nested(path: str, value: object) -> dict[str, object]:
    """A record in which that value stands there; list items are numbers in the path."""
    first, _, rest = path.partition(".")
    if not rest:
        return {first: value}
    inner: object = nested(rest, value)
    if rest.split(".")[0] == "[]":
        inner = [nested(rest[3:], value) if len(rest) > 2 else value]
    return {first: inner}


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """``other`` wins; what is an object in both is merged."""
    result = dict(one)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def record(path: str, value: object) -> dict[str, Any]:
    """With what is required beside it."""
    required: dict[str, Any] = {"name": "N"}
    parts = path.split(".")
    if parts[0] in {"ports", "outputs"} and len(parts) > 2:
        required[parts[0]] = {parts[1]: {"id": "i"}}
    given = nested(path, value)
    return merged(required, given)


TEXTS = [
    # kind, path, least, most
    (CONTROLLER, "name", 1, 20),
    (CONTROLLER, "area", 0, 20),
    (CONTROLLER, "ports.1.id", 1, 8),
    (CONTROLLER, "ports.1.name", 0, 20),
    (CONTROLLER, "outputs.1.id", 1, 8),
    (CONTROLLER, "outputs.1.name", 0, 20),
    (CONTROLLER, "outputs.1.area", 0, 20),
    (CONTROLLER, "outputs.1.icon", 0, 64),
    (CONTROLLER, "outputs.1.relay_manufacturer", 0, 64),
    (CONTROLLER, "outputs.1.relay_model", 0, 64),
    (CONTROLLER, "ota.url", 1, 128),
    (CONTROLLER, "mqtt.host", 1, 64),
    (CLIENT, "name", 1, 20),
    (CLIENT, "id", 1, 8),
    (CLIENT, "area", 0, 20),
    (CLIENT, "hids.1.color", 1, 20),
    (CLIENT, "ota.url", 1, 128),
    (CLIENT, "mqtt.host", 1, 64),
    (CLIENT, "mqtt.username", 1, 64),
    (CLIENT, "mqtt.password", 1, 64),
    (CLIENT, "wifi.ssid", 1, 32),
    (CLIENT, "wifi.password", 8, 63),
]

NUMBERS = [
    # kind, path, least, most
    (CLIENT, "mqtt.port", 1, 65535),
    (CLIENT, "hids.1.defaultBrightness", 1, 100),
    (CONTROLLER, "mqtt.port", 1, 65535),
    (CONTROLLER, "outputs.1.start_brightness", 5, 100),
    (CONTROLLER, "ports.1.offset", 0, None),
]

WORDS = [
    (CONTROLLER, "outputs.1.type", ("BINARY", "VARIABLE")),
    (CONTROLLER, "ports.1.channels.1.type", ("NORMALLY_OPEN", "NORMALLY_CLOSED")),
]


def refused(kind: RecordKind, value: object) -> InvalidInput:
    """In the same words, whether it comes as JSON or as plain data."""
    with pytest.raises(InvalidInput) as error:
        converted(value, TYPE_OF[kind])
    with pytest.raises(InvalidInput) as again:
        decoded(msgspec.json.encode(value), TYPE_OF[kind])
    assert (error.value.field, error.value.message) == (again.value.field, again.value.message)
    return error.value


def accepted(kind: RecordKind, value: object) -> Any:
    found = converted(value, TYPE_OF[kind])
    assert decoded(msgspec.json.encode(value), TYPE_OF[kind]) == found
    return found


@pytest.mark.parametrize(("kind", "path", "least", "most"), TEXTS)
def test_texts(kind: RecordKind, path: str, least: int, most: int) -> None:
    for length in {least, max(least, 1), most}:
        value = record(path, "x" * length)
        assert msgspec.to_builtins(accepted(kind, value)) == value
    for length in {most + 1, least - 1} - {-1}:
        error = refused(kind, record(path, "x" * length))
        assert error.field == path
        assert "must" in error.message
    for value in (7, None, ["x"], {}):
        error = refused(kind, record(path, value))
        assert error.field == path


@pytest.mark.parametrize(("kind", "path", "least", "most"), NUMBERS)
def test_numbers(kind: RecordKind, path: str, least: int, most: int | None) -> None:
    for number in (least, least + 1, most or 10**6):
        value = record(path, number)
        assert msgspec.to_builtins(accepted(kind, value)) == value
    beyond = [least - 1] if most is None else [least - 1, most + 1, 10**30]
    for number in (*beyond, "1", 1.5, True, None):
        assert refused(kind, record(path, number)).field == path


@pytest.mark.parametrize(("kind", "path", "words"), WORDS)
def test_words(kind: RecordKind, path: str, words: tuple[str, ...]) -> None:
    for word in words:
        accepted(kind, record(path, word))
    for word in (words[0].lower(), "", "NONE"):
        error = refused(kind, record(path, word))
        assert error.field == path
        assert error.message.endswith(f"must be one of: {', '.join(words)}")


@pytest.mark.parametrize("path", ["ports.1.channels.1.enabled", "outputs.1.enabled"])
def test_switches(path: str) -> None:
    accepted(CONTROLLER, record(path, False))
    for value in (0, "true", None):
        error = refused(CONTROLLER, record(path, value))
        assert (error.field, "true or false" in error.message) == (path, True)


@pytest.mark.parametrize(
    "action",
    ["INCREASE", "INCREASE_MAXIMUM", "DECREASE", "DECREASE_MAXIMUM", "TOGGLE"],
)
def test_actions(action: str) -> None:
    one = {"action": action, "change_state": "LONG", "output": 1}
    accepted(CONTROLLER, record("ports.1.channels.6.actions", [one]))
    bad = ({"action": "JUMP"}, {"change_state": "EVER"}, {"output": 0})
    for wrong in bad:
        error = refused(CONTROLLER, record("ports.1.channels.6.actions", [one | wrong]))
        [name] = wrong
        assert error.field == f"ports.1.channels.6.actions[0].{name}"
    for missing in ("action", "output"):
        given = {name: value for name, value in one.items() if name != missing}
        error = refused(CONTROLLER, record("ports.1.channels.6.actions", [given]))
        assert error.field == f"ports.1.channels.6.actions[0].{missing}"


def test_tags() -> None:
    accepted(CLIENT, record("hids.6.tags", []))
    accepted(CLIENT, record("hids.6.tags", ["a", "x" * 20]))
    for bad in ("", "x" * 21, 7):
        assert refused(CLIENT, record("hids.6.tags", ["a", bad])).field == "hids.6.tags[1]"


@pytest.mark.parametrize("kind", RecordKind)
def test_the_name_is_all_that_is_required(kind: RecordKind) -> None:
    found = accepted(kind, {"name": "N"})
    assert msgspec.json.encode(found) == b'{"name":"N"}'
    error = refused(kind, {})
    assert (error.field, error.message) == ("name", "name: is missing; it is required")


@pytest.mark.parametrize("list_", ["ports", "outputs"])
def test_what_stands_in_a_list_needs_an_id(list_: str) -> None:
    assert refused(CONTROLLER, {"name": "N", list_: {"1": {}}}).field == f"{list_}.1.id"


@pytest.mark.parametrize("list_", ["ports", "outputs"])
def test_numbers_of_ports_and_outputs(list_: str) -> None:
    for key in ("1", "10", "99999"):
        accepted(CONTROLLER, {"name": "N", list_: {key: {"id": "i"}}})
    for key in ("0", "01", "-1", "1.0", "a", "", "1 ", "1\n", "100000", "\u0661"):
        error = refused(CONTROLLER, {"name": "N", list_: {key: {"id": "i"}}})
        assert error.field.startswith(list_)
        assert "1 to 99999" in error.message


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [(CLIENT, "hids", {}), (CONTROLLER, "ports.1.channels", {})],
)
def test_one_to_six(kind: RecordKind, before: str, after: dict[str, Any]) -> None:
    for key in "123456":
        accepted(kind, record(f"{before}.{key}", after))
    for key in ("0", "7", "11", "1\n", "a"):
        error = refused(kind, record(f"{before}.{key}", after))
        assert error.field.startswith(before)
        assert "1 to 6" in error.message


def test_two_ports_may_share_an_id() -> None:
    found = accepted(CONTROLLER, {"name": "N", "ports": {"1": {"id": "i"}, "2": {"id": "i"}}})
    assert len(found.ports) == 2


@pytest.mark.parametrize("uuid", [UUID, UUID.upper()])
def test_a_port_knows_its_client(uuid: str) -> None:
    accepted(CONTROLLER, record("ports.1.clientUUID", uuid))
    for bad in (uuid[:-1], uuid + "0", uuid.replace("-", ""), f"{{{uuid}}}", uuid + "\n", ""):
        error = refused(CONTROLLER, record("ports.1.clientUUID", bad))
        assert error.field == "ports.1.clientUUID"
        assert "must be a UUID like" in error.message


@pytest.mark.parametrize("kind", RecordKind)
@pytest.mark.parametrize("name", ["mac_address", "mac"])
@pytest.mark.parametrize("form", [MAC, MAC.upper(), MAC.replace(":", "-"), MAC.replace(":", "")])
def test_a_mac_address_has_one_spelling_and_one_name(
    kind: RecordKind, name: str, form: str
) -> None:
    found = accepted(kind, {"name": "N", name: form})
    assert msgspec.to_builtins(found) == {"name": "N", "mac_address": MAC}
    assert mac_of(found) == MacAddress(MAC)


@pytest.mark.parametrize("kind", RecordKind)
@pytest.mark.parametrize("bad", ["", "a1:b2", MAC + ":00", MAC + "\n", "g1:b2:c3:d4:e5:f6", 7])
def test_what_is_no_mac_address(kind: RecordKind, bad: object) -> None:
    for name in ("mac_address", "mac"):
        assert refused(kind, {"name": "N", name: bad}).field == name


def test_both_names_of_a_mac_address_have_to_agree() -> None:
    accepted(CLIENT, {"name": "N", "mac_address": MAC, "mac": MAC.upper()})
    error = refused(CLIENT, {"name": "N", "mac_address": MAC, "mac": "a1:b2:c3:d4:e5:f7"})
    assert error.field == "mac"
    assert mac_of(Client(name="N")) is mac_of(Controller(name="N")) is None


@pytest.mark.parametrize(
    ("kind", "path", "known"),
    [
        (CONTROLLER, "colour", "ports"),
        (CONTROLLER, "wifi", "ports"),
        (CLIENT, "ports", "hids"),
        (CONTROLLER, "ports.1.colour", "clientUUID"),
        (CONTROLLER, "ports.1.channels.1.colour", "actions"),
        (CONTROLLER, "outputs.1.colour", "relay_model"),
        (CONTROLLER, "ota.colour", "url"),
        (CLIENT, "hids.1.colour", "color"),
        (CLIENT, "mqtt.colour", "username"),
        (CLIENT, "wifi.colour", "ssid"),
    ],
)
def test_unknown_fields_are_told_with_those_that_are_known(
    kind: RecordKind, path: str, known: str
) -> None:
    error = refused(kind, record(path, "x"))
    assert error.field == path
    assert "is not a known field" in error.message
    assert known in error.message


def test_32_characters_may_be_more_than_32_bytes() -> None:
    accepted(CLIENT, record("wifi.ssid", "é" * 16))
    error = refused(CLIENT, record("wifi.ssid", "é" * 17))
    assert error.field.startswith("wifi")
    assert "32" in error.message


@pytest.mark.parametrize("bad", ["pass\nword", "password\x7f", "é" * 40])
def test_a_password_holds_only_what_a_network_can(bad: str) -> None:
    error = refused(CLIENT, record("wifi.password", bad))
    assert error.field.startswith("wifi")
    assert bad not in error.message


def test_no_password_is_in_what_is_printed() -> None:
    found = accepted(
        CLIENT,
        {
            "name": "N",
            "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
            "mqtt": {"host": "broker", "password": "battery"},
        },
    )
    assert "correct-horse" not in repr(found)
    assert "battery" not in repr(found)
    assert "correct-horse" not in repr(Wifi(password="correct-horse"))
