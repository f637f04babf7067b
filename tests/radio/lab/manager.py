"""A real systemd for the shipped units: PID 1 of a PID namespace, over the machine's own files.

It has the units of one folder only, so it starts nothing but what a case asks for. Of a unit
nothing is changed but where the program is, which here is in a virtual environment, and where its
output goes. D-Bus, NetworkManager and the network are the machine's; a unit that does nothing
stands for the machine's D-Bus, without which systemd would not join it.
"""

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from tests.radio.lab.device import LOG, PROGRAM
from tests.radio.lab.inside import Finished, Inside
from tests.radio.lab.system import OWNED, log_of
from tests.radio.lab.waiting import eventually

NAME = "systemd"
UNITS = "/run/lab/units"
UNIT = "firstlight.service"
CLAIM = "firstlight-claim.service"
FOLDER = "/etc/firstlight"
# What every unit wants to have reached, and what is not there to be reached.
TARGETS = ("sysinit", "basic", "shutdown", "default")
HOMES = ("/home", "/root")
# systemd looks for the bus only while it believes that it has started it.
BUS = {
    "dbus.socket": "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/lab/no-bus\n",
    "dbus.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=sleep infinity\n",
}


def drop_in(unit: str, program: Path) -> str:
    """Where the program is, for the unit of that text."""
    [command] = re.findall(r"(?m)^ExecStart=(.*)$", unit)
    root = program.parents[2]
    lines = [
        "[Service]",
        "ExecStart=",
        f"ExecStart={command.replace('/usr/bin/firstlight', str(program))}",
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
        """Start systemd, with the shipped units."""
        self._inside.shell(f"rm -rf {UNITS}; find {FOLDER} -mindepth 1 -delete")
        for name in TARGETS:
            self._inside.write(f"{UNITS}/{name}.target", "[Unit]\nDefaultDependencies=no\n")
        for name, text in BUS.items():
            self._inside.write(f"{UNITS}/{name}", text)
        for name in (UNIT, CLAIM):
            self.add(name, (resources.files("firstlight") / "packaged" / name).read_text())
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
        self.systemctl("stop", CLAIM, UNIT)
        self._inside.kill(NAME, "SIGKILL")
        self._inside.shell(f"find {FOLDER} -mindepth 1 -delete")

    def add(self, name: str, unit: str) -> None:
        """One more unit, which runs the program that is here."""
        self._inside.write(f"{UNITS}/{name}", unit)
        self.change("program", drop_in(unit, PROGRAM), unit=name)

    def change(self, name: str, text: str, *, unit: str = UNIT) -> None:
        """Put a drop-in beside a unit that was not started yet."""
        self._inside.write(f"{UNITS}/{unit}.d/{name}.conf", text)

    def joins_bus(self) -> None:
        """Have systemd be on the machine's D-Bus, where the daemon asks it for a restart."""
        assert self.systemctl("start", "dbus.socket", "dbus.service").rc == 0
        owned = ("busctl", "call", *OWNED, "org.freedesktop.systemd1")
        eventually(
            lambda: self._inside.must(*owned),
            lambda said: "true" in said,
            what="systemd is on the bus",
        )

    def configure(self, toml: str) -> None:
        """The daemon's configuration, where its unit expects it."""
        self._inside.write(f"{FOLDER}/config.toml", toml)

    def systemctl(self, *words: str, timeout: float = 120) -> Finished:
        """Its own, from within: systemd knows nobody outside its namespace."""
        enter = ("nsenter", "-t", str(self._pid), "-p", "-m")
        return self._inside.run(*enter, "systemctl", *words, timeout=timeout)

    def start(self) -> None:
        """Start the service; systemd returns when the daemon has said that it is ready."""
        done = self.systemctl("start", UNIT)
        assert done.rc == 0, done.err

    def shown(self, *names: str, unit: str = UNIT) -> Mapping[str, str]:
        """Properties of a unit."""
        told = self.systemctl("show", unit, *(f"--property={name}" for name in names)).out
        return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)

    def main_pid(self) -> int:
        """The daemon's, as it is outside the namespace."""
        return self.main_pids()[0]

    def main_pids(self) -> list[int]:
        """As ``main_pid``; none while there is no daemon."""
        return [int(one) for one in self._inside.run("pgrep", "-f", "firstlight serve").out.split()]

    def outside(self, script: str) -> Finished:
        """A shell script as the daemon's user, without the sandbox."""
        user = ("setpriv", "--reuid=firstlight", "--regid=firstlight", "--init-groups")
        return self._inside.run(*user, "sh", "-euc", script)
