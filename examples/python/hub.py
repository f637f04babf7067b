"""A hub on the LAN: pairs with a box once, then follows what happens there."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from firstlight.client import AsyncClient
from firstlight.errors import LockedOut, NoDaemon, Unauthorized
from firstlight.model.event import DeviceEvent


async def pair(address: str, code: str, ca: Path | None = None) -> str:
    """A token for 30 days, for the code that the box shows."""
    async with AsyncClient(address, ca=ca) as device:
        try:
            return (await device.pair(code, "The hub")).token
        except LockedOut as error:
            print(f"Too many wrong codes; again in {error.retry_after:.0f} s.")
            raise


async def follow(
    address: str, token: str, tell: Callable[[DeviceEvent], bool], ca: Path | None = None
) -> None:
    """Tell each event, also those of while the connection was lost, until that says no."""
    async with AsyncClient(address, token=token, ca=ca) as device:
        async for event in device.events():
            if not tell(event):
                return


async def look(addresses: list[str], token: str) -> None:
    """Several boxes at once."""

    async def one(address: str) -> str:
        try:
            async with AsyncClient(address, token=token, seconds=5) as device:
                return (await device.status()).runtime.summary
        except (NoDaemon, Unauthorized) as error:
            return error.message

    for summary in await asyncio.gather(*map(one, addresses)):
        print(summary)


if __name__ == "__main__":
    asyncio.run(look(sys.argv[1:], sys.stdin.readline().strip()))
