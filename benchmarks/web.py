"""Over HTTP: requests a second against a bare route, a thousand readers of events, page bytes."""

import asyncio
import gc
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import httpx

from benchmarks.daemon import PORT, first_answer, pss, serving
from benchmarks.figures import Figure, figure, percentile
from firstlight.clock import SystemClock
from firstlight.daemon.hub import Hub
from firstlight.model.event import EventType, Level
from firstlight.web.connection import Bounds
from firstlight.web.listeners import bind_unix
from firstlight.web.server import WebServer
from firstlight.web.sse import EventStream

ROUNDS = 21
SECONDS = 0.7
CLIENTS = 8
READERS = 1000
EVENTS = 60
_STATUS = "/api/provisioning/status"

_BARE = """
import asyncio, sys
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from firstlight.web.listeners import bind_tcp
from firstlight.web.server import WebServer
body = sys.stdin.buffer.read()
async def status(request):
    return Response(body, media_type="application/json")
listener = bind_tcp("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
app = Starlette(routes=[Route("/api/provisioning/status", status)])
asyncio.run(WebServer(app, [listener]).serve())
"""


def measure() -> list[Figure]:
    """All of them."""
    return [*_status(), *asyncio.run(_fan_out()), *_pages()]


@contextmanager
def _bare(body: bytes) -> Iterator[tuple[int, int]]:
    """A route that only returns those bytes, behind the same server: its process and its port."""
    command = [sys.executable, "-c", _BARE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(body)
    process.stdin.close()
    try:
        yield process.pid, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait(10)


def _status() -> list[Figure]:
    with ExitStack() as stack:
        daemon = stack.enter_context(serving())
        first_answer()
        time.sleep(3)
        body = httpx.get(f"http://127.0.0.1:{PORT}{_STATUS}").content
        bare = stack.enter_context(_bare(body))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(asyncio.run(_load(daemon.pid, PORT)))
            theirs.append(asyncio.run(_load(*bare)))
    both = list(zip(ours, theirs, strict=True))
    return [
        figure("status: requests a second", "1/s", [one.rate for one in ours], ""),
        figure("a bare route: requests a second", "1/s", [one.rate for one in theirs], ""),
        figure(
            "status against the bare route",
            "",
            [mine.rate / other.rate for mine, other in both],
            "at least 0.7",
        ),
        figure(
            "the same by processor time",
            "",
            [other.cost / mine.cost for mine, other in both],
            "at least 0.7",
        ),
        figure(
            "status: p99 of a request", "ms", [one.p99 for one in ours], "", f"{CLIENTS} at once"
        ),
        figure("a bare route: p99 of a request", "ms", [one.p99 for one in theirs], ""),
    ]


class Load(NamedTuple):
    """Requests a second, their 99th percentile in ms, and processor seconds for each."""

    rate: float
    p99: float
    cost: float


async def _load(pid: int, port: int) -> Load:
    """Ask that process as fast as it answers."""
    took: list[float] = []
    before = _processor_seconds(pid)
    end = time.perf_counter() + SECONDS
    await asyncio.gather(*(_client(port, end, took) for _ in range(CLIENTS)))
    cost = (_processor_seconds(pid) - before) / len(took)
    return Load(len(took) / SECONDS, percentile(took, 99) * 1000, cost)


def _processor_seconds(pid: int) -> float:
    """What it has used so far (proc(5), ``schedstat``: nanoseconds)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def _client(port: int, end: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {_STATUS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    try:
        while (began := time.perf_counter()) < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length is not None
            await reader.readexactly(int(length[1]))
            took.append(time.perf_counter() - began)
    finally:
        writer.close()


async def _fan_out() -> list[Figure]:
    """Over Unix sockets, whose readers are not counted; server and readers share one process."""
    hub = Hub(SystemClock(), readers=READERS + 1)

    async def app(scope: object, receive: object, send: object) -> None:
        stream = EventStream(
            hub,
            None,
            clock=SystemClock(),
            heartbeat_seconds=600,
            place=nullcontext(),
            shows=lambda _: True,
            may_stay=lambda: True,
        )
        await stream(scope, receive, send)  # type: ignore[arg-type]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.sock"
        server = WebServer(app, [bind_unix(path)], bounds=Bounds(grace=0.5))  # type: ignore[arg-type]
        served = asyncio.create_task(server.serve())
        await asyncio.sleep(0.1)
        gc.collect()
        before = pss(os.getpid())
        readers = [await _reader(path) for _ in range(READERS)]
        gc.collect()
        each = (pss(os.getpid()) - before) * 1024 / READERS
        took = [await _event(hub, n, readers) for n in range(EVENTS)]
        for _, writer in readers:
            writer.close()
        hub.close()
        server.stop()
        await served
    p99 = percentile(took, 99)
    return [
        figure(
            f"an event to the last of {READERS} readers",
            "ms",
            took,
            "",
            f"p99 {p99:.0f} ms; reading them included",
        ),
        figure("memory of a reader, both ends", "kB", [each], ""),
    ]


async def _reader(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(50):
        try:
            reader, writer = await asyncio.open_unix_connection(path)
            break
        except BlockingIOError:
            await asyncio.sleep(0.01)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b'"ok":true')
    return reader, writer


async def _event(
    hub: Hub, number: int, readers: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
) -> float:
    """Milliseconds until everybody has it."""
    began = time.perf_counter()
    mark = f"Number {number}."
    hub.publish(EventType.SYSTEM, Level.INFO, mark)
    await asyncio.gather(*(reader.readuntil(mark.encode()) for reader, _ in readers))
    return (time.perf_counter() - began) * 1000


def _pages() -> list[Figure]:
    """A first visit in Chromium: bytes on the wire, requests, and seconds on a slow link."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu"]
    seconds: list[float] = []
    sizes: list[float] = []
    counts: list[float] = []
    with serving(), sync_playwright() as playwright:
        first_answer()
        time.sleep(3)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for _ in range(5):
            context = browser.new_context(viewport={"width": 360, "height": 740})
            page = context.new_page()
            link = context.new_cdp_session(page)
            link.send("Network.enable")
            link.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": 200, "downloadThroughput": 50_000,
                 "uploadThroughput": 25_000},
            )  # fmt: skip
            received: list[float] = []
            note = received.append
            link.on("Network.loadingFinished", lambda one, to=note: to(one["encodedDataLength"]))
            began = time.perf_counter()
            page.goto(f"http://127.0.0.1:{PORT}/", wait_until="commit")
            page.get_by_role("link", name="Lighthouse").wait_for()
            seconds.append(time.perf_counter() - began)
            page.wait_for_timeout(1500)
            sizes.append(sum(received) / 1000)
            counts.append(len(received))
            context.close()
        browser.close()
    return [
        figure("first visit: on the wire", "kB", sizes, "at most 30", "headers included"),
        figure("first visit: requests", "", counts, ""),
        figure("first visit to a usable list", "s", seconds, "", "400 kbit/s, 200 ms, Chromium"),
    ]


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(measure()))
