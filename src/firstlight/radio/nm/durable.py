"""Profiles that outlive a power cut.

NetworkManager writes a new keyfile without fsync, so for up to half a minute a power cut takes a
network away again that was told as saved. fsync(2) through any descriptor makes a file durable; its
name in the folder needs one of its own.
"""

import asyncio
import logging
import os
from functools import partial
from pathlib import Path

log = logging.getLogger(__name__)

SYNC_SECONDS = 6.0
"""A card that is slower than that goes on by itself."""


async def made_durable(file: str) -> None:
    """Return once ``file``, or its deletion, is on the disk. Never raises. Empty: nothing to do."""
    if not file:
        return
    working = asyncio.ensure_future(asyncio.to_thread(partial(_sync, Path(file))))
    done, _ = await asyncio.wait([working], timeout=SYNC_SECONDS)
    if not done:
        log.warning("%s takes long to get to the disk", file)


def _sync(file: Path) -> None:
    try:
        if file.exists():
            _fsync(file)
        _fsync(file.parent)
    except OSError:
        # A user other than root may not open it; this needs no permission, and takes longer.
        os.sync()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
