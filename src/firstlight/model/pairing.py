"""What pairing hands out."""

import msgspec

from firstlight.model.kept import UnixMs


class CodeShown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The code of the moment. ``expires_in`` and ``paused_for`` in whole seconds.

    While ``paused_for`` is above 0 no code is looked at, because too many were wrong.
    """

    code: str
    device_id: str
    expires_in: int
    paused_for: int = 0

    def __repr__(self) -> str:
        return f"CodeShown(device_id={self.device_id!r}, expires_in={self.expires_in})"


class Paired(msgspec.Struct, frozen=True, kw_only=True, rename={"expires_at_ms": "expiresAt"}):
    """A bearer token, told this once. ``expires_at_ms`` in Unix ms as this device believes.

    ``session_id`` names the session in the list; ``seconds`` is how long the token is good for,
    which is right even while the device's clock is not set.
    """

    token: str
    expires_at_ms: UnixMs
    session_id: str
    seconds: int

    def __repr__(self) -> str:
        return f"Paired(session_id={self.session_id!r})"
