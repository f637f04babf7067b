"""What is left of data from a newer version."""

from typing import Any

import pytest

from firstlight.model.known import known_part
from firstlight.model.records import Client, Controller


@pytest.mark.parametrize(
    ("given", "kind", "left"),
    [
        ({"name": "x", "new": 1}, Client, {"name": "x"}),
        ({"hids": {"1": {"tags": ["a"], "new": 1}}}, Client, {"hids": {"1": {"tags": ["a"]}}}),
        ({"wifi": None, "mqtt": 7, "ota": []}, Client, {"wifi": None, "mqtt": 7, "ota": []}),
        (
            {"ports": {"1": {"channels": {"1": {"actions": [{"output": 1, "new": 2}, 3]}}}}},
            Controller,
            {"ports": {"1": {"channels": {"1": {"actions": [{"output": 1}, 3]}}}}},
        ),
        ([{"new": 1}], Client, [{"new": 1}]),
        ("text", Client, "text"),
    ],
)
def test_only_what_is_not_known_is_left_out(given: Any, kind: type, left: object) -> None:
    assert known_part(given, kind) == left
