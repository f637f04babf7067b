"""Frames out of what clients write, in one piece or in several."""

import msgspec

from firstlight.core.improv.protocol import frame_length

PAUSE_SECONDS = 5.0
"""After that much silence, what comes is a new frame and not the rest of an old one."""


class Begun(msgspec.Struct, frozen=True):
    """What has come of one client's frame so far, and when, in monotonic seconds."""

    data: bytes
    at: float


class Reassembly(msgspec.Struct, frozen=True):
    """The frames that have begun, each by the client that writes it."""

    begun: dict[str, Begun] = {}

    def with_piece(
        self, client: str, data: bytes, offset: int, now: float
    ) -> tuple["Reassembly", bytes | None]:
        """Take up a piece. Also: the frame, when that was the last; it may still be malformed.

        ``offset``: where a long write (Bluetooth Core 5.3, Vol 3, Part G, 4.9.4) puts it. Clients
        that cut a frame by themselves send all pieces with 0.
        """
        going_on = {
            one: begun for one, begun in self.begun.items() if now - begun.at <= PAUSE_SECONDS
        }
        before = going_on.pop(client).data if client in going_on else b""
        whole = (before[:offset] if offset else before) + data
        expected = frame_length(whole)
        if expected is None or len(whole) < expected:
            return Reassembly({**going_on, client: Begun(whole, now)}), None
        return Reassembly(going_on), whole
