"""A daemon's outside: an HTTP server on a Unix socket that answers what a test tells it to."""

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

JSON = "application/json"


class Reply(NamedTuple):
    """``hold``: leave the connection open after ``body``, as an event stream does.

    ``cut``: end the connection instead of an answer.
    """

    body: bytes = b'{"ok":true}'
    status: int = 200
    kind: str = JSON
    headers: Mapping[str, str] = MappingProxyType({})
    hold: bool = False
    cut: bool = False


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class StubDaemon:
    """``answers``: what each route says, in turn; the last reply of a list is repeated."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.answers: dict[str, list[Reply]] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()

    def say(self, route: str, *replies: Reply | dict[str, Any]) -> None:
        self.answers[route] = [
            reply if isinstance(reply, Reply) else Reply(json.dumps(reply).encode())
            for reply in replies
        ]

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        queue = self.answers.get(f"{request.method} {request.path}")
        if not queue:
            return problem(404, "not_found", "There is no such address.")
        return queue.pop(0) if len(queue) > 1 else queue[0]


def problem(status: int, code: str, message: str, hint: str | None = None) -> Reply:
    body = {"error": message, "message": message, "code": code} | ({"hint": hint} if hint else {})
    return Reply(json.dumps(body).encode(), status)


def event(number: int, message: str, kind: str = "device") -> bytes:
    data = {"id": f"7-{number}", "ts": 1, "type": "system", "level": "info", "message": message}
    return f"id: 7-{number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def events(*parts: bytes, hold: bool = False) -> Reply:
    return Reply(b"".join(parts), kind="text/event-stream", hold=hold)


class _Server(socketserver.ThreadingUnixStreamServer):
    stub: StubDaemon


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        stub = self.server.stub
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = stub.reply(Request(self.command, self.path, headers, body))
        self.close_connection = True
        if reply.cut:
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        if not reply.hold:
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.hold:
            stub.closing.wait(30)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  the names are the base class's

    def log_message(self, *_: object) -> None: ...


@contextmanager
def stub_daemon(state_dir: Path) -> Iterator[StubDaemon]:
    stub = StubDaemon(state_dir)
    server = _Server(str(state_dir / "control.sock"), _Handler)
    server.stub = stub
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="stub-daemon")
    thread.start()
    try:
        yield stub
    finally:
        stub.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
