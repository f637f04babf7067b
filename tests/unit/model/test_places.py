"""What is wrong is told with its place, however deep, and with what is allowed there."""

import msgspec
import pytest

from firstlight.errors import InvalidInput
from firstlight.model.records import Client, Controller
from firstlight.model.validation import decoded


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (Client, {"name": "x", "y": 1}, "y: is not a known field; known: name, id, area"),
        (Client, {"name": "x", "mqtt": {"y": 1}}, "mqtt.y: is not a known field; known: host"),
        (
            Controller,
            {"name": "x", "ports": {"1": {"id": "1", "y": 1}}},
            "ports.1.y: is not a known field; known: id, name, offset",
        ),
        (
            Controller,
            {"name": "x", "ports": {"1": {"id": "1", "channels": {"1": {"actions": [{"y": 1}]}}}}},
            "y: is not a known field; known: action, output, change_state",
        ),
        (Controller, {"name": "x", "outputs": {"0": {"id": "1"}}}, "outputs.0: must be"),
        (Client, {"name": "x", "hids": {"7": {}}}, "hids.7: must be a number from 1 to 6"),
    ],
)
def test_a_place_is_named(kind: type, body: object, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decoded(msgspec.json.encode(body), kind)
    assert words in refused.value.message
