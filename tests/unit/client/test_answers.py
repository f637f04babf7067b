"""What the client makes of answers, over a real Unix socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.api.flavours import FLAVOURS
from tests.unit.cli import samples
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem

from firstlight.client import Client
from firstlight.errors import (
    Code,
    FirstlightError,
    NoDaemon,
    NotPermitted,
    NotUnderstood,
    RadioUnavailable,
)

STATUS_ROUTE = "GET /api/provisioning/status"


@pytest.fixture
def client(daemon: StubDaemon) -> Iterator[Client]:
    with Client(state_dir=daemon.state_dir, seconds=5) as opened:
        yield opened


def test_an_answer_is_kept_as_it_came_and_understood(client: Client, daemon: StubDaemon) -> None:
    daemon.say(STATUS_ROUTE, samples.status() | {"new": True})
    answer = client.answers.status()
    assert b'"new": true' in answer.body
    assert answer.value.hostname == "pier"


def test_a_wish_is_sent_as_json(client: Client, daemon: StubDaemon) -> None:
    daemon.say("POST /api/provisioning/network/forget", Reply())
    client.forget("Old one")
    (request,) = daemon.requests
    assert request.body == b'{"name":"Old one"}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("digits", ["4", "zz", "00" * 33])
def test_a_hotspot_has_a_name_that_can_be_one(
    client: Client, daemon: StubDaemon, digits: str
) -> None:
    daemon.say("GET /api/provisioning/hotspot", {**samples.hotspot(), "ssidHex": digits})
    with pytest.raises(NotUnderstood, match="not a Firstlight daemon"):
        client.hotspot()


def test_joining_tells_where_to_ask(client: Client, daemon: StubDaemon) -> None:
    path = "/api/provisioning/network/attempts/a1"
    daemon.say("POST /api/provisioning/network/connect", Reply(headers={"Location": path}))
    assert client.begin_connect("x") == "a1"


@pytest.mark.parametrize("location", ["", "http://elsewhere.example/x", "/other"])
def test_joining_follows_no_strange_address(
    client: Client, daemon: StubDaemon, location: str
) -> None:
    daemon.say("POST /api/provisioning/network/connect", Reply(headers={"Location": location}))
    with pytest.raises(NotUnderstood, match="not a Firstlight daemon"):
        client.begin_connect("x")


def test_the_daemons_problem_is_passed_on(client: Client, daemon: StubDaemon) -> None:
    daemon.say(STATUS_ROUTE, problem(503, "radio_blocked", "Off.", "Switch it on."))
    with pytest.raises(RadioUnavailable) as caught:
        client.status()
    assert caught.value.code is Code.RADIO_BLOCKED
    assert caught.value.message == "Off."
    assert caught.value.hint == "Switch it on."


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>", kind="text/html"),
        Reply(b"<html>", 502, "text/html"),
        Reply(b'"text"', 500),
        Reply(b"", 302, headers={"Location": "/login"}, kind="text/html"),
    ],
)
def test_another_server_is_recognised(client: Client, daemon: StubDaemon, reply: Reply) -> None:
    daemon.say(STATUS_ROUTE, reply)
    with pytest.raises(FirstlightError, match="not a Firstlight daemon"):
        client.status()


def test_a_daemon_that_speaks_tls_is_not_followed_there(client: Client, daemon: StubDaemon) -> None:
    there = {"Location": "https://box.local:8443/api/provisioning/status"}
    daemon.say(STATUS_ROUTE, Reply(b"", 308, headers=there))
    with pytest.raises(NotUnderstood, match="speaks TLS") as caught:
        client.status()
    assert caught.value.hint == "Ask https://box.local:8443."
    assert len(daemon.requests) == 1


def test_json_of_another_form_is_recognised(client: Client, daemon: StubDaemon) -> None:
    daemon.say(STATUS_ROUTE, {"status": {"mode": 7}})
    answer = client.answers.status()
    with pytest.raises(NotUnderstood, match="not a Firstlight daemon"):
        _ = answer.value


def test_the_event_stream_must_be_one(client: Client, daemon: StubDaemon) -> None:
    daemon.say("GET /api/provisioning/events", Reply(b"{}"))
    with (
        pytest.raises(FirstlightError, match="not a Firstlight daemon"),
        client.listen(None, 1) as chunks,
    ):
        list(chunks)


def test_a_refused_event_stream_tells_why(client: Client, daemon: StubDaemon) -> None:
    daemon.say("GET /api/provisioning/events", problem(409, "busy", "Too many readers."))
    with pytest.raises(FirstlightError, match="Too many readers"), client.listen(None, 1) as chunks:
        list(chunks)


def test_silence_on_the_event_stream_ends_it(client: Client, daemon: StubDaemon) -> None:
    reply = Reply(b"data: x\n\n", kind="text/event-stream", hold=True)
    daemon.say("GET /api/provisioning/events", reply)
    got: list[bytes] = []
    with pytest.raises(TimeoutError), client.listen("7-3", 0.05) as chunks:
        got.extend(chunks)
    assert got == [b"data: x\n\n"]
    assert daemon.requests[0].headers["last-event-id"] == "7-3"


@contextmanager
def connections(folder: Path, *treatments: Callable[[socket.socket], None]) -> Iterator[None]:
    """A socket that treats one connection after the other, the first being the knock."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "control.sock"))
        listening.listen()
        listening.settimeout(5)

        def serve() -> None:
            for treat in (lambda _: None, *treatments):
                connection, _ = listening.accept()
                with connection:
                    treat(connection)

        thread = threading.Thread(target=serve, name="bad-server")
        thread.start()
        yield
        thread.join()


