"""Telemetry: events a second to a broker on loopback, and what its connection weighs.

The broker is Debian's Mosquitto, without TLS; the device is the real runner in this process, and
for the memory the real daemon with and without a broker.
"""

import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.unit.daemon.waited import until
from tests.unit.telemetry.listening import listening
from tests.unit.telemetry.mosquitto import ROOT, SECRETS, Mosquitto
from tests.unit.telemetry.telling import Told, settings

from benchmarks.daemon import pss
from benchmarks.figures import Figure, figure

ROUNDS = 5
EVENTS = 2000
SETTLE_SECONDS = 3.0

_DEVICE = """
import asyncio, sys, tempfile
from firstlight.config import Config, Mqtt
from firstlight.daemon.opening import open_device
from firstlight.model.backend import Backend

async def main():
    port, password = int(sys.argv[1]), sys.argv[2]
    mqtt = Mqtt(host="127.0.0.1", port=port, username="lamp", password=password,
                topic_prefix="fleet/lamp") if port else Mqtt()
    with tempfile.TemporaryDirectory() as folder:
        config = Config(enabled=True, backend=Backend.SIMULATED, state_dir=folder, mqtt=mqtt)
        async with open_device(config):
            await asyncio.sleep(float(sys.argv[3]))
            print("settled", flush=True)
            await asyncio.sleep(60)

asyncio.run(main())
"""


def measure() -> list[Figure]:
    """All of them."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(Path(folder) / "broker")
        broker.start()
        try:
            rates = [asyncio.run(_rate(Path(folder) / str(n), broker)) for n in range(ROUNDS)]
            without = [_memory(0) for _ in range(ROUNDS)]
            with_one = [_memory(broker.port) for _ in range(ROUNDS)]
        finally:
            broker.stop()
    added = [one - other for one, other in zip(with_one, without, strict=True)]
    note = f"{EVENTS} events, until the last is at another client"
    return [
        figure("events to a broker on loopback", "1/s", rates, "", note),
        figure("a device without a broker, idle", "MB PSS", without, ""),
        figure("added by the connection to a broker", "MB PSS", added, ""),
    ]


async def _rate(folder: Path, broker: Mosquitto) -> float:
    """Events a second, published as fast as the hub's readers can follow."""
    told = Told(folder)
    topic = f"{ROOT}/events"
    given = settings(broker.port, queue_size=10_000)
    async with listening(broker.port, topic) as seen, told.running(given):
        await until(lambda: told.connected)
        gc.collect()
        awaited = len(seen.messages) + EVENTS
        began = time.perf_counter()
        for n in range(EVENTS):
            told.say(f"number {n}")
            if n % 32 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(seen.messages) >= awaited)
        return EVENTS / (time.perf_counter() - began)


def _memory(port: int) -> float:
    """PSS of a device at rest, in MB."""
    with _device(port) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"settled":
            raise RuntimeError("the device did not start")
        return pss(process.pid)


@contextmanager
def _device(port: int) -> Generator[subprocess.Popen[bytes], None, None]:
    command = [sys.executable, "-c", _DEVICE, str(port), SECRETS["lamp"], str(SETTLE_SECONDS)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
