"""Where the daemon is, and what a connection to it needs."""

import os
import socket
import ssl
from pathlib import Path
from typing import Final

import httpx
import msgspec

from firstlight.client.problems import nobody_there
from firstlight.errors import InvalidInput, NotPermitted
from firstlight.model.text import plain

SOCKET_NAME: Final = "control.sock"

ANSWER_SECONDS: Final = 90.0
"""A scan, a hotspot on a slow radio: what the daemon may take before it answers."""

CONNECT_SECONDS: Final = 5.0


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """``where`` names it in sentences; ``socket``: its path, ``None`` for one over a network."""

    where: str
    base: str
    socket: str | None = None
    tls: ssl.SSLContext | None = None

    @property
    def remote(self) -> bool:
        """Whether it is asked over a network."""
        return self.socket is None

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """As httpx takes it. Where no TLS is spoken nobody's certificates have to be read."""
        return self.tls if self.tls is not None else False


def destination(
    url: str | None = None,
    *,
    ca: str | Path | None = None,
    state_dir: Path | None = None,
) -> Destination:
    """The daemon at ``url``, or behind the Unix socket in ``state_dir``, or in the configured one.

    Raises ``InvalidInput``, and ``ConfigError`` when the configuration that names it is refused.
    """
    if url is not None and state_dir is not None:
        raise InvalidInput("url", "and a state folder exclude each other; give one of them")
    if url is None:
        if ca is not None:
            raise InvalidInput("ca", "is for an https address; on the Unix socket there is no TLS")
        where = str(socket_path(state_dir))
        return Destination(where=where, base="http://localhost", socket=where)
    secure = _checked(url).scheme == "https"
    if ca is not None and not secure:
        raise InvalidInput("ca", "is for an https address; this one is not")
    return Destination(where=url, base=url, tls=_trusting(ca) if secure else None)


def socket_path(state_dir: Path | None) -> Path:
    """The daemon's Unix socket in ``state_dir``, or where configuration and environment put it."""
    if state_dir is not None:
        return state_dir / SOCKET_NAME
    from firstlight.config import load_config

    return load_config(None, os.environ, {}).socket_path


def knock(path: str) -> None:
    """Only the system knows why a socket can't be opened; behind HTTP its reason is lost.

    Raises ``NotPermitted`` and ``NoDaemon``.
    """
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(CONNECT_SECONDS)
        try:
            knocking.connect(path)
        except PermissionError as error:
            raise NotPermitted(
                f"This user may not open {path}.",
                hint="Run it as the daemon's user, for example with sudo.",
            ) from error
        except OSError as error:
            raise nobody_there(path) from error


def authorization(token: str | None) -> dict[str, str]:
    """The header that shows it. Raises ``InvalidInput``, without showing it there."""
    if not token:
        return {}
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise InvalidInput("token", "has characters that no token has; letters, digits and signs")
    return {"authorization": f"Bearer {token}"}


def timeouts(seconds: float) -> httpx.Timeout:
    """``seconds`` for an answer; a connection is there sooner, or not at all."""
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InvalidInput("url", f"is not an address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InvalidInput("url", "is not a web address; write it like http://box.local:8080")
    try:
        parsed.raw_host.decode().encode("idna")  # as it is looked up
    except UnicodeError as error:
        raise InvalidInput(
            "url", f"holds no host name in {plain(parsed.host)}: 1 to 63 characters between dots"
        ) from error
    if parsed.userinfo:
        raise InvalidInput(
            "url", "takes no user name and no password", hint="Give the secret as token=…."
        )
    return parsed


def _trusting(ca: str | Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise InvalidInput("ca", f"{ca} holds no certificate in PEM form") from error
    except OSError as error:
        raise InvalidInput("ca", f"{ca} can't be read: {error.strerror}") from error
    if ca is not None:
        # Newer Pythons ask for extensions that a home-made CA often lacks. The chain, the dates
        # and the name are checked all the same.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
