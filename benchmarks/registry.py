"""The registry in SQLite: look-ups among few and many, a bundle, an import."""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from benchmarks.figures import Figure, figure
from firstlight.config import Config
from firstlight.daemon.provisioning.desk import Desk
from firstlight.daemon.registry import RegistryKeeper, open_registry
from firstlight.model.mac import MacAddress
from firstlight.model.records import Client, Controller, Hid, Mqtt, Record, RecordKind, Wifi
from firstlight.model.registry import Entry
from firstlight.provisioning.transfer.comma import csv_header, csv_line
from firstlight.store.registry import select
from firstlight.store.registry.port import Registry

FEW, MANY = 1000, 1_000_000
AT_ONCE = 20_000
LOOK_UPS = 3000
BUNDLE = 10_000
BUNDLES = 7
IMPORT = 100_000
IMPORTS = 3

_PROCESS = Path("/proc/self")


def measure() -> list[Figure]:
    """All of them; the bundle first, while the memory is still small."""
    return [*_bundle(), *asyncio.run(_import()), *_look_up()]


def _mac(number: int) -> MacAddress:
    return MacAddress.from_bytes(b"\x02\0" + number.to_bytes(4, "big"))


def _row(number: int) -> tuple[RecordKind, str, Record]:
    """Every tenth is a controller."""
    uuid, mac = f"0b0e7a52-60f6-4a0c-8d0f-{number:012x}", _mac(number)
    mqtt = Mqtt(host="broker.example.net", username=f"user-{number}", password="correct-horse")
    if number % 10 == 0:
        controller = Controller(name=f"Controller {number}", mac_address=mac, mqtt=mqtt)
        return RecordKind.CONTROLLER, uuid, controller
    return (
        RecordKind.CLIENT,
        uuid,
        Client(
            name=f"Client {number}",
            area="Hall",
            mac_address=mac,
            hids={"1": Hid(color="red", tags=("door", "light"))},
            mqtt=mqtt,
            wifi=Wifi(ssid="Lighthouse", password="correct-horse-battery"),
        ),
    )


def _filled(folder: str, count: int) -> Registry:
    registry = select.open_registry(Path(folder), url=None, key_file=None)
    for start in range(0, count, AT_ONCE):
        registry.put_all(map(_row, range(start, min(start + AT_ONCE, count))))
    return registry


def _look_up() -> Iterator[Figure]:
    """Turn by turn, so that whatever else the machine does meets both."""
    chance, few, many = random.Random(1), list[float](), list[float]()
    with (
        tempfile.TemporaryDirectory() as small,
        tempfile.TemporaryDirectory() as large,
        closing(_filled(small, FEW)) as one,
        closing(_filled(large, MANY)) as other,
    ):
        for _ in range(LOOK_UPS):
            few.append(_microseconds(one, chance.randrange(FEW)))
            many.append(_microseconds(other, chance.randrange(MANY)))
    ratio = statistics.median(many) / statistics.median(few)
    yield figure(f"look-up by MAC among {FEW:,}", "µs", few, "")
    yield figure(f"look-up by MAC among {MANY:,}", "µs", many, "")
    yield figure("look-up by MAC: ratio of medians", "", [ratio], "at most 1.5")


def _microseconds(registry: Registry, number: int) -> float:
    kind, mac = _row(number)[0], _mac(number)
    began = time.perf_counter()
    found = registry.find(kind, mac)
    took = time.perf_counter() - began
    if found is None:
        raise RuntimeError(f"{mac} is not found")
    return took * 1e6


def _bundle() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        _filled(folder, BUNDLE).close()
        rates, growth = asyncio.run(_bundles(folder))
    yield figure(f"bundle of {BUNDLE:,} records", "MB/s", rates, "")
    yield figure("bundle: growth of memory at its peak", "MB", growth, "under 10")


async def _bundles(folder: str) -> tuple[list[float], list[float]]:
    keeper, rates, growth = _kept(folder), list[float](), list[float]()
    mode = SimpleNamespace(take=lambda _: None)
    desk = Desk(cast("Any", mode), cast("Any", SimpleNamespace(records=keeper)), lambda _: 0)
    await keeper.find(RecordKind.CLIENT, _mac(1))
    for _ in range(BUNDLES):
        (_PROCESS / "clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
        before, size, began = _memory("VmRSS"), 0, time.perf_counter()
        async for chunk in desk._bundle(_mac(0)):
            size += len(chunk)
        rates.append(size / 1e6 / (time.perf_counter() - began))
        growth.append(_memory("VmHWM") - before)
    await keeper.close()
    return rates, growth


def _memory(name: str) -> float:
    """In MB, as the kernel counts it."""
    for line in (_PROCESS / "status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError(f"the kernel does not tell {name}")


async def _import() -> list[Figure]:
    text = csv_header() + b"".join(map(_line, range(IMPORT)))
    seconds, waits, longest = list[float](), list[float](), list[float]()
    for _ in range(IMPORTS):
        with tempfile.TemporaryDirectory() as folder:
            keeper = _kept(folder)
            over = asyncio.Event()
            asking = asyncio.create_task(_asked(keeper, over))
            began = time.perf_counter()
            seen = await keeper.import_all(text, "csv")
            seconds.append(time.perf_counter() - began)
            over.set()
            took = await asking
            waits += took
            longest.append(max(took))
            await keeper.close()
        if seen.added != IMPORT:
            raise RuntimeError(f"only {seen.added} were imported: {seen.faults[:3]}")
    return [
        figure(f"import of {IMPORT:,} rows of CSV", "s", seconds, ""),
        figure("a look-up meanwhile", "ms", waits, ""),
        figure("the longest one", "ms", longest, "", "while all is written at once"),
    ]


def _line(number: int) -> bytes:
    kind, uuid, record = _row(number)
    return csv_line(Entry(kind=kind, uuid=uuid, version=1, record=record))


async def _asked(keeper: RegistryKeeper, over: asyncio.Event) -> list[float]:
    """How long each of many look-ups takes, in milliseconds; the last one ends after ``over``."""
    took: list[float] = []
    while not over.is_set():
        began = time.perf_counter()
        await keeper.find(RecordKind.CLIENT, _mac(1))
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.01)
    return took


def _kept(folder: str) -> RegistryKeeper:
    return open_registry(Config(state_dir=folder))
