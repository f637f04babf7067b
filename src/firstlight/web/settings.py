"""What the web layer needs to know of the configuration."""

import msgspec


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One value, handed in by the daemon.

    ``allowed_cidrs``: peers that may ask at all, empty for everybody. ``hostname``: this machine's
    name; ``host_names``: further names under which browsers may reach it. ``heartbeat_seconds``:
    the longest silence on an event stream.
    """

    version: str
    enabled: bool = True
    token: str | None = None
    allowed_cidrs: tuple[str, ...] = ()
    hostname: str = ""
    host_names: tuple[str, ...] = ()
    brand: str = "Firstlight"
    heartbeat_seconds: float = 15.0

    def __repr__(self) -> str:
        return f"WebSettings(enabled={self.enabled}, token={'set' if self.token else 'none'})"
