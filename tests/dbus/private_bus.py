"""A message bus of our own: nothing here ever touches the machine's."""

import os
import subprocess
from pathlib import Path

_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """A dbus-daemon that starts no services. Its address stays when it is started again."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "bus"
        self._config = folder / "bus.conf"
        self._process: subprocess.Popen[str] | None = None
        self.address = f"unix:path={self._socket}"

    def start(self) -> None:
        """Return once it listens."""
        self._config.write_text(_CONFIG.format(address=self.address))
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("unix:path=")

    def stop(self) -> None:
        """Kill it; whoever is connected sees the line go dead."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.communicate()
        self._socket.unlink(missing_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """For a program that shall find this bus and no other."""
        return os.environ | {
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "DBUS_SYSTEM_BUS_ADDRESS": self.address,
        }
