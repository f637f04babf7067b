"""Every call that an action makes of the system, and the same action killed or failing there."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# What writing asks of the system, one after another. ``write`` happens inside the file object.
CALLS = ("unlink", "open", "fsync", "replace", "close", "link")

# Kills itself at the given step: before or after the n-th call of that name.
CHILD = """
import os, signal, sys
from pathlib import Path

code, folder, name, number, moment = sys.argv[1:]
real, count = getattr(os, name), 0

def killing(*given, **named):
    global count
    count += 1
    if count == int(number) and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        return real(*given, **named)
    finally:
        if count == int(number) and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

def armed():
    setattr(os, name, killing)

exec(code, {"folder": Path(folder), "armed": armed})
"""

Step = tuple[str, int]


def counted(monkeypatch: pytest.MonkeyPatch, before: Callable[[str, int], None]) -> None:
    """Let ``before`` see every call with its number; it may raise."""
    counts = dict.fromkeys(CALLS, 0)

    def watched(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*given: object, **named: object) -> object:
            counts[name] += 1
            before(name, counts[name])
            return real(*given, **named)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, watched(name))


def steps(action: Callable[[], object]) -> list[Step]:
    """Every call that ``action`` makes, in order."""
    made: list[Step] = []
    with pytest.MonkeyPatch.context() as patch:
        counted(patch, lambda name, number: made.append((name, number)))
        action()
    return made


def killed(code: str, folder: Path, step: Step, moment: str) -> None:
    """Run ``code`` in a process that kills itself before or after that step.

    It finds ``folder`` and calls ``armed()`` where the counting begins.
    """
    name, number = step
    child = subprocess.run(
        [sys.executable, "-c", CHILD, code, folder, name, str(number), moment],
        check=False,
        capture_output=True,
        timeout=20,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
