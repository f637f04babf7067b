"""Both clients over a network: who they are, whom they trust, and a connection that is cut."""

import asyncio
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.api.daemon_process import PATIENCE
from tests.api.fake_service import FakeService
from tests.api.flavours import FLAVOURS, Blocks
from tests.api.serving import running
from tests.api.test_command_line import until
from tests.browser.staged import Stage, staged
from tests.unit.telemetry.certificates import Authority

from firstlight.client import dialing
from firstlight.errors import Code, InvalidInput, LockedOut, NoDaemon, Unauthorized
from firstlight.model.event import EventType, Level
from firstlight.web.app import create_app
from firstlight.web.listeners import bind_tcp
from firstlight.web.server import WebServer
from firstlight.web.settings import WebSettings
from firstlight.web.tls import tls_context

TOKEN = "correct-horse-battery"


@pytest.fixture(params=FLAVOURS)
def flavour(request: pytest.FixtureRequest) -> Callable[..., Blocks]:
    return FLAVOURS[request.param]  # type: ignore[return-value]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(WebSettings(version="1", token=TOKEN, trust_local=False)) as stage:
        yield stage


def test_the_token(flavour: Callable[..., Blocks], stage: Stage) -> None:
    with flavour(stage.address, token=TOKEN) as device:
        assert device.saved()[0].name == "Home"
        assert (device.remote, device.where, device.token) == (True, stage.address, TOKEN)
    for wrong in (None, "wrong"):
        with flavour(stage.address, token=wrong) as device, pytest.raises(Unauthorized) as caught:
            device.saved()
        assert caught.value.code is Code.UNAUTHORIZED
        assert caught.value.hint is not None
        assert "token=" in caught.value.hint


def test_the_pairing_code(flavour: Callable[..., Blocks], stage: Stage) -> None:
    code = stage.ask(stage.service.pairing.code()).code
    with flavour(stage.address, pairing_code=code, device_name="The hub") as device:
        assert [one.device_name for one in device.sessions()] == ["The hub"]
        kept = device.token
    with flavour(stage.address, token=kept) as device:
        assert len(device.sessions()) == 1


def test_a_wrong_pairing_code(flavour: Callable[..., Blocks], stage: Stage) -> None:
    for _ in range(5):
        with (
            pytest.raises(Unauthorized, match="not the code") as wrong,
            flavour(stage.address, pairing_code="no"),
        ):
            pytest.fail("let in")
        assert "token=" not in (wrong.value.hint or "")
    with pytest.raises(LockedOut) as caught, flavour(stage.address, pairing_code="no"):
        pytest.fail("let in")
    assert caught.value.retry_after
    assert caught.value.retry_after >= 1


def test_nobody_there(flavour: Callable[..., Blocks]) -> None:
    with bind_tcp("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
    with flavour(f"http://127.0.0.1:{port}") as device, pytest.raises(NoDaemon) as caught:
        device.status()
    assert caught.value.code is Code.NO_DAEMON


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Path]:
    made = Authority()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_text(made.pem)
    return made, file


@contextmanager
def served_over_tls(authority: Authority, folder: Path) -> Iterator[str]:
    """A device at that address, with a certificate of that authority."""
    certificate, key = authority.issue(folder, "localhost", "127.0.0.1")
    listener = bind_tcp("127.0.0.1", 0)
    port = listener.getsockname()[1]
    settings = WebSettings(version="1", token=TOKEN, secure=True, tls_port=port, trust_local=False)
    up, ends = threading.Event(), []

    async def serve() -> None:
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(end.set))
        secured = [(listener, tls_context(str(certificate), str(key)))]
        async with running(WebServer(create_app(FakeService(), settings), [], secured=secured)):
            up.set()
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="device with TLS")
    thread.start()
    try:
        assert up.wait(PATIENCE)
        yield f"https://localhost:{port}"
    finally:
        ends[0]()
        thread.join()


def test_a_ca_of_ones_own(
    flavour: Callable[..., Blocks], authority: tuple[Authority, Path], tmp_path: Path
) -> None:
    made, file = authority
    with (
        served_over_tls(made, tmp_path) as address,
        flavour(address, token=TOKEN, ca=file) as device,
    ):
        assert device.saved()[0].name == "Home"