def break_off(connection: socket.socket) -> None:
    connection.recv(10_000)


def be_alive(connection: socket.socket) -> None:
    connection.recv(10_000)
    body = b'{"ok":true,"enabled":false,"version":"1"}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    connection.sendall(head.encode() + b"\r\n" + body)


def test_a_connection_that_breaks_off(tmp_path: Path) -> None:
    with (
        connections(tmp_path, break_off),
        Client(state_dir=tmp_path, retries=0) as client,
        pytest.raises(NoDaemon, match="broke off") as caught,
    ):
        client.status()
    assert caught.value.code is Code.NO_DAEMON


def test_a_daemon_that_never_answers(tmp_path: Path) -> None:
    over = threading.Event()

    def hang(connection: socket.socket) -> None:
        connection.recv(10_000)
        over.wait(30)

    with connections(tmp_path, hang):
        with (
            Client(state_dir=tmp_path, seconds=0.05) as client,
            pytest.raises(FirstlightError, match="did not answer in time") as caught,
        ):
            client.status()
        over.set()
    assert caught.value.code is Code.TIMEOUT


def test_no_daemon(tmp_path: Path) -> None:
    with pytest.raises(NoDaemon) as caught, Client(state_dir=tmp_path):
        pytest.fail("dialled")
    problem = caught.value
    assert problem.code is Code.NO_DAEMON
    assert problem.message == f"No daemon answers at {tmp_path}/control.sock."
    assert problem.hint is not None
    assert "firstlight serve" in problem.hint


def test_a_socket_of_a_dead_daemon(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "control.sock"))
    with pytest.raises(FirstlightError, match="No daemon answers"), Client(state_dir=tmp_path):
        pytest.fail("dialled")


def test_a_socket_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(NotPermitted) as caught, Client(state_dir=tmp_path):
        pytest.fail("dialled")
    assert "sudo" in (caught.value.hint or "")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_question_is_asked_again_when_the_connection_breaks_off(
    tmp_path: Path, flavour: str
) -> None:
    with (
        connections(tmp_path, break_off, be_alive),
        FLAVOURS[flavour](state_dir=tmp_path) as device,
    ):
        assert device.health().version == "1"


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_wish_is_sent_once(tmp_path: Path, flavour: str) -> None:
    with (
        connections(tmp_path, break_off),
        FLAVOURS[flavour](state_dir=tmp_path) as device,
        pytest.raises(NoDaemon, match="broke off"),
    ):
        device.restart()
