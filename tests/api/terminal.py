"""A terminal for a command, and what somebody does there."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.api.daemon_process import PATIENCE


class Terminal:
    """A command in a terminal of eighty columns, and somebody who types."""

    def __init__(self, command: Sequence[str | bytes], environment: Mapping[str, str]) -> None:
        self.seen = ""
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
        )
        os.close(theirs)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Once the command waits: a Ctrl-C between its question and its reading would be lost.

        Python only notes a signal, and the read that it begins then is not interrupted.
        """
        deadline = time.monotonic() + PATIENCE
        while not self._waits():
            assert time.monotonic() < deadline, f"it does not wait; there was {self.seen!r}"
            time.sleep(0.01)
        os.write(self._ours, text.encode())

    def expect(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert self._read(deadline), f"{text!r} did not come; there was {self.seen!r}"

    def end(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self._process.wait(PATIENCE)

    def _waits(self) -> bool:
        """Whether what is in the foreground sleeps (proc(5), the state in ``stat``)."""
        stat = Path(f"/proc/{os.tcgetpgrp(self._ours)}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "S"

    def _read(self, deadline: float) -> bool:
        """Take what is there; false at the end, or when time is up."""
        left = max(0, deadline - time.monotonic())
        if not select.select([self._ours], [], [], left)[0]:
            return False
        try:
            self.seen += os.read(self._ours, 65536).decode(errors="replace")
        except OSError:  # the other side is closed
            return False
        return True
