"""What the daemon's rights are, and how others are started without them.

The service's capabilities are ambient ones, so that ``iw`` and ``nft`` have them, too. Whatever
else is started would inherit them as well (capabilities(7), "Ambient capability set").
"""

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from firstlight.daemon.kernel_files import text

STATUS = Path("/proc/self/status")
_AMBIENT = "CapAmb:"


def are_inherited(status: Path = STATUS) -> bool:
    """Whether a program that this process starts has capabilities of it."""
    for line in text(status).splitlines():
        if line.startswith(_AMBIENT):
            return int(line.removeprefix(_AMBIENT), 16) != 0
    return False


def without(command: Sequence[str]) -> list[str]:
    """A command that runs ``command`` without this process's capabilities, by setpriv(1).

    The command itself where there are none to inherit. Raises ``OSError`` where there is no
    ``setpriv``: nothing is run with rights that it should not have.
    """
    if not are_inherited():
        return list(command)
    program = shutil.which("setpriv")
    if program is None:
        missing = "setpriv is missing, so it would have the daemon's capabilities"
        raise OSError(errno.EPERM, missing, os.fspath(command[0]))
    return [program, "--ambient-caps=-all", "--inh-caps=-all", "--", *command]
