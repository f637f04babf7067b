import itertools
from collections.abc import Iterator

import pytest
from tests.unit.cli.stub_daemon import Reply, StubDaemon, event, events, problem

from firstlight.client import Client
from firstlight.client.following import LONGEST_PAUSE, followed, newest_id, recent
from firstlight.errors import FirstlightError

ROUTE = "GET /api/provisioning/events"
CONNECTED = event(0, "hello", kind="connected")


@pytest.fixture
def client(daemon: StubDaemon) -> Iterator[Client]:
    with Client(state_dir=daemon.state_dir, seconds=5) as opened:
        yield opened


class Follower:
    """Follows, and keeps what was noted and how long it paused."""

    def __init__(self, client: Client) -> None:
        self.pauses: list[float] = []
        self.notes: list[str] = []
        self.messages = followed(client, pause=self.pauses.append, note=self.notes.append)

    def take(self, count: int) -> list[str]:
        return [message.id for message in itertools.islice(self.messages, count)]


def test_recent_events_end_with_silence(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(CONNECTED, event(1, "a"), event(2, "b"), hold=True))
    assert [message.id for message in recent(client)] == ["7-1", "7-2"]


def test_recent_events_end_with_the_stream(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(CONNECTED, event(1, "a")))
    assert [message.id for message in recent(client)] == ["7-1"]


def test_it_resumes_where_it_was(client: Client, daemon: StubDaemon) -> None:
    daemon.say(
        ROUTE,
        events(CONNECTED, event(1, "a")),
        events(event(1, "", kind="connected")),
        events(event(1, "", kind="connected"), event(2, "b"), event(3, "c")),
    )
    follower = Follower(client)
    assert follower.take(3) == ["7-1", "7-2", "7-3"]
    assert [request.headers.get("last-event-id") for request in daemon.requests] == [
        None,
        "7-1",
        "7-1",
    ]


def test_it_resumes_from_the_greeting_too(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(CONNECTED), events(event(1, "a")))
    assert Follower(client).take(1) == ["7-1"]
    assert daemon.requests[1].headers["last-event-id"] == "7-0"


def test_a_lost_connection_is_told_once_and_its_return(client: Client, daemon: StubDaemon) -> None:
    busy = problem(409, "busy", "Too many readers.")
    daemon.say(ROUTE, events(event(1, "a")), busy, busy, busy, events(event(2, "b")))
    follower = Follower(client)
    assert follower.take(2) == ["7-1", "7-2"]
    assert [note.split()[-1] for note in follower.notes] == ["back.", "again."]
    assert follower.pauses == [0.5, 1, 2, 4]


def test_a_stream_that_still_counts_does_not_end_it(client: Client, daemon: StubDaemon) -> None:
    full = problem(429, "rate_limited", "Your address follows 6 event streams already.")
    daemon.say(ROUTE, events(event(1, "a")), full, events(event(2, "b")))
    assert Follower(client).take(2) == ["7-1", "7-2"]


def test_pauses_do_not_grow_without_end(client: Client, daemon: StubDaemon) -> None:
    busy = problem(409, "busy", "Too many readers.")
    daemon.say(ROUTE, events(event(1, "a")), *[busy] * 8, events(event(2, "b")))
    follower = Follower(client)
    follower.take(2)
    assert max(follower.pauses) == LONGEST_PAUSE


def test_the_first_failure_is_told(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, problem(409, "busy", "Too many readers."))
    with pytest.raises(FirstlightError, match="Too many readers"):
        Follower(client).take(1)


def test_a_refusal_ends_it_also_later(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(event(1, "a")), problem(401, "unauthorized", "Token?"))
    with pytest.raises(FirstlightError, match="Token"):
        Follower(client).take(2)


def test_a_dead_connection_is_noticed(
    client: Client, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.client.following.HEARTBEATS_MISSED_SECONDS", 0.05)
    daemon.say(ROUTE, events(event(1, "a"), hold=True), events(event(2, "b")))
    assert Follower(client).take(2) == ["7-1", "7-2"]


def test_an_endless_event_is_refused(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, Reply(b"data: " + b"x" * (1 << 20), kind="text/event-stream"))
    with pytest.raises(FirstlightError, match="too long"):
        Follower(client).take(1)


def test_the_newest_event(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(CONNECTED, event(1, "a"), event(2, "b")), events(CONNECTED))
    assert newest_id(client) == "7-2"
    assert newest_id(client) is None


def test_it_can_begin_after_an_event_and_end(client: Client, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, events(event(5, "b")), events(event(6, "c")))
    got: list[str] = []
    notes: list[str] = []
    for message in followed(
        client,
        pause=lambda _: None,
        note=notes.append,
        after="7-4",
        go_on=lambda: len(got) < 2,
    ):
        got.append(message.id)  # noqa: PERF401  what was got decides whether it goes on
    assert got == ["7-5", "7-6"]
    assert [request.headers["last-event-id"] for request in daemon.requests] == ["7-4", "7-5"]
    assert [note.split()[-1] for note in notes] == ["back.", "again."]
