"""Frames out of what a client writes, in one piece or in several."""

import msgspec

from firstlight.core.improv.protocol import frame_length

PAUSE_SECONDS = 5.0
"""After that much silence, what comes is a new frame and not the rest of an old one."""


class Reassembly(msgspec.Struct, frozen=True, kw_only=True):
    """What has come of a frame so far, and when, in monotonic seconds."""

    begun: bytes = b""
    at: float = 0.0

    def with_piece(self, data: bytes, offset: int, now: float) -> tuple["Reassembly", bytes | None]:
        """Take up a piece. Also: the frame, when that was the last; it may still be malformed.

        ``offset``: where a long write (Bluetooth Core 5.3, Vol 3, Part G, 4.9.4) puts it. Clients
        that cut a frame by themselves send all pieces with 0.
        """
        fresh = now - self.at > PAUSE_SECONDS
        before = b"" if fresh else self.begun
        whole = (before[:offset] if offset else before) + data
        expected = frame_length(whole)
        if expected is None or len(whole) < expected:
            return Reassembly(begun=whole, at=now), None
        return Reassembly(), whole
