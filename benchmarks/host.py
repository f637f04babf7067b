"""On this machine: start to first answer, and what an idle daemon costs."""

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

from benchmarks.figures import Figure, figure

STARTS = 15
IDLE_SECONDS = 60.0
SETTLE_SECONDS = 8.0
_PORT = 18931
_URL = f"http://127.0.0.1:{_PORT}/api/health"
_TICK = os.sysconf("SC_CLK_TCK")


def measure(*, idle_seconds: float = IDLE_SECONDS) -> list[Figure]:
    """All host figures."""
    starts = [_start_seconds() for _ in range(STARTS)]
    pss, cpu = _idle(idle_seconds)
    return [
        figure("start to first answer", "s", starts, "at most 0.5"),
        figure("idle memory (PSS)", "MB", pss, "under 36, aim 29"),
        figure("idle processor", "% of a core", cpu, "under 0.1"),
    ]


@contextmanager
def _daemon() -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryDirectory() as state:
        command = [str(Path(sys.executable).with_name("firstlight")), "serve"]
        command += ["--backend", "simulated", "--port", str(_PORT), "--state-dir", state]
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


def _start_seconds() -> float:
    began = time.perf_counter()
    with _daemon():
        _first_answer()
        return time.perf_counter() - began


def _first_answer() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(_URL, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise RuntimeError("the daemon did not answer within 20 s")


def _idle(seconds: float) -> tuple[list[float], list[float]]:
    """PSS in MB, and the processor's share in percent, once the start has settled."""
    with _daemon() as process:
        _first_answer()
        time.sleep(SETTLE_SECONDS)
        before, began = _processor_seconds(process.pid), time.monotonic()
        pss = [_pss(process.pid)]
        while time.monotonic() - began < seconds:
            time.sleep(min(10.0, seconds))
            pss.append(_pss(process.pid))
        used = _processor_seconds(process.pid) - before
        return pss, [100 * used / (time.monotonic() - began)]


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell PSS")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
