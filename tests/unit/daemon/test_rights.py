"""What a program inherits of the daemon, seen by a program that a capable one has started.

All of them live behind the service's filter of system calls, as far as it matters here.
"""

import ctypes
import os
import subprocess
import sys
from typing import Any

import pytest

from firstlight.daemon import rights
from firstlight.daemon.process import run

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can hand capabilities to another user"
)
CAPABLE = [
    "setpriv",
    "--reuid=nobody",
    "--clear-groups",
    "--inh-caps=-all,+net_admin",
    "--ambient-caps=-all,+net_admin",
]
NET_ADMIN = 1 << 12
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # seccomp(2): SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EPERM
# The unit's filter refuses capset(2): it is in "@privileged" (systemd.exec(5), SystemCallFilter=).
PROGRAM = f"""\
import asyncio, ctypes, sys
from firstlight.daemon import rights
from firstlight.daemon.process import run

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
rules = ctypes.c_void_p(seccomp.seccomp_init({ALLOW}))
capset = seccomp.seccomp_syscall_resolve_name(b"capset")
assert seccomp.seccomp_rule_add(rules, {REFUSE}, capset, 0) == 0
assert seccomp.seccomp_load(rules) == 0

if sys.argv[1:] == ["without the guard"]:
    rights.give_up = lambda: None
command = ["/bin/grep", "-E", "Cap(Eff|Amb|Prm)", "/proc/self/status"]
ended = asyncio.run(run(command, environment={{}}, seconds=8))
print(ended.output.decode())
own = open("/proc/self/status").read().partition("CapEff:")[2].split()[0]
print("the daemon's own:", own)
"""


def seen(*words: str) -> tuple[set[int], int]:
    """A program's capability sets, and afterwards those of the capable one that started it."""
    told = subprocess.check_output([*CAPABLE, sys.executable, "-c", PROGRAM, *words], text=True)
    *lines, own = [int(line.split()[-1], 16) for line in told.splitlines() if line]
    return set(lines), own


@needs_root
@pytest.mark.attack(
    "A hook that uses the daemon's capabilities",
    guard="the thread that starts a program gives its capabilities up first",
)
def test_nothing_is_inherited() -> None:
    assert seen() == ({0}, NET_ADMIN)


@needs_root
@pytest.mark.unguarded("A hook that uses the daemon's capabilities")
def test_without_that_it_would_be() -> None:
    assert seen("without the guard") == ({NET_ADMIN}, NET_ADMIN)


async def test_where_it_can_not_be_done_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        """One that knows of no ambient capabilities (prctl(2), before Linux 4.3)."""

        def prctl(self, *_: Any) -> int:
            ctypes.set_errno(22)
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Kernel())
    with pytest.raises(OSError, match="Invalid argument"):
        rights.give_up()
    with pytest.raises(OSError, match="Invalid argument"):
        await run(["/bin/true"], environment={}, seconds=8)
