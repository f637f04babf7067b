"""The kernel's tables of sockets, ``/proc/net/{tcp,udp}{,6}`` (its proc_net_tcp.rst)."""

import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import msgspec

_TCP_LISTEN = "0A"
_UDP_UNCONNECTED = "07"
_IPV4_DIGITS = 8
_WORD_DIGITS = 8
_COLUMNS = 10


class WaitingSocket(msgspec.Struct, frozen=True):
    """A socket that waits for anybody; ``inode`` identifies it under ``/proc/<pid>/fd``."""

    protocol: str
    address: str
    port: int
    inode: str


def waiting(table: str, protocol: str) -> Iterator[WaitingSocket]:
    """The waiting sockets in the text of a table. ``protocol``: ``tcp`` or ``udp``.

    Lines of another form are passed over: the kernel may add to them.
    """
    state = _TCP_LISTEN if protocol == "tcp" else _UDP_UNCONNECTED
    for line in table.splitlines()[1:]:
        columns = line.split()
        if len(columns) < _COLUMNS or columns[3] != state:
            continue
        host, _, port = columns[1].partition(":")
        try:
            yield WaitingSocket(protocol, _address(host), int(port, 16), columns[9])
        except ValueError:
            continue


def _address(digits: str) -> str:
    """Each 32-bit word is printed in the machine's own byte order."""
    raw = b"".join(
        int(digits[at : at + _WORD_DIGITS], 16).to_bytes(4, sys.byteorder)
        for at in range(0, len(digits), _WORD_DIGITS)
    )
    return str(IPv4Address(raw) if len(digits) == _IPV4_DIGITS else IPv6Address(raw))
