"""A PostgreSQL server of the tests' own: a fresh cluster, on a Unix socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PORT = 54329
"""Only a part of the socket's name: nothing listens on TCP."""

_START_SECONDS = 60


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest version's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    somewhere = shutil.which("initdb")
    return Path(somewhere).parent if somewhere else None


def required_programs() -> Path:
    """As ``programs``; without them the test is skipped, or fails where CI=true."""
    found = programs()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    return found


class Server:
    """``process`` is the postmaster; what it answers to is ``url(database)``."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self._count = 0
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            _as_nobody_special(
                str(self._binaries / "postgres"),
                *("-D", str(self.folder / "data")),
                *("-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"),
                *("-c", f"port={PORT}", "-c", "fsync=off", "-c", "shared_buffers=16MB"),
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", str(self.folder), "-p", str(PORT)]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self.process.poll() is None, "PostgreSQL ended by itself"
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)

    def restart(self) -> None:
        """With every connection lost."""
        self.stop()
        self._start()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """By its own pid; SIGINT is its fast shutdown, SIGQUIT its immediate one."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def url(self, database: str) -> str:
        return f"postgresql://postgres:%73ecret-word@/{database}?host={self.folder}&port={PORT}"

    def new_database(self) -> str:
        """The URL of an empty one."""
        import psycopg

        self._count += 1
        name = f"registry_{self._count}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


@contextmanager
def server() -> Iterator[Server]:
    binaries = required_programs()
    # A short path: the name of a Unix socket has room for 107 bytes. Best in memory: a slow disk
    # takes longer to remove hundreds of databases than a test may.
    roomy = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with tempfile.TemporaryDirectory(prefix="fl-pg-", dir=roomy) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        subprocess.run(
            _as_nobody_special(
                str(binaries / "initdb"),
                *("-D", str(folder / "data"), "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--no-sync", "--locale=C"),
            ),
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=_START_SECONDS,
        )
        running = Server(folder, binaries)
        try:
            yield running
        finally:
            running.stop(signal.SIGQUIT)  # nothing of it is kept


def _as_nobody_special(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]
