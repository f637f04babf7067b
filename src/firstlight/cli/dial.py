"""Where the daemon is, and a connection to it."""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from firstlight.cli.client import ANSWER_SECONDS, DaemonClient, nobody_there
from firstlight.cli.failures import failure, reported
from firstlight.config import load_config
from firstlight.errors import Code, InvalidInput

SOCKET_NAME = "control.sock"

_CONNECT_SECONDS = 5.0


@contextmanager
def daemon(
    url: str | None, token: str | None, state_dir: Path | None, *, as_json: bool
) -> Generator[DaemonClient]:
    """A client for the body of a command; failures inside it are told, and end it."""
    with reported(as_json), dial(url, token, state_dir) as client:
        yield client


@contextmanager
def dial(
    url: str | None, token: str | None, state_dir: Path | None, *, seconds: float = ANSWER_SECONDS
) -> Generator[DaemonClient]:
    """A client for ``url``, or for the Unix socket in ``state_dir``, or in the configured folder.

    ``seconds`` bounds the wait for an answer. Raises ``InvalidInput``, ``ConfigError``, and
    ``Failure`` when nobody listens on the socket.
    """
    if url is not None and state_dir is not None:
        raise InvalidInput("--url", "and --state-dir exclude each other; give one of them")
    if url is not None:
        transport, base, where = httpx.HTTPTransport(), _checked(url), url
    else:
        where = str(socket_path(state_dir))
        _knock(where)
        # There is no TLS on a socket, so nobody's certificates have to be read for it.
        transport, base = httpx.HTTPTransport(uds=where, verify=False), "http://localhost"
    # The socket asks for no token, so it gets none.
    headers = {"accept-encoding": "identity"} | (_authorization(token) if url is not None else {})
    timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
    # With a transport of its own the client ignores proxies; those are for the internet, not a box.
    with httpx.Client(transport=transport, base_url=base, headers=headers, timeout=timeout) as http:
        yield DaemonClient(http, where, remote=url is not None)


def socket_path(state_dir: Path | None) -> Path:
    """The daemon's Unix socket in ``state_dir``, or where configuration and environment put it."""
    if state_dir is not None:
        return state_dir / SOCKET_NAME
    return load_config(None, os.environ, {}).socket_path


def _knock(path: str) -> None:
    """Only the system knows why a socket can't be opened; behind HTTP its reason is lost."""
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(_CONNECT_SECONDS)
        try:
            knocking.connect(path)
        except PermissionError as error:
            raise failure(
                f"This user may not open {path}.",
                code=Code.NOT_PERMITTED,
                hint="Run the command as the daemon's user, for example with sudo.",
            ) from error
        except OSError as error:
            raise nobody_there(path) from error


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidInput("--url", f"is not an address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InvalidInput("--url", "is not a web address; write it like http://box.local:8080")
    if parsed.userinfo:
        raise InvalidInput("--url", "takes no user name; give the secret with --token")
    return parsed


def _authorization(token: str | None) -> dict[str, str]:
    if not token:
        return {}
    if not (token.isascii() and token.isprintable()):
        raise InvalidInput("--token", "has characters that no token has; letters, digits and signs")
    return {"authorization": f"Bearer {token}"}
