"""What the web layer is told of the configuration."""

import logging
import socket
from pathlib import Path

from firstlight import __version__
from firstlight.config import Brand as Wish
from firstlight.config import Config
from firstlight.errors import ConfigError
from firstlight.web.listeners import bind_portal
from firstlight.web.settings import Brand, WebSettings

LARGEST_LOGO = 8 * 1024
"""Bytes; every first visit loads it."""

_PNG = b"\x89PNG\r\n\x1a\n"

log = logging.getLogger(__name__)

_HERE_ONLY = ("127.0.0.1", "localhost", "::1")


def web_settings(config: Config, *, portal: str = "") -> WebSettings:
    """``portal``: where people on the hotspot are sent; empty without a hotspot of our own.

    Reads the logo. Raises ``ConfigError`` when it can't be read.
    """
    web = config.web
    return WebSettings(
        version=__version__,
        enabled=config.enabled,
        token=web.token,
        allowed_cidrs=web.allowed_cidrs,
        hostname=socket.gethostname(),
        host_names=web.host_names,
        brand=_brand(config.brand),
        trust_local=web.trust_local,
        code_on_hotspot=config.pairing.required_on_hotspot,
        secure=web.tls_certificate is not None,
        portal=portal,
        page_port=_page_port(config),
        tls_port=web.tls_port,
    )


def portal_door(config: Config) -> tuple[list[socket.socket], str]:
    """A listener on the hotspot's own address, and the address that people are sent to there.

    Where it can't be had, the page is left to ``web.port``, if that is open to the hotspot at all.
    """
    tls_port = config.web.tls_port if config.web.tls_certificate is not None else 0
    address, port = config.hotspot.address.partition("/")[0], config.hotspot.portal_port
    if port:
        try:
            door = bind_portal(address, port)
            return [door], _page_at(address, tls_port or port, secure=bool(tls_port))
        except ConfigError as error:
            log.warning("the captive portal has no port of its own: %s", error.message)
    if config.web.public:
        return [], _page_at(address, tls_port or config.web.port, secure=bool(tls_port))
    if port:
        log.warning("nobody on the hotspot can reach the page; set web.public, or free that port")
    return [], ""


def _page_at(address: str, port: int, *, secure: bool) -> str:
    scheme, usual = ("https", 443) if secure else ("http", 80)
    return f"{scheme}://{address}/" if port == usual else f"{scheme}://{address}:{port}/"


def _page_port(config: Config) -> int:
    web = config.web
    if not web.public and web.host in _HERE_ONLY:
        return 0
    return web.port if web.tls_certificate is None else web.tls_port


def _brand(wish: Wish) -> Brand:
    return Brand(
        name=wish.name,
        colour=wish.colour or "",
        logo=_logo(wish.logo) if wish.logo else b"",
        support_url=wish.support_url or "",
    )


def _logo(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            logo = file.read(LARGEST_LOGO + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("brand.logo", f"{path} can't be read: {reason}") from error
    if len(logo) > LARGEST_LOGO:
        raise ConfigError("brand.logo", f"{path} is larger than {LARGEST_LOGO // 1024} KiB")
    if not (logo.startswith(_PNG) or b"<svg" in logo[:1024]):
        raise ConfigError("brand.logo", f"{path} is neither an SVG nor a PNG")
    return logo
