"""What the web layer needs to know of the configuration."""

import msgspec


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages look like. ``colour``: ``#rrggbb``; ``logo``: the bytes of an SVG or PNG.

    ``support_url``: where a person finds help, told on the pages; empty for nowhere.
    """

    name: str = "Firstlight"
    colour: str = ""
    logo: bytes = b""
    support_url: str = ""


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One value, handed in by the daemon.

    ``allowed_cidrs``: peers that may ask at all, empty for everybody. ``hostname``: this machine's
    name; ``host_names``: further names under which browsers may reach it. ``heartbeat_seconds``:
    the longest silence on an event stream. ``trust_local``: whether this machine's own TCP peers
    need no sign-in while no token is configured; ``code_on_hotspot``: whether the hotspot's
    password alone is not enough there. ``secure``: served over TLS, on ``tls_port``; plain HTTP
    leads there then. ``portal``: where people on the hotspot are sent, such as
    ``http://192.168.4.1/``; empty without a hotspot of our own. ``page_port``: where the pages are
    served to the network; 0 for nowhere.
    """

    version: str
    enabled: bool = True
    token: str | None = None
    allowed_cidrs: tuple[str, ...] = ()
    hostname: str = ""
    host_names: tuple[str, ...] = ()
    brand: Brand = Brand()
    trust_local: bool = True
    code_on_hotspot: bool = False
    secure: bool = False
    portal: str = ""
    page_port: int = 0
    tls_port: int = 0
    heartbeat_seconds: float = 15.0

    def __repr__(self) -> str:
        return f"WebSettings(enabled={self.enabled}, token={'set' if self.token else 'none'})"
