"""What a program inherits of the daemon, seen by a program that was started with capabilities."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firstlight.daemon import rights

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
PROGRAM = """\
import subprocess, sys
from firstlight.daemon import rights
command = ["grep", "-E", "CapEff|CapAmb|CapPrm|CapInh", "/proc/self/status"]
print(subprocess.check_output(rights.without(command) if sys.argv[1] else command, text=True))
"""


def seen(guard: str) -> set[str]:
    """The values of a program's capability sets that a capable one has started."""
    told = subprocess.check_output([*CAPABLE, sys.executable, "-c", PROGRAM, guard], text=True)
    return {line.split()[1].lstrip("0") for line in told.splitlines() if line}


@needs_root
@pytest.mark.attack(
    "A hook that uses the daemon's capabilities",
    guard="capabilities are taken away before a hook is run",
)
def test_nothing_is_inherited() -> None:
    assert seen("guard") == {""}


@needs_root
@pytest.mark.unguarded("A hook that uses the daemon's capabilities")
def test_without_that_it_would_be() -> None:
    assert seen("") == {"1000"}


def test_a_daemon_without_any_adds_nothing(tmp_path: Path) -> None:
    assert not rights.are_inherited()
    assert rights.without(["/bin/true"]) == ["/bin/true"]


def test_where_it_can_not_be_done_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "are_inherited", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(OSError, match="setpriv is missing"):
        rights.without(["/bin/true"])


def test_what_the_kernel_says(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tx\nCapAmb:\t0000000000003000\n")
    assert rights.are_inherited(status)
    status.write_text("Name:\tx\n")
    assert not rights.are_inherited(status)
    assert not rights.are_inherited(tmp_path / "gone")
