"""Where the commands of the docs are run: a folder as of a clone, and a daemon of its own.

The daemon is real, its radio simulated; the neighbourhood is the one that comes along, only
quicker. What the docs write about a machine (its address, /etc, the state folder) means the like
of it here.
"""

import os
import re
import select
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

from firstlight.client import Client

SECONDS = 25
"""For one command; it keeps what hangs from hanging for ever."""

_ASKED = "assword"
_MACHINE = re.compile(r"(?<![\w./~-])/(boot|etc|lib|opt|run|srv|usr|var)\b\S*")

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
            "/etc": str(folder / "etc"),
            "/usr/local": str(folder / "usr/local"),
        }
        places = sorted(map(re.escape, self._meant), key=len, reverse=True)
        self._places = re.compile(rf"(?<![\w.~-])({'|'.join(places)})(?![\w-])")

    def here(self, command: str) -> str:
        """The command, with the places of the docs replaced by those of this scene."""
        return self._places.sub(lambda found: self._meant[found[0]], command)

    def run(self, command: str, *, until: str = "", types: str = "") -> Done:
        """Run it in bash, at most ``SECONDS``.

        ``until``: it is interrupted once that was said. ``types``: it has a terminal, on which that
        is typed once it asks for a password. What names a place of the machine itself is not run.
        """
        meant = self.here(command)
        named = _MACHINE.search(meant)
        assert named is None, f"{named[0] if named else ''} would be this machine's own: {command}"
        terminal = Terminal() if types else None
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", meant],
            cwd=self.folder,
            env=self._environment,
            stdin=terminal.inner if terminal else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said = b""
            if terminal:
                said += _heard(_ASKED, process, terminal.outer)
                os.write(terminal.outer, f"{types}\n".encode())
            if until:
                said += _heard(until, process)
                os.killpg(process.pid, signal.SIGINT)
            rest, _ = process.communicate(timeout=SECONDS)
            return Done(process.returncode, (said + rest).decode())
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if terminal:
                terminal.close()


class Terminal:
    """What a command takes for one: ``inner`` is its standard input, ``outer`` types."""

    def __init__(self) -> None:
        self.outer, self.inner = os.openpty()

    def close(self) -> None:
        """No more is typed."""
        os.close(self.outer)
        os.close(self.inner)


def _heard(words: str, process: subprocess.Popen[bytes], *terminals: int) -> bytes:
    """All that is said, until that is among it. Fails when the process ends, or takes too long."""
    assert process.stdout is not None
    sources = [process.stdout.fileno(), *terminals]
    said = b""
    deadline = time.monotonic() + SECONDS
    while words not in said.decode(errors="replace"):
        ready, _, _ = select.select(sources, [], [], max(0, deadline - time.monotonic()))
        some = b"".join(os.read(one, 65536) for one in ready)
        assert some, f"{words!r} was not said:\n{said.decode(errors='replace')}"
        said += some
    return said


def _wait_for_hotspot(address: str) -> None:
    """The pages begin where somebody has opened a second terminal: it has long been up by then."""
    deadline = time.monotonic() + SECONDS
    with Client(address) as device:
        while not device.status().network.ap_enabled:
            assert time.monotonic() < deadline, "the hotspot did not come up"
            time.sleep(0.05)


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
        _wait_for_hotspot(address)
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
