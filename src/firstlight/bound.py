"""Sockets that use one interface only, and what went wrong with them in words.

``SO_BINDTODEVICE`` is allowed to everybody since Linux 5.7: a wired connection beside it can't lend
its internet to a WiFi that has none.
"""

import contextlib
import os
import socket


def bound(interface: str, kind: socket.SocketKind) -> socket.socket:
    """A non-blocking IPv4 socket. Raises ``OSError`` when the interface isn't there."""
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(socket.socket(socket.AF_INET, kind))
        sock.setblocking(False)
        with contextlib.suppress(PermissionError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        stack.pop_all()
    return sock


def in_words(error: OSError) -> str:
    """What somebody did instead of answering, to follow their name."""
    match error:
        case ConnectionRefusedError():
            return "refuses the connection"
        case TimeoutError():
            return "does not answer in time"
        case ConnectionError():
            return "breaks off the connection"
        case _:
            seen = os.strerror(error.errno) if error.errno else type(error).__name__
            return f"can't be reached ({seen})"
