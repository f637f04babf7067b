"""HTTP as a client, from any namespace, over TCP or a Unix socket."""

import contextlib
import http.client
import re
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import namespaces
import power
import processes


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _exchange(
    method: str,
    url: str,
    *,
    unix: str | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    timeout: float = 30.0,
    until: str | None = None,
) -> dict[str, Any]:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if unix:
        connection = _UnixConnection(unix, timeout)
    else:
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=timeout
        )
    try:
        data = None if body is None else body.encode("utf-8", "surrogateescape")
        connection.request(method, target or "/", data, dict(headers or {}))
        response = connection.getresponse()
        text = _read_until(response, until, timeout) if until else response.read().decode()
        return {"status": response.status, "headers": dict(response.getheaders()), "body": text}
    finally:
        connection.close()


def _read_until(response: http.client.HTTPResponse, until: str, timeout: float) -> str:
    wanted = re.compile(until)
    deadline = time.monotonic() + timeout
    text = ""
    while time.monotonic() < deadline and not wanted.search(text):
        chunk = response.read1(65536)
        if not chunk:
            break
        text += chunk.decode("utf-8", "replace")
    return text


def ask(
    method: str,
    url: str,
    *,
    unix: str | None = None,
    netns: str | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    timeout: float = 30.0,
    until: str | None = None,
) -> dict[str, Any]:
    """One request. ``until`` reads a stream only up to the first match of that pattern."""
    namespaces.enter(netns)
    return _exchange(
        method, url, unix=unix, headers=headers, body=body, timeout=timeout, until=until
    )


def watch(
    url: str,
    until: str,
    *,
    netns: str | None = None,
    headers: Mapping[str, str] | None = None,
    every: float = 0.02,
    timeout: float = 60.0,
    strike: str | None = None,
    cut: bool = False,
) -> dict[str, Any]:
    """GET again and again until the body matches; then kill the daemon ``strike``, on the spot.

    With ``cut`` the machine's power goes instead. Nobody answering is no match. Returns the last
    body, and whether it matched.
    """
    namespaces.enter(netns)
    wanted = re.compile(until)
    deadline = time.monotonic() + timeout
    body = ""
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            body = _exchange("GET", url, headers=headers, timeout=timeout)["body"]
        if wanted.search(body):
            if cut:
                power.cut_power()
            if strike:
                processes.kill(strike, signal.Signals.SIGKILL.name)
            return {"body": body, "matched": True}
        time.sleep(every)
    return {"body": body, "matched": False}
