"""``python -m benchmarks.soak``: SOAK_MINUTES of real time, then SOAK_YEARS of simulated ones.

For the first half of the real time the daemon is killed now and then, and comes back by itself; in
the second half it is left alone and watched: what has grown by its end is a leak. Ctrl-C ends
either part, and what was seen until then is told.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.figures import circumstances, replace_section
from benchmarks.host import _pss
from benchmarks.soak.growth import Sample, verdicts
from benchmarks.soak.load import Load

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
YEARS = int(os.environ.get("SOAK_YEARS", "10000"))
CALLERS = 4
KILLS = 5
PIECE_YEARS = 100
PORT = 18941
KEPT = Path("build/soak.log")
WARMING = 0.2
"""Of the second half: caches fill before anything is compared."""

_FIRSTLIGHT = str(Path(sys.executable).with_name("firstlight"))
_BAD_WORDS = ("Traceback", "ERROR ", "CRITICAL ")


class Daemon:
    """The real one, on a simulated radio; ``start`` starts it anew after ``kill``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In the background."""
        command = [_FIRSTLIGHT, "serve", "--backend", "simulated", "--demo"]
        command += ["--port", str(PORT), "--state-dir", str(self.folder / "state")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | {"FIRSTLIGHT_PROVISIONING_ENABLED": "1"},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As a power cut would, as far as the process is concerned."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """In good order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def sample(self) -> Sample:
        """How it is just now."""
        assert self._process is not None
        folder = Path(f"/proc/{self._process.pid}")
        state = sum(
            one.stat().st_size for one in (self.folder / "state").iterdir() if one.is_file()
        )
        return Sample(
            memory=_pss(self._process.pid) * 1_048_576,
            descriptors=len(list((folder / "fd").iterdir())),
            threads=len(list((folder / "task").iterdir())),
            state=state,
        )

    def complaints(self) -> list[str]:
        """Lines of its log that should not be there."""
        text = self.log.read_text("utf-8", "replace")
        return [line for line in text.splitlines() if any(word in line for word in _BAD_WORDS)]


@contextmanager
def daemon() -> Iterator[Daemon]:
    """One, started; it ends with the context, and its log is kept."""
    with tempfile.TemporaryDirectory() as folder:
        one = Daemon(Path(folder))
        one.start()
        try:
            yield one
        finally:
            one.stop()
            KEPT.parent.mkdir(exist_ok=True)
            shutil.copy(one.log, KEPT)


async def soak(one: Daemon, seconds: float) -> tuple[list[Sample], Load]:
    """Load for that long. Returns the samples of the second half, and what the callers saw."""
    address = f"http://127.0.0.1:{PORT}"
    limits = httpx.Limits(max_connections=CALLERS * 2)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:
        load = Load(http, random.Random(1))
        await _awake(http)
        callers = [asyncio.create_task(load.go_on()) for _ in range(CALLERS)]
        try:
            await _with_kills(one, http, seconds / 2)
            await asyncio.sleep(seconds / 2 * WARMING)
            samples = await _watched(one, seconds / 2 * (1 - WARMING))
        finally:
            for caller in callers:
                caller.cancel()
            ended = await asyncio.gather(*callers, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            load.faults.append(f"a caller ended: {error!r}")
    return samples, load


async def _with_kills(one: Daemon, http: httpx.AsyncClient, seconds: float) -> None:
    for number in range(KILLS):
        await asyncio.sleep(seconds / KILLS)
        one.kill()
        one.start()
        await _awake(http)
        _say(f"killed and back, {number + 1} of {KILLS}")


async def _watched(one: Daemon, seconds: float) -> list[Sample]:
    samples: list[Sample] = []
    every = min(10.0, seconds / 16)
    end = time.monotonic() + seconds
    told = 0.0
    while time.monotonic() < end:
        await asyncio.sleep(every)
        samples.append(one.sample())
        if time.monotonic() - told > 60:
            told = time.monotonic()
            now = samples[-1]
            _say(
                f"{now.memory / 1_048_576:.1f} MB, {now.descriptors:.0f} descriptors, "
                f"{now.threads:.0f} threads, {now.state / 1024:.0f} KiB of state"
            )
    return samples


async def _awake(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await http.get("/api/health")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


def real() -> list[str]:
    """The real part. Returns what is wrong; empty when nothing is."""
    _say(f"{MINUTES:g} minutes of load on the real daemon")
    with daemon() as one:
        samples, load = asyncio.run(soak(one, MINUTES * 60))
        wrong = [f"{name} has grown" for name, has in verdicts(samples).items() if has]
        wrong += load.faults[:20] + one.complaints()[:20]
        if not one.runs:
            wrong.append("the daemon has ended")
    body = [
        circumstances(),
        "",
        f"{MINUTES:g} minutes, {CALLERS} callers at once, {KILLS} SIGKILLs in the first half. "
        "Done: " + ", ".join(f"{what} {times}" for what, times in sorted(load.done.items())) + ".",
        "",
        "| Watched in the second half | At first | At last |",
        "| --- | ---: | ---: |",
        *_rows(samples),
        "",
        "Wrong: " + ("; ".join(wrong) if wrong else "nothing."),
    ]
    _say("\n".join(body))
    replace_section("A long run", "\n".join(body))
    return wrong


def _rows(samples: list[Sample]) -> Iterator[str]:
    first, last = samples[0], samples[-1]
    for name, unit, divisor in (
        ("memory", "MB", 1_048_576),
        ("descriptors", "", 1),
        ("threads", "", 1),
        ("state", "KiB", 1024),
    ):
        before, after = getattr(first, name) / divisor, getattr(last, name) / divisor
        yield f"| {name} | {before:.3g} {unit} | {after:.3g} {unit} |"


def simulated() -> bool:
    """The simulated part, in pieces with seeds of their own. Whether every rule held."""
    lived = 0
    _say(f"{YEARS} simulated device-years")
    while lived < YEARS:
        years = min(PIECE_YEARS, YEARS - lived)
        command = [_FIRSTLIGHT, "simulate", "--years", str(years), "--seed", str(lived + 1)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            _say(done.stdout + done.stderr)
            _say(f"after {lived} years a rule was broken")
            return False
        lived += years
        _say(f"{lived} of {YEARS} device-years lived, every rule held")
    return True


def main() -> int:
    """Returns the exit code."""
    try:
        wrong = real() if MINUTES else []
        held = simulated() if YEARS else True
    except KeyboardInterrupt:
        _say("ended by hand; nothing wrong until then")
        return 130
    return 1 if wrong or not held else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
