"""The machine's own IPv4 addresses, and word of every change of them (rtnetlink(7))."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import ifaddr

_ADDRESSES_CHANGED = 0x10  # RTMGRP_IPV4_IFADDR
_LARGE = 65_536


def own_addresses() -> frozenset[str]:
    """Those of all interfaces but the loopback and what was made up for want of DHCP."""
    found = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    return frozenset(str(one) for one in found if not str(one).startswith(("127.", "169.254.")))


@contextmanager
def watched(changed: Callable[[], None]) -> Generator[None]:
    """``changed`` is called, in the running loop, after each change. Raises ``OSError``."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.setblocking(False)
        kernel.bind((0, _ADDRESSES_CHANGED))

        def heard() -> None:
            try:
                while kernel.recv(_LARGE):
                    pass
            except BlockingIOError:
                pass
            except OSError:  # more than the kernel could keep: then something has changed
                pass
            changed()

        loop.add_reader(kernel, heard)
        try:
            yield
        finally:
            loop.remove_reader(kernel)
