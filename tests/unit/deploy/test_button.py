"""The button example: what counts as held, and the program itself on a pipe of input events."""

import asyncio
import importlib.util
import os
import re
import struct
import sys
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.daemon.waited import until

PROGRAM = Path(__file__).parents[3] / "deploy/gpio-button/button.py"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("firstlight_button", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


button = loaded()
DOWN, UP = True, False


def fired(changes: Iterable[tuple[float, bool]], until_: float, seconds: float = 10) -> list[float]:
    """When a hold is complete, as the program would see it: at each change and each due time."""
    hold, times = button.Hold(), []
    for now, pressed in [*changes, (until_, None)]:
        at = button.due(hold, seconds)
        if at is not None and at <= now:
            assert button.is_complete(hold, seconds, at)
            hold = hold._replace(counted=True)
            times.append(at)
        if pressed is not None:
            hold = button.changed(hold, pressed, now)
    return times


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ([(1, DOWN)], [11]),
        ([(1, DOWN), (11.5, UP)], [11]),
        ([(1, DOWN), (10.9, UP)], []),
        ([(1, DOWN), (2, UP), (3, DOWN), (12.9, UP)], []),
        ([(1, DOWN), (2, UP), (3, DOWN), (13.1, UP)], [13]),
        ([(1, DOWN), (1.01, UP), (1.02, DOWN)], [11]),
        ([(1, DOWN), (6, UP), (6.04, DOWN)], [11]),
        ([(1, DOWN), (6, UP), (6.06, DOWN)], [16.06]),
        ([(1, DOWN), (12, UP), (12.02, DOWN)], [11]),
        ([(1, DOWN), (12, UP), (13, DOWN)], [11, 23]),
        ([(1, DOWN), (2, DOWN), (3, DOWN)], [11]),
        ([(1, UP), (2, UP)], []),
        ([(1, UP), (1.01, DOWN), (5, UP), (6, UP)], []),
    ],
)
def test_what_counts_as_held(changes: list[tuple[float, bool]], times: list[float]) -> None:
    assert fired(changes, until_=40) == times


@given(
    # In 64ths of a second, so that sums are exact.
    changes=st.lists(st.tuples(st.integers(1, 320), st.booleans()), max_size=40),
)
def test_a_hold_has_no_gap_longer_than_a_bounce(changes: list[tuple[int, bool]]) -> None:
    now, line = 0.0, []
    for pause, pressed in changes:
        now += pause / 64
        line.append((now, pressed))
    for end in fired(line, until_=now + 20):
        began = end - 10
        level = [pressed for at, pressed in line if at <= began][-1]
        assert level is DOWN
        ups = [at for at, pressed in line if began < at < end and pressed is UP]
        for up in ups:
            later = [at for at, pressed in line if at > up and pressed is DOWN]
            assert later
            assert later[0] - up <= button.BOUNCE_SECONDS


def event(kind: int, code: int, value: int, at: float = 7.25) -> bytes:
    return struct.pack("llHHi", int(at), round(at % 1 * 1_000_000), kind, code, value)


def test_levels_of_a_key() -> None:
    data = b"".join(
        [
            event(1, 141, 1),
            event(0, 0, 0),
            event(1, 141, 2),  # repeated
            event(1, 30, 1),  # another key
            event(4, 141, 1),  # no key at all
            event(1, 141, 0),
            event(0, 3, 0),  # some were dropped
        ]
    )
    assert list(button.levels(data, 141)) == [(7.25, DOWN), (7.25, UP), (7.25, UP)]


class Running:
    """The program, reading from a named pipe instead of an input device."""

    def __init__(self, folder: Path) -> None:
        self.device = folder / "event0"
        self.ran = folder / "ran"
        os.mkfifo(self.device)

    @asynccontextmanager
    async def program(
        self, seconds: float, command: str
    ) -> AsyncGenerator[asyncio.subprocess.Process, None]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, PROGRAM, self.device, "--seconds", str(seconds)),
            *("--", "sh", "-c", command),
            stderr=asyncio.subprocess.PIPE,
        )
        self._writing = os.open(self.device, os.O_RDWR)
        try:
            yield process
        finally:
            os.close(self._writing)
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def go(self, level: bool, after: float = 0.0) -> None:
        """Down or up, so many seconds from now."""
        at = time.monotonic() + after
        os.write(self._writing, event(1, 141, int(level), at) + event(0, 0, 0, at))


async def test_the_program_runs_the_command_once_for_a_hold(tmp_path: Path) -> None:
    running = Running(tmp_path)
    async with running.program(0.3, f"echo ran >> {running.ran}"):
        running.go(DOWN)
        await until(running.ran.exists)
        running.go(UP)
        running.go(DOWN, after=0.01)  # a bounce: still the same hold
        running.go(UP, after=0.02)
        running.go(DOWN, after=0.2)
        await until(lambda: running.ran.read_text() == "ran\nran\n")


async def test_a_command_that_fails_ends_the_program(tmp_path: Path) -> None:
    running = Running(tmp_path)
    async with running.program(0.1, "exit 3") as process:
        running.go(DOWN)
        assert await asyncio.wait_for(process.wait(), 8) == 1
        assert process.stderr is not None
        assert b"returned non-zero exit status 3" in await process.stderr.read()


async def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, PROGRAM, tmp_path / "none", "--", "true"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 8)
    assert (process.returncode, b"No such file" in said) == (1, True)


async def test_a_device_that_goes(tmp_path: Path) -> None:
    device = tmp_path / "empty"
    device.touch()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, PROGRAM, device, "--", "true"), stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 8)
    assert (process.returncode, b"is gone" in said) == (1, True)


def test_its_unit_is_let_through_the_daemons_socket() -> None:
    """The socket and its folder are for the daemon's user alone, and root has no way round that
    without capabilities.
    """
    button = (PROGRAM.parent / "firstlight-button.service").read_text()
    daemon = (resources.files("firstlight") / "packaged/firstlight.service").read_text()
    assert _setting(button, "User") == _setting(daemon, "User")
    assert f"--state-dir /var/lib/{_setting(daemon, 'StateDirectory')}\n" in button
    assert _setting(button, "SupplementaryGroups") == "input"  # udev's own rules


def _setting(unit: str, name: str) -> str:
    [value] = re.findall(rf"(?m)^{name}=(.*)$", unit)
    return value
