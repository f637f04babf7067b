"""Sockets to listen on, bound before anything else is done so that a failure is told at once."""

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path

from firstlight.errors import ConfigError

# Accepted connections inherit these. The send buffer bounds what a reader who stopped reading can
# make the kernel keep; the user timeout ends the connection of a peer that takes nothing for so
# long.
_SEND_BUFFER = 128 * 1024
_USER_TIMEOUT_MS = 30_000

_BACKLOG = 64
_IP_FREEBIND = 15  # Linux; the socket module has no name for it
_CONNECT_SECONDS = 2.0


def bind_tcp(host: str, port: int, *, public: bool = False) -> socket.socket:
    """Listen on one address, or with ``public`` on all of them, IPv6 too where the system has it.

    ``port`` 0 lets the system choose. Raises ``ConfigError`` naming the address and the next step.
    """
    if public:
        try:
            return _bind(socket.AF_INET6, ("::", port), port)
        except OSError as error:
            if error.errno not in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                raise _refused("all interfaces", port, error) from error
        host = "0.0.0.0"  # noqa: S104  the caller asked for every interface
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda entry: entry[0])
        return _bind(family, address, port)
    except OSError as error:
        raise _refused(host, port, error) from error


def bind_portal(address: str, port: int) -> socket.socket:
    """Listen on the hotspot's own address, which need not be there yet (IP_FREEBIND, ip(7)).

    Raises ``ConfigError`` as ``bind_tcp`` does.
    """
    try:
        return _bind(socket.AF_INET, (address, port), port, free=True)
    except OSError as error:
        raise _refused(address, port, error) from error


def bind_softap(interface: str, address: str, port: int) -> socket.socket:
    """Listen on that address for what comes in by that interface alone (SO_BINDTODEVICE).

    Linux answers for its addresses on every interface, so an address is no proof of the way in. Of
    two listeners the kernel prefers the one that is bound to an interface (socket(7), ip(7)), so
    the pages may have the same port. Raises ``ConfigError`` naming ``provisioning.port``.
    """
    try:
        return _bind(socket.AF_INET, (address, port), port, free=True, interface=interface)
    except OSError as error:
        raise _softap_refused(interface, address, port, error) from error


def _bind(
    family: int,
    address: tuple[object, ...],
    port: int,
    *,
    free: bool = False,
    interface: str = "",
) -> socket.socket:
    # With the protocol named, asyncio sends at once what is written (TCP_NODELAY); without it, each
    # answer on a connection that is kept waits 40 ms for the peer's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
        if free:
            listener.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
        if interface:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        # A port is shared only where both sockets wish it, which is looked at while one is bound.
        # So the listener of a SoftAP gets in beside one of ours that is there already, and the
        # pages of a second daemon beside nobody.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _softap_refused(interface: str, address: str, port: int, error: OSError) -> ConfigError:
    where = f"{address}:{port} on {interface}"
    match error.errno:
        case errno.EADDRINUSE:
            return ConfigError(
                "provisioning.port",
                f"another program listens on {where} already",
                hint="Stop it: devices that are to be configured ask on that port.",
            )
        case errno.ENODEV:
            return ConfigError("provisioning.port", f"there is no interface {interface}")
        case errno.EACCES | errno.EPERM:
            return ConfigError(
                "provisioning.port",
                f"this user may not listen on {where}",
                hint="It takes CAP_NET_BIND_SERVICE for ports below 1024, and CAP_NET_RAW.",
            )
        case _:
            reason = error.strerror or str(error)
            return ConfigError("provisioning.port", f"can't listen on {where}: {reason}")


def _refused(host: str, port: int, error: OSError) -> ConfigError:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            return ConfigError(
                "web.port",
                f"another program listens on {where} already",
                hint=f"Stop it, or choose another port, for example --port {_another(port)}.",
            )
        case errno.EACCES:
            return ConfigError(
                "web.port",
                f"this user may not listen on {where}",
                hint="Ports below 1024 are for root; choose another, for example --port 8080.",
            )
        case errno.EADDRNOTAVAIL:
            return ConfigError(
                "web.host",
                f"{host} is not an address of this machine",
                hint="Use one that it has, 127.0.0.1, or --public for all of them.",
            )
        case _:
            reason = error.strerror or str(error)
            return ConfigError("web.host", f"can't listen on {where}: {reason}")


def _another(port: int) -> int:
    return port + 1 if port < 65535 else 8080  # noqa: PLR2004  the last port there is


def bind_unix(path: Path) -> socket.socket:
    """Listen on a socket file that only its owner may open (mode 0600).

    The file that a dead daemon left is replaced. Raises ``ConfigError`` when a live one listens
    there, when something else than a socket is in the way, or when the path can't be used.
    """
    _clear_way(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Linux takes the mode of the file from the socket, so it is never open to others, not even
        # for a moment and whatever the umask.
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise ConfigError(
            "state_dir",
            f"can't listen on {path}: {reason}",
            hint="Choose a short path that this user may write to with --state-dir.",
        ) from error
    listener.setblocking(False)
    return listener


def _clear_way(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise ConfigError(
            "state_dir",
            f"{path} is in the way: it is not a socket",
            hint="Move it away, or choose another folder with --state-dir.",
        )
    if _is_alive(path):
        raise ConfigError(
            "state_dir",
            f"another Firstlight is running with this folder: it listens on {path}",
            hint="Stop it first, or choose another folder with --state-dir.",
        )
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _is_alive(path: Path) -> bool:
    """Whether anybody accepts there. A full queue of callers is a sign of life, too."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(_CONNECT_SECONDS)
        try:
            caller.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError as error:
            return error.errno in {errno.EAGAIN, errno.EACCES, errno.EPERM} or isinstance(
                error, TimeoutError
            )
    return True
