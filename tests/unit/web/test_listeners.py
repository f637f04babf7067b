import asyncio
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstlight.errors import ConfigError
from firstlight.web import listeners
from firstlight.web.listeners import bind_portal, bind_softap, bind_tcp, bind_unix


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with bind_tcp("127.0.0.1", 0) as listener:
        yield listener.getsockname()[1]


def test_a_free_port() -> None:
    with bind_tcp("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])
def test_each_way_to_name_an_address(host: str) -> None:
    with bind_tcp(host, 0) as listener:
        expected = {"localhost": "127.0.0.1"}.get(host, host)
        assert listener.getsockname()[0] == expected


def test_public_means_both_families() -> None:
    with bind_tcp("ignored.invalid", 0, public=True) as listener:
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            with socket.create_connection((host, port)):
                pass


def test_public_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def without_ipv6(family: int, kind: int, protocol: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return real(family, kind, protocol)

    monkeypatch.setattr(listeners.socket, "socket", without_ipv6)
    with bind_tcp("ignored.invalid", 0, public=True) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_a_port_in_use_is_named_with_the_next_step(taken: int) -> None:
    with pytest.raises(ConfigError, match=f"127.0.0.1:{taken}") as caught:
        bind_tcp("127.0.0.1", taken)
    assert "--port" in str(caught.value.hint)


def test_a_port_in_use_on_any_interface(taken: int) -> None:
    with pytest.raises(ConfigError, match=f"all interfaces:{taken}") as caught:
        bind_tcp("127.0.0.1", taken, public=True)
    assert "--port" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("host", "words"),
    [("192.0.2.1", "not an address of this machine"), ("no.such.host.invalid", "can't listen on")],
)
def test_an_address_that_is_not_ours(host: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        bind_tcp(host, 0)


def test_a_port_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError(13, f"Permission denied: {address}")

    monkeypatch.setattr(listeners.socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match=r"may not listen on 127\.0\.0\.1:80") as caught:
        bind_tcp("127.0.0.1", 80)
    assert "--port" in str(caught.value.hint)


def test_accepted_connections_are_bounded() -> None:
    with bind_tcp("127.0.0.1", 0) as listener:
        listener.setblocking(True)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * 128 * 1024


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_socket_file_is_for_its_owner(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "control.sock"
    before = os.umask(umask)
    try:
        with bind_unix(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_the_file_of_a_dead_daemon_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    bind_unix(path).close()
    assert path.is_socket()
    with bind_unix(path), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))


def test_a_live_daemon_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with bind_unix(path):
        with pytest.raises(ConfigError, match="another Firstlight is running"):
            bind_unix(path)
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(path))


def test_a_live_daemon_that_is_swamped_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as swamped:
        swamped.bind(str(path))
        swamped.listen(0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(str(path))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(listeners, "_CONNECT_SECONDS", 0.05)
                with pytest.raises(ConfigError, match="another Firstlight is running"):
                    bind_unix(path)


def test_something_else_in_the_way_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.write_text("somebody's notes")
    with pytest.raises(ConfigError, match="not a socket"):
        bind_unix(path)
    assert path.read_text() == "somebody's notes"


@pytest.mark.parametrize("name", ["x" * 120, "absent/control.sock"])
def test_a_path_that_can_not_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="can't listen on") as caught:
        bind_unix(tmp_path / name)
    assert "--state-dir" in str(caught.value.hint)


async def test_answers_are_sent_at_once() -> None:
    listener = bind_tcp("127.0.0.1", 0)
    made: asyncio.Queue[int] = asyncio.Queue()

    def serve(_: object, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        made.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(serve, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await made.get() != 0
        writer.close()


def test_a_softap_is_bound_to_its_interface() -> None:
    with bind_softap("lo", "127.0.0.1", 0) as listener:
        name = listener.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)
        assert name.rstrip(b"\0") == b"lo"


@pytest.mark.parametrize("public", [True, False])
def test_a_softap_has_its_port_beside_the_pages(public: bool) -> None:
    with bind_tcp("127.0.0.1", 0, public=public) as pages:
        port = pages.getsockname()[1]
        with bind_softap("lo", "127.0.0.1", port):
            # A second daemon still gets in beside neither.
            with pytest.raises(ConfigError, match="listens on"):
                bind_tcp("127.0.0.1", port, public=public)
            with pytest.raises(ConfigError, match="listens on"):
                bind_portal("127.0.0.1", port)


def test_a_softap_is_not_bound_beside_a_stranger() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"provisioning.port: .*127.0.0.1:{port} on lo"):
            bind_softap("lo", "127.0.0.1", port)


def test_an_interface_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="there is no interface nowhere0"):
        bind_softap("nowhere0", "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "may not listen"), (13, "may not listen"), (22, "Invalid argument")]
)
def test_a_softap_that_the_system_refuses(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(listeners.socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match=words):
        bind_softap("lo", "127.0.0.1", 80)
