"""Plays systemd's part for comitup, which has it start and stop its web service over D-Bus.

Run inside the lab: ``systemd_part.py LOG``. A unit's name stands for the program of that name.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method

JOB = "/org/freedesktop/systemd1/job/1"
PROGRAMS = Path("/usr/sbin")


class Manager(ServiceInterface):
    """org.freedesktop.systemd1.Manager, as much of it as is asked for."""

    def __init__(self, log: Path) -> None:
        super().__init__("org.freedesktop.systemd1.Manager")
        self._log = log
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @dbus_method(name="StartUnit")
    def start_unit(self, name: DBusStr, mode: DBusStr) -> DBusObjectPath:
        """Start it, unless it runs."""
        running = self._running.get(name)
        if running is None or running.poll() is not None:
            program = PROGRAMS / name.removesuffix(".service")
            with self._log.open("ab") as log:
                self._running[name] = subprocess.Popen([program], stdout=log, stderr=log)
        return JOB

    @dbus_method(name="StopUnit")
    def stop_unit(self, name: DBusStr, mode: DBusStr) -> DBusObjectPath:
        """End it, if it runs."""
        running = self._running.pop(name, None)
        if running is not None:
            running.kill()
            running.wait(10)
        return JOB

    @dbus_method(name="GetUnitFileState")
    def unit_file_state(self, name: DBusStr) -> DBusStr:
        """Nothing starts at boot here."""
        return "disabled"


async def main(log: Path) -> None:
    """Until it is killed."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    bus.export("/org/freedesktop/systemd1", Manager(log))
    await bus.request_name("org.freedesktop.systemd1")
    await bus.wait_for_disconnect()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
