"""Gives the device its ID, once."""

import asyncio
import logging
from collections.abc import Callable

from firstlight.core.pairing import device_id
from firstlight.core.pairing.device_id import Identity
from firstlight.daemon.memory import Memory
from firstlight.model.text import plain

log = logging.getLogger(__name__)


async def name_device(
    memory: Memory,
    *,
    prefix: str,
    wall: float,
    identity: Callable[[], Identity],
    made_up: bytes,
) -> bool:
    """Remember an ID, if there is none. Returns whether there was none.

    ``made_up``: random bytes, for a machine that says nothing of itself.
    """
    kept = memory.kept.device_id
    if device_id.is_usable(kept):
        return False
    if kept:
        log.warning("the kept device ID %s is not one; it is replaced", plain(kept))
    found = await asyncio.to_thread(identity)
    await memory.change(device_id=device_id.device_id(prefix, wall, found, made_up))
    return not kept
