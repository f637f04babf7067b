"""The program inside the virtual machine: it does what the host asks for, line by line.

Each line is one JSON object ``{"id", "op", ...}``; each answer is ``{"id", "ok"}`` or
``{"id", "error"}``. Requests run side by side, a thread each, and are answered as they finish. When
the host goes away the port ends, this program ends, and the machine goes down with it.

Standard library only. Runs as ``python -I guest PORT_NAME``.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import files
import power
import processes
import relays
import servers
import talk

OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "run": processes.run,
    "spawn": processes.spawn,
    "kill": processes.kill,
    "alive": processes.alive,
    "read": files.read,
    "write": files.write,
    "remove": files.remove,
    "await_text": files.await_text,
    "relay_open": relays.relay_open,
    "relay_send": relays.relay_send,
    "relay_receive": relays.relay_receive,
    "relay_close": relays.relay_close,
    "cut_power": power.cut_power,
    "http": talk.ask,
    "watch": talk.watch,
    "serve": servers.serve,
    "unserve": servers.unserve,
}


def find_port(name: str) -> Path:
    """The character device of the virtio port called ``name``."""
    for entry in Path("/sys/class/virtio-ports").iterdir():
        if (entry / "name").read_text().strip() == name:
            return Path("/dev") / entry.name
    raise FileNotFoundError(f"no virtio port is called {name}")


class Answers:
    """The way back to the host: one whole line at a time."""

    def __init__(self, port: BinaryIO) -> None:
        self._port = port
        self._lock = threading.Lock()

    def send(self, answer: Mapping[str, Any]) -> None:
        line = json.dumps(answer).encode() + b"\n"
        with self._lock:
            view = memoryview(line)
            while view:
                view = view[os.write(self._port.fileno(), view) :]


def carry_out(request: dict[str, Any], answers: Answers) -> None:
    """Do one request; whatever goes wrong becomes its answer."""
    number = request.pop("id")
    try:
        answers.send({"id": number, "ok": OPERATIONS[request.pop("op")](**request)})
    except Exception as fault:  # noqa: BLE001 - the host is told, and decides
        answers.send({"id": number, "error": f"{type(fault).__name__}: {fault}"})


def main() -> None:
    """Serve until the port ends."""
    with find_port(sys.argv[1]).open("r+b", buffering=0) as port:
        answers = Answers(port)
        answers.send({"id": 0, "ok": "ready"})
        pending = b""
        while chunk := os.read(port.fileno(), 65536):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                request = json.loads(line)
                name = f"{request['op']} {request['id']}"
                threading.Thread(
                    target=carry_out, args=(request, answers), name=name, daemon=True
                ).start()
    os._exit(0)


if __name__ == "__main__":
    main()
