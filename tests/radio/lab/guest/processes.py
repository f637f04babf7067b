"""Commands and daemons. Output is text; bytes that are not UTF-8 survive as lone surrogates."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_spawned: dict[str, subprocess.Popen[bytes]] = {}
_lock = threading.Lock()

KILL_WAIT = 10.0


def in_namespace(argv: Sequence[str], netns: str | None) -> list[str]:
    """The command that runs ``argv`` in that network namespace."""
    return [*(("ip", "netns", "exec", netns) if netns else ()), *argv]


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}


def run(
    argv: Sequence[str],
    netns: str | None = None,
    env: Mapping[str, str] | None = None,
    given: str = "",
    timeout: float = 30.0,
) -> dict[str, Any]:
    """Run to the end. A command that outlives ``timeout`` is killed; its ``rc`` is null."""
    process = subprocess.Popen(
        in_namespace(argv, netns),
        env=_environment(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    returned: int | None
    try:
        out, err = process.communicate(given.encode("utf-8", "surrogateescape"), timeout)
        returned = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        returned = None
    return {
        "rc": returned,
        "out": out.decode("utf-8", "surrogateescape"),
        "err": err.decode("utf-8", "surrogateescape"),
    }


def spawn(
    name: str,
    argv: Sequence[str],
    log: str,
    netns: str | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Start a daemon that stays in the foreground; its output is added to ``log``."""
    with Path(log).open("ab", buffering=0) as sink:
        sink.write(f"--- started: {' '.join(argv)}\n".encode("utf-8", "surrogateescape"))
        process = subprocess.Popen(
            in_namespace(argv, netns),
            env=_environment(env),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    with _lock:
        _spawned[name] = process
    return process.pid


def kill(name: str, signal_name: str = "SIGTERM") -> int | None:
    """Signal a daemon and wait for its end; one that does not end is killed. Null: it never ran."""
    with _lock:
        process = _spawned.pop(name, None)
    if process is None:
        return None
    if process.poll() is None:
        os.kill(process.pid, signal.Signals[signal_name])
    try:
        return process.wait(KILL_WAIT)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(KILL_WAIT)


def alive(name: str) -> bool:
    """Whether the daemon is running."""
    with _lock:
        process = _spawned.get(name)
    return process is not None and process.poll() is None
