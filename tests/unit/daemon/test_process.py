"""Real programs, run to their end."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.daemon.waited import until

from firstlight.daemon import process
from firstlight.daemon.process import Ended, run

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "ONLY": "this"}


async def sh(script: str, *, seconds: float = 8, stdin: bytes = b"", most: int = 4096) -> Ended:
    return await run(
        ["sh", "-c", script],
        environment=ENVIRONMENT,
        seconds=seconds,
        stdin=stdin,
        most_output=most,
    )


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def number_in(path: Path) -> int:
    return int(path.read_text())


async def test_input_output_and_status() -> None:
    ended = await sh("cat; echo ' and' >&2; exit 3", stdin=b"in")
    assert ended == Ended(status=3, output=b"in and\n", cut=False)


async def test_its_input_can_be_opened_again_and_left_unread() -> None:
    assert (await sh("cat /dev/stdin /dev/stdin", stdin=b"x")).output == b"xx"
    assert await sh("exec true", stdin=b"x" * 1_000_000) == Ended(status=0, output=b"", cut=False)


async def test_nothing_of_the_daemons_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLIGHT_PROVISIONING_TOKEN", "correct-horse")
    ended = await run(["/usr/bin/env"], environment=ENVIRONMENT, seconds=8)
    assert sorted(ended.output.splitlines()) == [b"ONLY=this", b"PATH=/usr/bin:/bin"]


async def test_it_has_no_open_file_of_the_daemons(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        ended = await sh("ls /proc/self/fd | wc -l; pwd")
    assert ended.output.split() == [b"4", b"/"]  # three, and the folder that ls looks at


async def test_words_are_words_and_no_shell_reads_them() -> None:
    words = ["$(id)", "; reboot", "--", "`x`", "a b", ""]
    ended = await run(["printf", "%s|", *words], environment=ENVIRONMENT, seconds=8)
    assert ended.output.decode() == "".join(f"{word}|" for word in words)


async def test_output_is_bounded_and_nobody_waits_for_a_full_pipe() -> None:
    ended = await sh("head -c 1000000 /dev/zero; echo end >&2", most=10)
    assert ended == Ended(status=0, output=b"\0" * 10, cut=True)
    assert await sh("printf 0123456789", most=10) == Ended(
        status=0, output=b"0123456789", cut=False
    )


async def test_a_signal_is_a_negative_status() -> None:
    assert (await sh("kill -SEGV $$")).status == -signal.SIGSEGV


@pytest.mark.parametrize(
    ("command", "error"),
    [(["no-such-program"], FileNotFoundError), (["/etc"], PermissionError)],
)
async def test_what_can_not_be_started(command: Sequence[str], error: type[OSError]) -> None:
    before = open_files()
    with pytest.raises(error):
        await run(command, environment=ENVIRONMENT, seconds=8)
    await until(lambda: open_files() <= before)


async def test_when_its_time_is_over_it_is_asked_to_end(tmp_path: Path) -> None:
    script = f"trap 'echo asked > {tmp_path}/asked; exit 0' TERM; echo begun; sleep 60 & wait"
    ended = await sh(script, seconds=1)
    assert ended == Ended(status=None, output=b"begun\n", cut=False)
    assert (tmp_path / "asked").read_text() == "asked\n"


async def test_who_does_not_listen_is_killed_with_all_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "TERM_SECONDS", 0.2)
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/child; echo $$ > {tmp_path}/own; wait"
    ended = await sh(script, seconds=1)
    assert ended.status is None
    assert not is_alive(number_in(tmp_path / "own"))
    await until(lambda: not is_alive(number_in(tmp_path / "child")))


async def test_what_it_leaves_running_ends_with_it(tmp_path: Path) -> None:
    ended = await sh(f"sleep 60 & echo $! > {tmp_path}/child; echo done")
    assert ended == Ended(status=0, output=b"done\n", cut=False)
    await until(lambda: not is_alive(number_in(tmp_path / "child")))


async def test_who_left_the_group_with_the_output_is_not_waited_for(tmp_path: Path) -> None:
    ended = await sh(f"setsid sleep 60 & echo $! > {tmp_path}/child; echo done")
    assert ended == Ended(status=0, output=b"done\n", cut=False)
    os.kill(number_in(tmp_path / "child"), signal.SIGKILL)


async def test_cancelled_it_ends_the_program_first(tmp_path: Path) -> None:
    script = f"echo $$ > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/own; sleep 60"
    running = asyncio.create_task(sh(script))
    await until((tmp_path / "own").exists)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not is_alive(number_in(tmp_path / "own"))


async def test_cancelled_twice_it_still_kills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "TERM_SECONDS", 60.0)
    script = f"trap 'echo > {tmp_path}/asked' TERM; echo $$ > {tmp_path}/own; "
    running = asyncio.create_task(sh(script + "while :; do sleep 0.05; done"))
    await until(lambda: (tmp_path / "own").exists() and bool((tmp_path / "own").read_text()))
    running.cancel()
    await until((tmp_path / "asked").exists)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until(lambda: not is_alive(number_in(tmp_path / "own")))


async def test_what_can_not_be_killed_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "TERM_SECONDS", 0.05)
    monkeypatch.setattr(process, "_KILL_SECONDS", 0.05)
    monkeypatch.setattr(process, "_signal_group", lambda *_: None)
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def begin(*command: Any, **settings: Any) -> subprocess.Popen[bytes]:
        begun.append(real(*command, **settings))
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", begin)
    ended = await sh("exec sleep 60", seconds=0.05)
    assert ended.status is None
    assert "can't be killed; it is left behind" in caplog.text
    os.kill(begun[0].pid, signal.SIGKILL)
    await until(lambda: begun[0].returncode == -signal.SIGKILL)
