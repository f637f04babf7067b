"""Targets, and the names that they ask for."""

import pytest

from firstlight.model.reach import Broker, ReachTarget, is_address, names_in_question


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://page.example", "page.example"),
        ("http://Page.Example/a?b#c", "page.example"),
        ("http://page.example:8080/", "page.example"),
        ("http://203.0.113.80?x=http://other.example", "203.0.113.80"),
    ],
)
def test_the_host_of_a_target(url: str, host: str) -> None:
    assert ReachTarget(url=url).host == host


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("203.0.113.80", True), ("page.example", False), ("203.0.113", False), ("", False)],
)
def test_addresses(host: str, is_one: bool) -> None:
    assert is_address(host) is is_one


NAMED = ReachTarget(url="http://page.example/")
NUMBERED = ReachTarget(url="http://203.0.113.80/")
BY_NAME = Broker(host="broker.example", port=1883)
BY_NUMBER = Broker(host="203.0.113.81", port=1883)


@pytest.mark.parametrize(
    ("targets", "broker", "names"),
    [
        ((NAMED, NUMBERED, NAMED), BY_NAME, ("page.example",)),
        ((NUMBERED,), BY_NAME, ("broker.example",)),
        ((), BY_NAME, ("broker.example",)),
        ((NUMBERED,), BY_NUMBER, ()),
        ((), None, ()),
    ],
)
def test_names_in_question(
    targets: tuple[ReachTarget, ...], broker: Broker | None, names: tuple[str, ...]
) -> None:
    assert names_in_question(targets, broker) == names
