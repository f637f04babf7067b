"""Events of both clients, from a stub that ends, refuses and falls silent."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.api.flavours import FLAVOURS
from tests.unit.cli.stub_daemon import Reply, StubDaemon, event, events, problem

from firstlight.errors import Busy, NotUnderstood, Unauthorized

ROUTE = "GET /api/provisioning/events"
CONNECTED = event(0, "hello", kind="connected")
BRAND_NEW = event(9, "later").replace(b'"system"', b'"brand new"')

Take = Callable[..., list[str]]


@pytest.fixture(params=FLAVOURS)
def take(
    request: pytest.FixtureRequest, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Take]:
    """The IDs of so many events."""
    monkeypatch.setattr("firstlight.client.following.FIRST_PAUSE", 0.001)
    with FLAVOURS[request.param](state_dir=daemon.state_dir, seconds=5) as opened:

        def taken(name: str, count: int | None, *given: Any) -> list[str]:
            return [one.id for one in opened.take(name, count, *given)]

        yield taken


def test_it_resumes_where_it_was(take: Take, daemon: StubDaemon) -> None:
    busy = problem(409, "busy", "Too many readers.")
    daemon.say(ROUTE, events(CONNECTED, event(1, "a")), busy, events(event(2, "b"), event(3, "c")))
    assert take("events", 3) == ["7-1", "7-2", "7-3"]
    asked = [request.headers.get("last-event-id") for request in daemon.requests]
    assert asked == [None, "7-1", "7-1"]


def test_it_begins_after_an_event(take: Take, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(event(6, "a")))
    assert take("events", 1, "7-5") == ["7-6"]
    assert daemon.requests[0].headers["last-event-id"] == "7-5"


def test_a_dead_connection_is_noticed(
    take: Take, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.client.following.HEARTBEATS_MISSED_SECONDS", 0.05)
    daemon.say(ROUTE, events(event(1, "a"), hold=True), events(event(2, "b")))
    assert take("events", 2) == ["7-1", "7-2"]


def test_the_first_failure_is_told(take: Take, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, problem(409, "busy", "Too many readers."))
    with pytest.raises(Busy, match="Too many readers"):
        take("events", 1)


def test_a_refusal_ends_it_also_later(take: Take, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(event(1, "a")), problem(401, "unauthorized", "Token?"))
    with pytest.raises(Unauthorized, match="Token"):
        take("events", 2)


def test_what_is_no_stream_is_not_understood(take: Take, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, Reply(b"{}"))
    with pytest.raises(NotUnderstood):
        take("events", 1)
    daemon.say(ROUTE, Reply(b"data: " + b"x" * (1 << 20), kind="text/event-stream"))
    with pytest.raises(NotUnderstood, match="too long"):
        take("events", 1)
    for data in (b"x", b'"\xff"', b'{"x":' + b"[" * 100_000):
        daemon.say(ROUTE, Reply(b"data: " + data + b"\n\n", kind="text/event-stream"))
        with pytest.raises(NotUnderstood, match="no events"):
            take("recent_events", None)


def test_a_kind_that_is_brand_new_is_passed_over(take: Take, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(CONNECTED, event(1, "a"), BRAND_NEW, event(2, "b")))
    assert take("events", 2) == ["7-1", "7-2"]
    daemon.say(ROUTE, events(CONNECTED, BRAND_NEW, event(2, "b"), hold=True))
    assert take("recent_events", None) == ["7-2"]
