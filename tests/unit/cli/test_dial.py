import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.cli import samples, stub_daemon
from tests.unit.cli.stub_daemon import StubDaemon

from firstlight.cli.dial import dial
from firstlight.client.dialing import socket_path
from firstlight.errors import ConfigError, InvalidInput, Unauthorized


@contextmanager
def over_tcp(stub: StubDaemon) -> Iterator[str]:
    class Server(ThreadingHTTPServer):
        stub: StubDaemon

    with Server(("127.0.0.1", 0), stub_daemon._Handler) as server:
        server.stub = stub
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="stub-tcp")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_the_state_folder_says_where(tmp_path: Path) -> None:
    assert socket_path(tmp_path) == tmp_path / "control.sock"


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLIGHT_STATE_DIR", str(tmp_path))
    assert socket_path(None) == tmp_path / "control.sock"


def test_a_refused_configuration_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLIGHT_BACKEND", "magic")
    with pytest.raises(ConfigError, match="magic"):
        socket_path(None)


def test_the_socket_gets_no_token(daemon: StubDaemon) -> None:
    daemon.say("GET /api/provisioning/status", samples.status())
    with dial(None, "secret", daemon.state_dir) as client:
        client.status()
    assert "authorization" not in daemon.requests[0].headers


def test_a_url_gets_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    stub = StubDaemon(tmp_path)
    stub.say("GET /api/provisioning/status", samples.status())
    with over_tcp(stub) as url, dial(url, "secret", None) as client:
        assert client.status().hostname == "pier"
        assert client.remote
    assert stub.requests[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    "url",
    [
        *("", "box", "box.local:8080", "ftp://box", "http://", "http://u:p@box", "http://b:x"),
        "http://box/\udcff",
        *("http://box..local", f"http://{'x' * 64}.local"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="--url"), dial(url, None, None):
        pytest.fail("dialled")


def test_a_secret_in_the_address_is_told_where_it_belongs() -> None:
    with pytest.raises(InvalidInput) as caught, dial("http://u:p@box", None, None):
        pytest.fail("dialled")
    assert caught.value.hint is not None
    assert "--token" in caught.value.hint


def test_no_other_address_is_told_of_the_token() -> None:
    with pytest.raises(InvalidInput) as caught, dial("ftp://box", None, None):
        pytest.fail("dialled")
    assert caught.value.hint is None


def test_who_is_not_signed_in_is_told_of_the_option(tmp_path: Path) -> None:
    refused = stub_daemon.problem(401, "unauthorized", "Who?", "Send a header.")
    stub = StubDaemon(tmp_path)
    stub.say("GET /api/provisioning/status", refused)
    with (
        over_tcp(stub) as url,
        pytest.raises(Unauthorized, match=r"Who\?") as caught,
        dial(url, "wrong", None) as client,
    ):
        client.status()
    assert caught.value.hint is not None
    assert "--token" in caught.value.hint
    assert "FIRSTLIGHT_PROVISIONING_TOKEN" in caught.value.hint


def test_two_daemons_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="exclude"), dial("http://box", None, tmp_path):
        pytest.fail("dialled")


@pytest.mark.parametrize("token", ["a\nb", "ä", "secret "])
def test_what_is_no_token_is_refused_without_showing_it(token: str) -> None:
    with (
        pytest.raises(InvalidInput, match="--token") as caught,
        dial("http://box", token, None),
    ):
        pytest.fail("dialled")
    assert token not in caught.value.message
