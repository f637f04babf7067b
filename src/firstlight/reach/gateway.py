"""Whether the gateway is there: whoever has its address answers ARP (RFC 826), firewall or not.

The kernel's own neighbour table won't do where it can be helped: for minutes it vouches for a
gateway that has died. It is asked only where this process may not send ARP itself (packet(7) wants
``CAP_NET_RAW``); then a TCP knock makes the kernel look.
"""

import asyncio
import contextlib
import socket
import struct
from pathlib import Path

from firstlight.bound import bound
from firstlight.model.radio import Ipv4

_ARP = 0x0806
_PACKET = struct.Struct("!HHBBH6s4s6s4s")
_REQUEST, _REPLY = 1, 2
_EVERYBODY = b"\xff" * 6
_AGAIN_SECONDS = 0.5  # a single broadcast may be lost on the air
_MOST = 256

_KNOCK_PORT = 53
_ARP_COMPLETE = 0x2


async def answers(interface: str, ipv4: Ipv4, seconds: float) -> tuple[bool, str]:
    """Whether the lease's gateway answers, and a sentence on it."""
    if ipv4.gateway is None:
        return False, "The lease names no gateway."
    try:
        asking = _packet_socket(interface)
    except OSError:  # not allowed, or no such interface: the knock finds that out
        found = await _knock(interface, ipv4.gateway, seconds)
    else:
        with asking:
            found = await _ask(asking, ipv4.address, ipv4.gateway, seconds)
    return found, f"{ipv4.gateway} {'answers' if found else 'does not answer'}."


def _packet_socket(interface: str) -> socket.socket:
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(
            socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ARP))
        )
        sock.setblocking(False)
        sock.bind((interface, _ARP))
        stack.pop_all()
    return sock


async def _ask(asking: socket.socket, own: str, gateway: str, seconds: float) -> bool:
    """Who has that address? False as well when the interface goes down."""
    interface, *_, mac = asking.getsockname()
    target = socket.inet_aton(gateway)
    question = _PACKET.pack(1, 0x0800, 6, 4, _REQUEST, mac, socket.inet_aton(own), bytes(6), target)
    everybody = (interface, _ARP, 0, 0, _EVERYBODY)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            while True:
                await loop.sock_sendto(asking, question, everybody)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN_SECONDS):
                        await _reply(asking, target)
                        return True
    except OSError:  # the deadline, too
        return False


async def _reply(asking: socket.socket, sender: bytes) -> None:
    loop = asyncio.get_running_loop()
    while True:
        packet = await loop.sock_recv(asking, _MOST)
        if len(packet) >= _PACKET.size:
            *_, kind, _, claimed, _, _ = _PACKET.unpack_from(packet)
            if kind == _REPLY and claimed == sender:
                return


async def _knock(interface: str, gateway: str, seconds: float) -> bool:
    """A TCP knock makes the kernel ask for the MAC; any answer, even a refusal, is life."""
    try:
        async with asyncio.timeout(seconds):
            with bound(interface, socket.SOCK_STREAM) as knock:
                await asyncio.get_running_loop().sock_connect(knock, (gateway, _KNOCK_PORT))
    except ConnectionRefusedError:
        return True
    except OSError:  # silence, or a firewall's refusal: whoever has a MAC is there
        return _is_neighbour(interface, gateway)
    return True


def _is_neighbour(interface: str, address: str) -> bool:
    """Whether the kernel has the MAC for that address (proc(5), /proc/[pid]/net/arp)."""
    for line in Path("/proc/thread-self/net/arp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[0] == address and fields[5] == interface:
            return bool(int(fields[2], 16) & _ARP_COMPLETE)
    return False
