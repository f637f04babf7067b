"""A real systemd for the shipped units: PID 1 of a PID namespace, over the machine's own files.

It has the units of one folder only, so it starts nothing but what a case asks for. Of a unit
nothing is changed but where the program is, which here is in a virtual environment, and where its
output goes. D-Bus, NetworkManager and the network are the machine's.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from tests.radio.lab.device import LOG, PROGRAM
from tests.radio.lab.inside import Finished, Inside
from tests.radio.lab.system import log_of
from tests.radio.lab.waiting import eventually

NAME = "systemd"
UNITS = "/run/lab/units"
UNIT = "firstlight.service"
SETTINGS = "/etc/firstlight/config.toml"
# What every unit wants to have reached, and what is not there to be reached.
TARGETS = ("sysinit", "basic", "shutdown", "default")
HOMES = ("/home", "/root")


def drop_in(program: Path) -> str:
    """Where the program is."""
    command = f"{program} serve --backend networkmanager --state-dir /var/lib/firstlight"
    root = program.parents[2]
    lines = [
        "[Service]",
        "ExecStart=",
        f"ExecStart={command}",
        f"StandardOutput=append:{LOG}",
        f"StandardError=append:{LOG}",
        f"BindReadOnlyPaths={root}",
    ]
    if root.as_posix().startswith(HOMES):
        lines.append("ProtectHome=tmpfs")
    return "\n".join(lines) + "\n"


class Manager:
    """``open`` it first."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._pid = 0

    def open(self) -> None:
        """Start systemd, with the shipped unit."""
        for name in TARGETS:
            self._inside.write(f"{UNITS}/{name}.target", "[Unit]\nDefaultDependencies=no\n")
        unit = (resources.files("firstlight") / "packaged" / UNIT).read_text()
        self._inside.write(f"{UNITS}/{UNIT}", unit)
        self.change("program", drop_in(PROGRAM))
        self._inside.spawn(
            NAME,
            *("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"),
            *("/lib/systemd/systemd", "--system", "--unit=default.target"),
            log=log_of(NAME),
            env={"SYSTEMD_UNIT_PATH": UNITS, "container": "lab", "PATH": "/usr/sbin:/usr/bin"},
        )
        found = eventually(lambda: self._inside.run("pgrep", "-x", "systemd").out, what="systemd")
        self._pid = int(found.split()[-1])
        eventually(
            lambda: self.systemctl("is-system-running").out,
            lambda state: state.strip() in {"running", "degraded"},
            what="systemd is up",
        )

    def close(self) -> None:
        """End it, and with it everything that it has started."""
        self.systemctl("stop", UNIT)
        self._inside.kill(NAME, "SIGKILL")
        self._inside.remove(SETTINGS)

    def change(self, name: str, text: str) -> None:
        """Put a drop-in beside the unit."""
        self._inside.write(f"{UNITS}/{UNIT}.d/{name}.conf", text)

    def configure(self, toml: str) -> None:
        """The daemon's configuration, where its unit expects it."""
        self._inside.write(SETTINGS, toml)

    def systemctl(self, *words: str, timeout: float = 120) -> Finished:
        """Its own, from within: systemd knows nobody outside its namespace."""
        enter = ("nsenter", "-t", str(self._pid), "-p", "-m")
        return self._inside.run(*enter, "systemctl", *words, timeout=timeout)

    def start(self) -> None:
        """Start the service; systemd returns when the daemon has said that it is ready."""
        done = self.systemctl("start", UNIT)
        assert done.rc == 0, done.err

    def shown(self, *names: str) -> Mapping[str, str]:
        """Properties of the unit."""
        told = self.systemctl("show", UNIT, *(f"--property={name}" for name in names)).out
        return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)

    def main_pid(self) -> int:
        """The daemon's, as it is outside the namespace."""
        told = self._inside.must("pgrep", "-f", "firstlight serve").split()
        return int(told[0])

    def within(self, script: str) -> Finished:
        """A shell script that sees the files which the daemon sees, as its user."""
        return self._as_user("nsenter", "-t", str(self.main_pid()), "-m", script=script)

    def outside(self, script: str) -> Finished:
        """The same script as the same user, without the sandbox."""
        return self._as_user(script=script)

    def _as_user(self, *enter: str, script: str) -> Finished:
        user = ("setpriv", "--reuid=firstlight", "--regid=firstlight", "--init-groups")
        return self._inside.run(*enter, *user, "sh", "-euc", script)
