"""Restarting Firstlight or the whole device, by way of systemd. Where not allowed: a dry run."""

import os
import shlex
import signal
from collections.abc import Mapping
from pathlib import Path

from firstlight.core.hooks import PATH
from firstlight.daemon.process import Ended, run
from firstlight.errors import RestartFailed
from firstlight.model.text import plain
from firstlight.model.wire import RestartScope

SECONDS = 20.0
"""How long systemctl may take to accept the wish."""

UNIT = "firstlight.service"

_WORDS = {RestartScope.APP: "Firstlight", RestartScope.DEVICE: "the device"}
_LONGEST_REASON = 200
_ACCEPTED = (0, -signal.SIGTERM)
"""Ended by SIGTERM: systemd has begun to stop all of the unit, and systemctl is a part of it."""


class SystemControl:
    """``allowed``: whether it really restarts, or only says what it would do.

    ``unit``: the service to restart; by default the one that this process was started as.
    """

    def __init__(self, *, allowed: bool, unit: str | None = None, seconds: float = SECONDS) -> None:
        self._allowed = allowed
        self._unit = unit or own_unit(os.environ, os.getpid(), Path("/proc/self/cgroup"))
        self._seconds = seconds

    async def restart(self, scope: RestartScope) -> str:
        """Ask systemd. Returns a sentence for people once it has accepted; then the end is near.

        Raises ``RestartFailed`` when systemctl is missing, refuses, or doesn't answer.
        """
        command = self._command(scope)
        if not self._allowed:
            return (
                f"Dry run: {_WORDS[scope]} is not restarted, because system control is not allowed "
                f"(FIRSTLIGHT_ALLOW_SYSTEM_CONTROL). The command would be: {shlex.join(command)}"
            )
        try:
            ended = await run(command, environment=_environment(), seconds=self._seconds)
        except OSError as error:
            raise RestartFailed(
                f"{_WORDS[scope].capitalize()} can't be restarted: systemctl can't be run "
                f"({error.strerror}).",
                hint="Firstlight restarts things through systemd only. Restart by hand.",
            ) from error
        if ended.status not in _ACCEPTED:
            raise RestartFailed(
                f"{_WORDS[scope].capitalize()} was not restarted: {self._reason(ended)}.",
                hint=f"Try it by hand, to see more: {shlex.join(command)}",
            )
        return f"Restarting {_WORDS[scope]}: {shlex.join(command)}"

    def _command(self, scope: RestartScope) -> tuple[str, ...]:
        if scope is RestartScope.DEVICE:
            return ("systemctl", "--no-ask-password", "reboot")
        # Waiting would be in vain: the restart ends whoever waits for it.
        return ("systemctl", "--no-ask-password", "--no-block", "restart", self._unit)

    def _reason(self, ended: Ended) -> str:
        if ended.status is None:
            return f"systemctl did not answer within {self._seconds:g} s"
        said = ended.output.decode("utf-8", "surrogateescape").strip().split("\n")[-1].rstrip(".")
        return plain(said[:_LONGEST_REASON]) or f"systemctl ended with status {ended.status}"


def own_unit(environ: Mapping[str, str], pid: int, cgroup: Path) -> str:
    """The system service that process ``pid`` was started as, else ``firstlight.service``.

    Only the process that systemd itself started is its service (systemd.exec(5),
    ``SYSTEMD_EXEC_PID``): one that was typed in over SSH lies in the cgroup of ``ssh.service``.
    """
    if environ.get("SYSTEMD_EXEC_PID") != str(pid):
        return UNIT
    try:
        return unit_in(cgroup.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return UNIT


def unit_in(cgroup: str) -> str:
    """The system service in ``/proc/[pid]/cgroup`` (cgroups(7)), else ``firstlight.service``."""
    for line in cgroup.splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        parts = path.split("/")
        is_users = any(part.startswith("user@") for part in parts)
        if controllers in {"", "name=systemd"} and parts[-1].endswith(".service") and not is_users:
            return parts[-1]
    return UNIT


def _environment() -> Mapping[str, str]:
    return {"PATH": os.environ.get("PATH", PATH), "LANG": "C.UTF-8"}
