"""The host's end of the line to the program inside: requests out, answers back, in any order."""

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any


class LabError(Exception):
    """The laboratory itself failed, as opposed to what is examined in it."""


class LabGone(LabError):
    """The machine went away, or is gone already."""


class Channel:
    """One connected stream of JSON lines. Safe to use from several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._open: dict[int, Future[Any]] = {0: Future()}
        self._lock = threading.Lock()
        self._closed = False
        self._reader = threading.Thread(target=self._read, name="lab channel", daemon=True)
        self._reader.start()

    def ready(self, timeout: float) -> None:
        """Wait for the first word from inside."""
        with self._lock:
            greeting = self._open.get(0)
        if greeting is not None:
            greeting.result(timeout)

    def ask(self, op: str, /, *, deadline: float, **fields: Any) -> Any:
        """One request and its answer. Raises ``LabError`` when it fails or none comes in time."""
        number = next(self._numbers)
        future: Future[Any] = Future()
        line = json.dumps({"id": number, "op": op, **fields}).encode() + b"\n"
        with self._lock:
            if self._closed:
                raise LabGone(f"{op}: the virtual machine is gone")
            self._open[number] = future
            self._connection.sendall(line)
        try:
            return future.result(deadline)
        except TimeoutError:
            raise LabError(f"{op}: no answer within {deadline:.0f} s: {_brief(fields)}") from None

    def close(self) -> None:
        """Hang up; the program inside takes that as its end."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self._connection.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._connection.makefile("rb") as lines:
            for line in lines:
                self._settle(json.loads(line))
        with self._lock:
            self._closed = True
            orphans, self._open = list(self._open.values()), {}
        for future in orphans:
            future.set_exception(LabGone("the virtual machine is gone"))

    def _settle(self, answer: Mapping[str, Any]) -> None:
        with self._lock:
            future = self._open.pop(answer["id"], None)
        if future is None:
            return
        if "error" in answer:
            future.set_exception(LabError(answer["error"]))
        else:
            future.set_result(answer["ok"])


def _brief(fields: Mapping[str, Any]) -> str:
    text = " ".join(map(str, fields["argv"])) if "argv" in fields else str(dict(fields))
    return text if len(text) <= 200 else text[:200] + "…"
