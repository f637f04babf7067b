"""Whether a broker takes connections through one interface."""

import asyncio
import socket
from typing import NamedTuple

from firstlight.bound import bound, in_words
from firstlight.model.reach import Broker
from firstlight.reach.names import Names


class Connected(NamedTuple):
    """How it went. ``address``: see ``model.reach.BrokerFinding``."""

    holds: bool
    evidence: str
    address: str | None


async def connect(interface: str, names: Names, broker: Broker, deadline: float) -> Connected:
    """Open a TCP connection and close it; ends at ``deadline`` (loop time) at the latest."""
    address = await names.address(broker.host)
    if address is None:
        return Connected(
            holds=False, evidence=f"{broker.host} could not be resolved.", address=None
        )
    where = f"{broker.host} (port {broker.port})"
    try:
        async with asyncio.timeout_at(deadline):
            with bound(interface, socket.SOCK_STREAM) as sock:
                await asyncio.get_running_loop().sock_connect(sock, (address, broker.port))
    except OSError as error:
        return Connected(holds=False, evidence=f"{where} {in_words(error)}.", address=address)
    return Connected(holds=True, evidence=f"{where} takes connections.", address=address)
