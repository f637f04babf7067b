"""A Unix socket on the host that leads to one inside the machine.

So a program on the host speaks to the machine's system bus at the host's own pace, ten times
that of the emulated processor.
"""

import base64
import contextlib
import socket
import threading
from pathlib import Path

from tests.radio.lab.channel import Channel, LabError

_FOREVER = 3600.0
_SECONDS = 30.0


class Relay:
    """Listens at ``outside``; every connection gets one of its own to ``inside``."""

    def __init__(self, channel: Channel, outside: Path, inside: str) -> None:
        self._channel = channel
        self._inside = inside
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(outside))
        self._listener.listen()
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def close(self) -> None:
        """Take no new connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                outer, _ = self._listener.accept()
                self._join(outer)

    def _join(self, outer: socket.socket) -> None:
        try:
            number = int(self._ask("relay_open", path=self._inside))
        except LabError:
            outer.close()
            return
        for pump in (self._inward, self._outward):
            threading.Thread(target=pump, args=(outer, number), name="relay", daemon=True).start()

    def _inward(self, outer: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, LabError):
            while data := outer.recv(65536):
                self._ask("relay_send", number=number, data=base64.b64encode(data).decode())
        with contextlib.suppress(LabError):
            self._ask("relay_close", number=number)

    def _outward(self, outer: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, LabError):
            while data := self._ask("relay_receive", number=number, seconds=_FOREVER):
                outer.sendall(base64.b64decode(data))
        outer.close()

    def _ask(self, op: str, *, seconds: float = _SECONDS, **fields: object) -> str:
        return self._channel.ask(op, deadline=seconds, **fields)
