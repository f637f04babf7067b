"""On this machine: start to first answer, and what an idle daemon costs."""

import time

from benchmarks.daemon import first_answer, processor_seconds, pss, serving
from benchmarks.figures import Figure, figure

STARTS = 15
IDLE_SECONDS = 60.0
SETTLE_SECONDS = 8.0


def measure(*, idle_seconds: float = IDLE_SECONDS) -> list[Figure]:
    """All host figures."""
    starts = [_start_seconds() for _ in range(STARTS)]
    memory, processor = _idle(idle_seconds)
    return [
        figure("start to first answer", "s", starts, "at most 0.5"),
        figure("idle memory (PSS)", "MB", memory, "under 36, aim 29"),
        figure("idle processor", "% of a core", processor, "under 0.1"),
    ]


def _start_seconds() -> float:
    began = time.perf_counter()
    with serving():
        first_answer()
        return time.perf_counter() - began


def _idle(seconds: float) -> tuple[list[float], list[float]]:
    """PSS in MB, and the processor's share in percent, once the start has settled."""
    with serving() as process:
        first_answer()
        time.sleep(SETTLE_SECONDS)
        before, began = processor_seconds(process.pid), time.monotonic()
        memory = [pss(process.pid)]
        while time.monotonic() - began < seconds:
            time.sleep(min(10.0, seconds))
            memory.append(pss(process.pid))
        used = processor_seconds(process.pid) - before
        return memory, [100 * used / (time.monotonic() - began)]