def test_a_ca_that_the_environment_names(
    flavour: Callable[..., Blocks],
    authority: tuple[Authority, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, file = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with served_over_tls(made, tmp_path) as address, flavour(address, token=TOKEN) as device:
        assert device.saved()


@pytest.mark.attack(
    "A box on the LAN that pretends to be the device, to be told its token",
    guard="programs trust the CA that they are given, or the system's, and nobody else",
)
def test_a_strange_certificate_is_told_nothing(
    flavour: Callable[..., Blocks], authority: tuple[Authority, Path], tmp_path: Path
) -> None:
    _, trusted = authority
    with served_over_tls(Authority("Somebody else"), tmp_path) as address:
        for ca in (trusted, None):
            with (
                flavour(address, token=TOKEN, ca=ca) as device,
                pytest.raises(NoDaemon, match="not trusted"),
            ):
                device.saved()


@pytest.mark.unguarded("A box on the LAN that pretends to be the device, to be told its token")
def test_without_that_rule_it_is_told_the_token(
    flavour: Callable[..., Blocks], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting(_ca: object) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    monkeypatch.setattr(dialing, "_trusting", trusting)
    with (
        served_over_tls(Authority("Somebody else"), tmp_path) as address,
        flavour(address, token=TOKEN) as device,
    ):
        assert device.saved()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "https://box.local", "ca": "/nowhere/ca.pem"}, "ca"),
        ({"url": "https://box.local", "ca": __file__}, "ca"),
        ({"url": "http://box.local", "ca": __file__}, "ca"),
        ({"ca": __file__}, "ca"),
        ({"url": "box.local"}, "url"),
        ({"url": "http://box.local", "state_dir": Path()}, "url"),
        ({"url": "http://me:secret@box.local"}, "url"),
        ({"url": "http://box.local", "token": "a\nb"}, "token"),
    ],
)
def test_what_makes_no_sense_is_named(
    flavour: Callable[..., Blocks], given: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        flavour(**given)
    assert caught.value.field == field
    assert "secret" not in caught.value.message


class Relay:
    """Stands between client and device, and can be cut."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listener = bind_tcp("127.0.0.1", 0)
        self._listener.listen()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._over = threading.Event()
        self.seen = b""
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._relay, name="relay")

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.cut()
        self._listener.close()

    def cut(self) -> None:
        """End every connection, in the middle of whatever it carries."""
        while self._pairs:
            for end in self._pairs.pop():
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _relay(self) -> None:
        while not self._over.is_set():
            ends = {a: b for pair in self._pairs for a, b in (pair, pair[::-1])}
            with suppress(OSError, ValueError):
                for ready in select.select([self._listener, *ends], [], [], 0.02)[0]:
                    if ready is self._listener:
                        client, _ = self._listener.accept()
                        self._pairs.append((client, socket.create_connection(self._to)))
                    elif data := ready.recv(65536):
                        ends[ready].sendall(data)
                        self.seen += data  # what is seen has been passed on


def test_events_go_on_after_the_connection_was_cut(
    flavour: Callable[..., Blocks], stage: Stage
) -> None:
    def tell(word: str) -> None:
        stage.tell(EventType.SYSTEM, Level.INFO, word)

    with Relay(int(stage.address.rpartition(":")[2])) as relay:

        def disturb() -> None:
            until(lambda: b"connected" in relay.seen)
            tell("first")
            until(lambda: b"first" in relay.seen)
            relay.cut()
            tell("second, told to nobody")
            until(lambda: b"second" in relay.seen)
            tell("third")

        disturbing = threading.Thread(target=disturb, name="who cuts")
        disturbing.start()
        with flavour(f"http://127.0.0.1:{relay.port}", token=TOKEN) as device:
            told = device.take("events", 3)
        disturbing.join()
        assert [event.message for event in told] == ["first", "second, told to nobody", "third"]
        assert f"last-event-id: {told[0].id}".encode() in relay.seen.lower()


def test_a_question_is_asked_again_after_its_connection_was_cut(
    flavour: Callable[..., Blocks], stage: Stage
) -> None:
    """A connection that was kept for the next question is gone when that comes."""
    with (
        Relay(int(stage.address.rpartition(":")[2])) as relay,
        flavour(f"http://127.0.0.1:{relay.port}", token=TOKEN) as device,
    ):
        assert device.status()
        relay.cut()
        assert device.status()
