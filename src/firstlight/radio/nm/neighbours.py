"""The kernel's table of IPv4 neighbours, as ``/proc/net/arp`` shows it (proc(5))."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from firstlight.errors import InvalidInput
from firstlight.model.mac import MacAddress

Read = Callable[[], Awaitable[str]]
"""The table's text. Raises ``OSError``."""

_TABLE = Path("/proc/net/arp")
_COMPLETE = 0x02  # ATF_COM of linux/if_arp.h: the address is known
_COLUMNS = 6


async def read() -> str:
    """The table of this machine."""
    return await asyncio.to_thread(_TABLE.read_text)


def found(table: str, interface: str, address: str) -> MacAddress | None:
    """Who has ``address`` behind ``interface``; an entry of another interface never counts."""
    for line in table.splitlines()[1:]:
        columns = line.split()
        if len(columns) != _COLUMNS:
            continue
        ip, _, flags, mac, _, device = columns
        if (ip, device) != (address, interface) or not _flags(flags) & _COMPLETE:
            continue
        try:
            return MacAddress(mac)
        except InvalidInput:
            return None
    return None


def _flags(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
