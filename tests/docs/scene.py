"""Where the commands of the docs are run: a folder as of a clone, and a daemon of its own.

The daemon is real, its radio simulated; the neighbourhood is the one that comes along, only
quicker. What the docs write about a machine (its address, /etc, the state folder) means the like
of it here.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from tests.api.daemon_process import daemon
from tests.docs.blocks import ROOT

SECONDS = 25
"""For one command; it keeps what hangs from hanging for ever."""

HASTE = """
[durations]
scan = 0.2
associate = 0.1
dhcp = 0.1
not_found = 0.3
wrong_password = 0.3
hotspot = 0.2
autoconnect = 0.1
"""
_LINKED = (".venv", "README.md", "clients", "deploy", "docs", "examples", "src")


class Done(NamedTuple):
    """How a command ended. ``said``: both of its outputs."""

    code: int
    said: str


class Scene:
    """A folder, what a daemon's place is called in there, and commands in it."""

    def __init__(self, folder: Path, address: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = environment
        authority = address.removeprefix("http://")
        state = folder / "state"
        self._meant = {
            "127.0.0.1:8080": authority,
            "lamp-7.local:8080": authority,
            "/var/lib/firstlight": str(state),
            "/etc/firstlight": str(folder / "etc/firstlight"),
            "/etc/systemd": str(folder / "etc/systemd"),
            "/usr/local": str(folder / "usr/local"),
        }

    def here(self, command: str) -> str:
        """The command, with the places of the docs replaced by those of this scene."""
        for there, here in self._meant.items():
            command = command.replace(there, here)
        return command

    def run(self, command: str, until: str = "") -> Done:
        """Run it in bash, at most ``SECONDS``; with ``until``, interrupt it once that was said."""
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", self.here(command)],
            cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            said = self._heard(process, until) if until else ""
            if until:
                os.killpg(process.pid, signal.SIGINT)
            rest, _ = process.communicate(timeout=SECONDS)
            return Done(process.returncode, said + rest)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            process.stdout.close()

    def _heard(self, process: subprocess.Popen[str], until: str) -> str:
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        said = b""
        deadline = time.monotonic() + SECONDS
        while until not in said.decode(errors="replace"):
            assert process.poll() is None, said.decode()
            assert time.monotonic() < deadline, f"{until!r} was not said:\n{said.decode()}"
            try:
                said += os.read(process.stdout.fileno(), 65536)
            except BlockingIOError:
                time.sleep(0.02)
        os.set_blocking(process.stdout.fileno(), True)
        return said.decode()


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """One of its own for a page."""
    for name in _LINKED:
        (folder / name).symlink_to(ROOT / name)
    for name in ("bin", "etc/firstlight", "etc/systemd/system", "usr/local", ".run", "home"):
        (folder / name).mkdir(parents=True)
    sudo = folder / "bin/sudo"
    sudo.write_text('#!/bin/sh\nexec "$@"\n')
    sudo.chmod(0o755)
    state = folder / "state"
    (folder / ".run/state").symlink_to(state)
    world = files("firstlight.radio.simulated").joinpath("neighbourhood.toml").read_text("utf-8")
    wanted = {"FIRSTLIGHT_PROVISIONING_ENABLED": "1", "FIRSTLIGHT_HOST": "127.0.0.1"}
    config = folder / "daemon.toml"
    config.write_text('demo = true\n[brand]\nname = "Firstlight"\n[hotspot]\nportal_port = 0\n')
    wanted["FIRSTLIGHT_CONFIG"] = str(config)
    with daemon(state, world=world + HASTE, environment=wanted) as address:
        path = os.pathsep.join([str(folder / "bin"), str(ROOT / ".venv/bin"), os.environ["PATH"]])
        yield Scene(
            folder,
            address,
            {
                "PATH": path,
                "HOME": str(folder / "home"),
                "LANG": "C.UTF-8",
                "COLUMNS": "100",
                "FIRSTLIGHT_STATE_DIR": str(state),
                "EDITOR": "true",
            },
        )
