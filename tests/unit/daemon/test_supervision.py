"""What systemd hears, on a real datagram socket."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from firstlight.daemon.supervision import (
    FIRST_LOOK_SECONDS,
    Dial,
    Manager,
    Supervision,
    condition_in,
    manager_of,
)

OK = b"HTTP/1.1 200 OK\r\n\r\n"
WELL = OK + b'{"ok":true,"enabled":true,"version":"1","mode":"ready","health":"ok"}'
ILL = WELL.replace(b'"ok"}', b'"warning"}')


class Turns:
    """A clock whose sleeper waits until the test says so."""

    boot_id = "one"

    def __init__(self) -> None:
        self.pauses: asyncio.Queue[float] = asyncio.Queue()
        self._go = asyncio.Semaphore(0)

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        self.pauses.put_nowait(seconds)
        await self._go.acquire()

    async def turn(self) -> float:
        """Wait until somebody sleeps, wake them; the pause that they wanted."""
        pause = await self.pauses.get()
        self._go.release()
        return pause


class Own:
    """The daemon's own door: says ``answer``, or nothing while it hangs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answer = WELL
        self.asked: asyncio.Queue[bytes] = asyncio.Queue()
        self.thinking = asyncio.Event()
        self.thinking.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        await self.thinking.wait()
        writer.write(self.answer)
        writer.close()

    def dial(self) -> Dial:
        return lambda: asyncio.open_unix_connection(self.path)


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        yield ear


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Own]:
    own = Own(tmp_path / "own")
    server = await asyncio.start_unix_server(own.serve, own.path)
    yield own
    own.thinking.set()
    server.close()


async def heard(ear: socket.socket) -> list[str]:
    return (await asyncio.get_running_loop().sock_recv(ear, 4096)).decode().splitlines()


def nothing_heard(ear: socket.socket) -> bool:
    try:
        ear.recv(4096)
    except BlockingIOError:
        return True
    return False


async def test_it_is_ready_once_it_answers_and_then_shows_signs_of_life(
    systemd: socket.socket, own: Own
) -> None:
    manager = Manager(address=systemd.getsockname(), patience=60)
    clock = Turns()
    own.answer = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
    running = asyncio.create_task(Supervision(manager, own.dial(), clock).run())
    assert await clock.turn() == FIRST_LOOK_SECONDS
    assert nothing_heard(systemd)
    own.answer = WELL
    await clock.turn()
    assert await heard(systemd) == ["READY=1", "STATUS=ready, ok"]
    assert (await own.asked.get()).startswith(b"GET /api/health HTTP/1.0\r\nHost: localhost\r\n")
    assert await clock.turn() == 20
    assert await heard(systemd) == ["WATCHDOG=1"]
    own.answer = ILL
    await clock.turn()
    assert await heard(systemd) == ["WATCHDOG=1", "STATUS=ready, warning"]
    running.cancel()


async def test_who_hangs_shows_no_sign_of_life(systemd: socket.socket, own: Own) -> None:
    manager = Manager(address=systemd.getsockname(), patience=60)
    clock = Turns()
    running = asyncio.create_task(Supervision(manager, own.dial(), clock).run())
    await heard(systemd)
    await own.asked.get()
    own.thinking.clear()
    await clock.turn()
    await own.asked.get()
    assert nothing_heard(systemd)
    assert clock.pauses.empty()
    own.thinking.set()
    assert await heard(systemd) == ["WATCHDOG=1"]
    running.cancel()


async def test_a_door_that_is_gone_is_no_sign_of_life(systemd: socket.socket, own: Own) -> None:
    manager = Manager(address=systemd.getsockname(), patience=60)
    clock = Turns()
    running = asyncio.create_task(Supervision(manager, own.dial(), clock).run())
    await heard(systemd)
    own.path.unlink()
    await clock.turn()
    await clock.turn()
    assert nothing_heard(systemd)
    running.cancel()


async def test_without_a_watchdog_it_says_so_once(systemd: socket.socket, own: Own) -> None:
    manager = Manager(address=systemd.getsockname())
    await Supervision(manager, own.dial(), Turns()).run()
    assert await heard(systemd) == ["READY=1", "STATUS=ready, ok"]
    assert nothing_heard(systemd)


async def test_without_a_door_of_its_own_it_speaks_for_its_loop(systemd: socket.socket) -> None:
    manager = Manager(address=systemd.getsockname(), patience=60)
    clock = Turns()
    running = asyncio.create_task(Supervision(manager, None, clock).run())
    assert await heard(systemd) == ["READY=1", "STATUS=not enabled"]
    assert await clock.turn() == 20
    assert await heard(systemd) == ["WATCHDOG=1"]
    running.cancel()


async def test_the_end_is_told(systemd: socket.socket, own: Own) -> None:
    Supervision(Manager(address=systemd.getsockname()), own.dial(), Turns()).stopping()
    assert await heard(systemd) == ["STOPPING=1", "STATUS=ending"]


async def test_abstract_sockets_are_sockets(own: Own) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("")  # the kernel picks an abstract name (unix(7), "Autobind feature")
        ear.setblocking(False)
        name = "@" + ear.getsockname()[1:].decode()
        Manager(address=name).tell("READY=1")
        assert await heard(ear) == ["READY=1"]


def test_nobody_has_to_listen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Manager(address=str(tmp_path / "nobody")).tell("READY=1")
    assert "systemd can't be told: No such file or directory" in caplog.text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": ""}, None),
        ({"NOTIFY_SOCKET": "vsock:2:1234"}, None),
        ({"NOTIFY_SOCKET": "/run/n"}, Manager(address="/run/n")),
        ({"NOTIFY_SOCKET": "@n"}, Manager(address="@n")),
        (
            {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000"},
            Manager(address="/run/n", patience=60),
        ),
        (
            {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"},
            Manager(address="/run/n", patience=60),
        ),
        (
            {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"},
            Manager(address="/run/n"),
        ),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "soon"}, Manager(address="/run/n")),
    ],
)
def test_who_wants_to_be_told(environ: dict[str, str], expected: Manager | None) -> None:
    assert manager_of(environ, 7) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (WELL, "ready, ok"),
        (b"", None),
        (OK + b"{", None),
        (OK + b"[]", None),
        (WELL.replace(b"200 OK", b"429 Too Many Requests"), None),
    ],
)
def test_what_counts_as_an_answer(answer: bytes, expected: str | None) -> None:
    assert condition_in(answer) == expected
