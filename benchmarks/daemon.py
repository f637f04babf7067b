"""A daemon of our own to measure: on a simulated radio, idle until somebody asks."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORT = 18931
URL = f"http://127.0.0.1:{PORT}/api/health"
_TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving() -> Iterator[subprocess.Popen[bytes]]:
    """The process, from its start on; it ends with the context."""
    with tempfile.TemporaryDirectory() as state:
        command = [str(Path(sys.executable).with_name("firstlight")), "serve"]
        command += ["--backend", "simulated", "--port", str(PORT), "--state-dir", state]
        process = subprocess.Popen(
            command,
            env=os.environ | {"FIRSTLIGHT_PROVISIONING_ENABLED": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def first_answer() -> None:
    """Return once it answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(URL, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise RuntimeError("the daemon did not answer within 20 s")


def pss(pid: int) -> float:
    """A process's proportional set size, in MiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell PSS")


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
