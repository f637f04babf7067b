"""The real part: load on a daemon that is killed now and then, and afterwards only watched."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import httpx

from benchmarks.figures import circumstances, replace_section
from benchmarks.soak.growth import LEAST_SAMPLES, Sample, verdicts
from benchmarks.soak.load import Load
from benchmarks.soak.victim import PORT, Victim, started

CALLERS = 4
KILLS = 5
WARMING = 0.2
"""Of the second half: caches fill before anything is compared."""

HEADING = "A long run"
_SHOWN = 20
_AWAKE_SECONDS = 60.0


class Seen:
    """What has come of it so far; ``samples`` are of the second half."""

    def __init__(self) -> None:
        self.kills = 0
        self.samples: list[Sample] = []
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []


def live(minutes: float) -> list[str]:
    """Returns what is wrong; empty when nothing is. Ctrl-C ends it, and it tells nevertheless."""
    print(f"{minutes:g} minutes of load on the real daemon", flush=True)
    seen, began, ended_by_hand = Seen(), time.monotonic(), False
    with started() as one:
        whole = False
        try:
            asyncio.run(_soak(one, minutes * 60, seen))
            whole = one.runs
        except KeyboardInterrupt:
            print("ended by hand", flush=True)
            ended_by_hand = True
        except TimeoutError:
            seen.faults.append(f"the daemon did not answer within {_AWAKE_SECONDS:.0f} s")
        wrong = _wrong(one, seen)
    lived = minutes if whole else (time.monotonic() - began) / 60
    body = _told(lived, seen, wrong)
    print(body, flush=True)
    if ended_by_hand:
        raise KeyboardInterrupt
    if whole:
        replace_section(HEADING, body)
    return wrong


async def _soak(one: Victim, seconds: float, seen: Seen) -> None:
    address = f"http://127.0.0.1:{PORT}"
    limits = httpx.Limits(max_connections=CALLERS * 2)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:
        load = Load(http, random.Random(1))
        seen.done, seen.faults = load.done, load.faults
        await _awake(one, http)
        callers = [asyncio.create_task(load.go_on()) for _ in range(CALLERS)]
        try:
            await _with_kills(one, http, seconds / 2, seen)
            await asyncio.sleep(seconds / 2 * WARMING)
            await _watched(one, seconds / 2 * (1 - WARMING), seen.samples)
        finally:
            for caller in callers:
                caller.cancel()
            ended = await asyncio.gather(*callers, return_exceptions=True)
            load.faults.extend(
                f"a caller ended: {error!r}" for error in ended if isinstance(error, Exception)
            )


async def _with_kills(one: Victim, http: httpx.AsyncClient, seconds: float, seen: Seen) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(seconds / KILLS)
        one.kill()
        one.start()
        await _awake(one, http)
        seen.kills += 1
        print(f"killed and back, {seen.kills} of {KILLS}", flush=True)


async def _watched(one: Victim, seconds: float, samples: list[Sample]) -> None:
    every = min(10.0, seconds / (2 * LEAST_SAMPLES))
    end = time.monotonic() + seconds
    told = 0.0
    while time.monotonic() < end:
        await asyncio.sleep(every)
        if not one.runs:
            return
        samples.append(one.sample())
        if time.monotonic() - told > 60:
            told = time.monotonic()
            now = samples[-1]
            print(
                f"{now.memory / 1_048_576:.1f} MB, {now.descriptors:.0f} descriptors, "
                f"{now.threads:.0f} threads, {now.state / 1024:.0f} KiB of state",
                flush=True,
            )


async def _awake(one: Victim, http: httpx.AsyncClient) -> None:
    """Raises ``TimeoutError``. An answer counts while it runs: another one may have its port."""
    async with asyncio.timeout(_AWAKE_SECONDS):
        while not (await _answers(http) and one.runs):  # noqa: ASYNC110  another process tells nothing
            await asyncio.sleep(0.1)


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/api/health")).status_code == 200
    except httpx.TransportError:
        return False


def _wrong(one: Victim, seen: Seen) -> list[str]:
    wrong = seen.faults[:_SHOWN] + one.complaints()[:_SHOWN]
    if not one.runs:
        wrong.append("the daemon has ended")
    if len(seen.samples) >= LEAST_SAMPLES:
        wrong += [f"{name} has grown" for name, has in verdicts(seen.samples).items() if has]
    return wrong


def _told(minutes: float, seen: Seen, wrong: Sequence[str]) -> str:
    done = ", ".join(f"{what} {times}" for what, times in sorted(seen.done.items()))
    lines = [
        circumstances(),
        "",
        f"{minutes:.3g} minutes, {CALLERS} callers at once, {seen.kills} kills in the first half.",
        f"Done: {done}.",
        "",
        *_watched_rows(seen.samples),
        "",
        f"Wrong: {'; '.join(wrong) or 'nothing'}.",
    ]
    return "\n".join(lines)


def _watched_rows(samples: Sequence[Sample]) -> Iterator[str]:
    if len(samples) < LEAST_SAMPLES:
        yield "Too short to say whether anything grows."
        return
    yield from ("| Watched in the second half | At first | At last |", "| --- | ---: | ---: |")
    first, last = samples[0], samples[-1]
    for name, unit, divisor in (
        ("memory", "MB", 1_048_576),
        ("descriptors", "", 1),
        ("threads", "", 1),
        ("state", "KiB", 1024),
    ):
        before, after = getattr(first, name) / divisor, getattr(last, name) / divisor
        yield f"| {name} | {before:.3g} {unit} | {after:.3g} {unit} |"
