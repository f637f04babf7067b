"""Small HTTP servers inside a namespace: the internet behind a router, or the portal before it."""

import http.server
import socketserver
import threading
from typing import Any

import namespaces

_running: dict[str, http.server.ThreadingHTTPServer] = {}
_lock = threading.Lock()


def _handler(status: int, headers: dict[str, str], body: str) -> type[Any]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            data = body.encode()
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            if status != http.HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD" and status != http.HTTPStatus.NO_CONTENT:
                self.wfile.write(data)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited
            pass

    return Handler


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 16

    def server_bind(self) -> None:
        # The inherited method asks DNS for this machine's full name, and there may be no DNS.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]


def serve(
    *,
    name: str,
    netns: str | None,
    address: str,
    port: int,
    status: int,
    headers: dict[str, str] | None = None,
    body: str = "",
) -> None:
    """Answer every request at that address the same way, until ``unserve``."""
    unserve(name)
    namespaces.enter(netns)
    server = _Server((address, port), _handler(status, headers or {}, body))
    with _lock:
        _running[name] = server
    threading.Thread(target=server.serve_forever, name=f"serve {name}", daemon=True).start()


def unserve(name: str) -> None:
    """Stop a server, or nothing."""
    with _lock:
        server = _running.pop(name, None)
    if server:
        server.shutdown()
        server.server_close()
