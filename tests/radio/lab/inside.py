"""What the host can have done inside the machine, one method a request of ``guest``."""

import contextlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.radio.lab.channel import Channel, LabError, LabGone
from tests.radio.lab.vm import Machine

GRACE = 30.0


@dataclass(frozen=True)
class Finished:
    """A command that ended. ``rc`` is None when it had to be killed at its deadline."""

    argv: tuple[str, ...]
    rc: int | None
    out: str
    err: str


@dataclass(frozen=True)
class Response:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Inside:
    """The machine as seen from the host. ``netns`` names a network namespace; None is the first."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def _channel(self) -> Channel:
        return self.machine.channel

    def run(
        self,
        *argv: str,
        netns: str | None = None,
        env: Mapping[str, str] | None = None,
        given: str = "",
        timeout: float = 30.0,
    ) -> Finished:
        """Run a command to its end, whatever that is."""
        answer = self._channel.ask(
            "run",
            argv=argv,
            netns=netns,
            env=env,
            given=given,
            timeout=timeout,
            deadline=timeout + GRACE,
        )
        return Finished(argv, answer["rc"], answer["out"], answer["err"])

    def must(self, *argv: str, **options: Any) -> str:
        """Run a command that may not fail; its output."""
        finished = self.run(*argv, **options)
        if finished.rc != 0:
            said = (finished.err or finished.out).strip()
            raise LabError(f"`{shlex.join(argv)}` ended with {finished.rc}: {said}")
        return finished.out

    def shell(self, script: str, **options: Any) -> str:
        """Run a shell script that may not fail; its output."""
        return self.must("sh", "-euc", script, **options)

    def reaches(self, address: str, port: int, *, netns: str | None = None) -> bool:
        """Whether a TCP connection is accepted there within two seconds."""
        tried = self.run("busybox", "nc", "-w", "2", address, str(port), netns=netns, timeout=10)
        return tried.rc == 0

    def spawn(
        self,
        name: str,
        *argv: str,
        log: str,
        netns: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> int:
        """Start a daemon that stays in the foreground; its PID."""
        pid = self._channel.ask(
            "spawn", name=name, argv=argv, log=log, netns=netns, env=env, deadline=GRACE
        )
        return int(pid)

    def kill(self, name: str, signal_name: str = "SIGTERM") -> int | None:
        """End a daemon, and wait for that; its return code, None if it never ran."""
        return self._channel.ask("kill", name=name, signal_name=signal_name, deadline=GRACE)

    def alive(self, name: str) -> bool:
        """Whether a daemon runs."""
        return bool(self._channel.ask("alive", name=name, deadline=GRACE))

    def read(self, path: str, offset: int = 0) -> str:
        """A file's text from ``offset`` on; empty if there is no such file."""
        return str(self._channel.ask("read", path=path, offset=offset, deadline=GRACE)["text"])

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return bool(self._channel.ask("read", path=path, deadline=GRACE)["exists"])

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a whole file."""
        self._channel.ask("write", path=path, text=text, mode=mode, deadline=GRACE)

    def remove(self, path: str) -> None:
        """Remove a file if it is there."""
        self._channel.ask("remove", path=path, deadline=GRACE)

    def await_text(
        self, path: str, pattern: str, *, offset: int = 0, timeout: float = 30.0
    ) -> str | None:
        """The first match of ``pattern`` that comes into a file, or None."""
        return self._channel.ask(
            "await_text",
            path=path,
            pattern=pattern,
            offset=offset,
            timeout=timeout,
            deadline=timeout + GRACE,
        )

    def http(self, method: str, url: str, *, timeout: float = 30.0, **options: Any) -> Response:
        """One HTTP request; ``options`` are those of ``guest.talk.ask``."""
        answer = self._channel.ask(
            "http", method=method, url=url, timeout=timeout, deadline=timeout + GRACE, **options
        )
        headers = {key.lower(): value for key, value in answer["headers"].items()}
        return Response(answer["status"], headers, answer["body"])

    def watch(
        self, url: str, until: str, *, timeout: float = 60.0, **options: Any
    ) -> tuple[bool, str]:
        """GET until the body matches: whether it did, and the last body. See ``guest.talk``."""
        answer = self._channel.ask(
            "watch", url=url, until=until, timeout=timeout, deadline=timeout + GRACE, **options
        )
        return answer["matched"], answer["body"]

    def cut_power(self, when: str | None = None, until: str = "", timeout: float = 60.0) -> None:
        """Cut its power: at once, or the moment that GET ``when`` answers what matches ``until``.

        Raises ``LabError`` when the moment does not come. Nothing works then until the machine is
        booted again.
        """
        if when is not None:
            try:
                _, body = self.watch(when, until, timeout=timeout, cut=True)
            except LabGone:
                return
            raise LabError(f"{until} never came; last seen: {body}")
        with contextlib.suppress(LabGone):
            self._channel.ask("cut_power", deadline=GRACE)

    def serve(
        self,
        name: str,
        netns: str | None,
        address: str,
        *,
        port: int = 80,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        """Answer every HTTP request at an address the same way."""
        self._channel.ask(
            "serve",
            name=name,
            netns=netns,
            address=address,
            port=port,
            status=status,
            headers=headers,
            body=body,
            deadline=GRACE,
        )

    def unserve(self, name: str) -> None:
        """End what ``serve`` began."""
        self._channel.ask("unserve", name=name, deadline=GRACE)
