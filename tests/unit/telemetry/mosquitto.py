"""A real Mosquitto on loopback, with users, an access list and, if wanted, TLS."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SECRETS = {name: f"{name}-pass-phrase" for name in ("lamp", "boss", "guest", "mute")}
ROOT = "fleet/lamp"

ACCESS = f"""\
user lamp
topic readwrite {ROOT}/#
topic write homeassistant/device/+/config

user boss
topic readwrite #

user guest
topic read {ROOT}/#

user mute
topic write {ROOT}/status
topic write {ROOT}/availability
"""
"""``lamp`` is the device; ``boss`` may send commands, ``guest`` may only look, and ``mute`` is a
device that may not tell its events."""

_SECONDS = 30.0


def require() -> str:
    """Its path. Skips the test where it is not installed, but not in continuous integration."""
    if PROGRAM is None and os.environ.get("CI") != "true":
        pytest.skip("mosquitto is not installed")
    assert PROGRAM is not None, "mosquitto is not installed"
    return PROGRAM


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Mosquitto:
    """Started, killed and started again on the same port."""

    def __init__(
        self, folder: Path, *, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        self.program = require()
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        self._file = folder / "mosquitto.conf"
        self._log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None
        users, access = folder / "users", folder / "access"
        users.write_text("".join(f"{name}:{secret}\n" for name, secret in SECRETS.items()))
        subprocess.run(["mosquitto_passwd", "-U", users], check=True, capture_output=True)
        access.write_text(ACCESS)
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous false",
            f"password_file {users}",
            f"acl_file {access}",
            "persistence false",
            "log_dest stderr",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        if certificate is not None:
            lines += [f"certfile {certificate}", f"keyfile {key}"]
        self._file.write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Returns once it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.program, "-c", self._file], stdout=log, stderr=log, cwd=self._file.parent
            )
        end = time.monotonic() + _SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < end, "mosquitto does not listen"
                time.sleep(0.005)
            else:
                return

    def stop(self) -> None:
        """Killed; fine if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
