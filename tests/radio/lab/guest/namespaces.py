"""Network namespaces belong to threads: this one steps into another and stays there."""

import ctypes
import os
from pathlib import Path

CLONE_NEWNET = 0x40000000


def enter(netns: str | None) -> None:
    """Move the calling thread. Sockets made from now on belong to ``netns`` for good."""
    if netns is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    with (Path("/run/netns") / netns).open("rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), netns)
