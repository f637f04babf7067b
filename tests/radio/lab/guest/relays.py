"""The inner end of a relayed connection to a Unix socket; the outer end is ``lab.relay``."""

import base64
import itertools
import socket

_open: dict[int, socket.socket] = {}
_numbers = itertools.count(1)


def relay_open(path: str) -> int:
    """Connect to a Unix socket; the number of the connection."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    number = next(_numbers)
    _open[number] = connection
    return number


def relay_send(number: int, data: str) -> None:
    """Pass bytes on, in base64."""
    _open[number].sendall(base64.b64decode(data))


def relay_receive(number: int) -> str:
    """Wait for bytes, in base64; empty once the other side has closed."""
    return base64.b64encode(_open[number].recv(65536)).decode()


def relay_close(number: int) -> None:
    """Hang up."""
    connection = _open.pop(number, None)
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
