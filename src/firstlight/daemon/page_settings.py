"""What the web layer is told of the configuration."""

import logging
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

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

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  only compared
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


def page_on(config: Config, address: str) -> str:
    """Where the pages are at this device's ``address`` on a network; empty: they are not."""
    web, port = config.web, _page_port(config)
    if not (address and port and (web.public or web.host in {address, *_EVERYWHERE})):
        return ""
    return _page_at(address, port, secure=web.tls_certificate is not None)


class Portal(NamedTuple):
    """Listeners for the hotspot alone; ``secured`` are for TLS.

    ``page``: where people are sent; empty where nobody on the hotspot could reach it.
    """

    plain: list[socket.socket]
    secured: list[socket.socket]
    page: str


def portal_door(config: Config) -> Portal:
    """Listen on the hotspot's own address, whatever ``web`` listens on.

    Where the port can't be had, the page is left to ``web``, if that is open to the hotspot at all.
    """
    web, port = config.web, config.hotspot.portal_port
    address = config.hotspot.address.partition("/")[0]
    tls_port = web.tls_port if web.tls_certificate is not None else 0
    covered = web.public or web.host in {address, *_EVERYWHERE}
    with ExitStack() as unused:
        plain, secured = list[socket.socket](), list[socket.socket]()
        try:
            if port and not (covered and web.port == port):
                plain.append(unused.enter_context(bind_portal(address, port)))
            if port and tls_port and not covered:
                secured.append(unused.enter_context(bind_portal(address, tls_port)))
        except ConfigError as error:
            log.warning("the captive portal has no port of its own: %s", error.message)
            if not covered:
                log.warning("nobody on the hotspot can reach the page; set web.public, or free it")
                return Portal([], [], "")
        unused.pop_all()
    if not (plain or covered):
        return Portal([], [], "")
    own = port if plain else web.port
    return Portal(plain, secured, _page_at(address, tls_port or own, secure=bool(tls_port)))


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
