"""Bluetooth: BlueZ as its distribution has it, and two virtual controllers that hear each other.

The kernel's ``hci_vhci`` takes controllers from a program; ``btvirt``, of BlueZ's own tools, is one
that plays two. ``hci0`` is the device's, ``hci1`` a phone's; one daemon serves both.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.radio.lab.inside import Inside
from tests.radio.lab.system import log_of
from tests.radio.lab.waiting import TooLate, eventually

PROGRAM = Path(__file__).with_name("improv_client.py")
DAEMON = "/usr/libexec/bluetooth/bluetoothd"
OWN, PHONE = "hci0", "hci1"
MOST_PLUGGED = 5
PLUGGED_SECONDS = 12.0
SETTINGS = "/run/lab/bluetooth.conf"
# One daemon on both ends of a connection loses its way with more than one channel (EATT), and has
# nothing to discover about itself.
CONFIGURATION = """\
[General]
ReverseServiceDiscovery = false
[GATT]
Cache = no
Channels = 1
"""


class Bluetooth:
    """``open`` it first."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def open(self) -> None:
        """Plug the controllers in, and start BlueZ."""
        self._inside.must("modprobe", "-a", "hci_vhci", "ecdh_generic", "cmac", timeout=60)
        # The kernel gives a controller two seconds to answer its first word, and the first of all
        # has it load and test its cryptography meanwhile. One that was late stays out, so it is
        # unplugged, and plugged in again.
        for _ in range(MOST_PLUGGED):
            self._plug_in()
            with suppress(TooLate):
                self._wait_for_controllers()
                break
            self._inside.kill("btvirt")
        self._wait_for_controllers()
        self.start()

    def _wait_for_controllers(self) -> None:
        eventually(
            lambda: self._inside.run("timeout", "10", "btmgmt", "info").out,
            lambda told: f"{OWN}:" in told and f"{PHONE}:" in told,
            what="the kernel has both controllers",
            within=PLUGGED_SECONDS,
        )

    def _plug_in(self) -> None:
        self._inside.spawn(
            "btvirt", "nice", "-n", "-10", "btvirt", "-L", "-l2", log=log_of("btvirt")
        )

    def start(self) -> None:
        """Start BlueZ."""
        self._inside.write(SETTINGS, CONFIGURATION)
        self._inside.spawn(
            "bluetoothd", DAEMON, "-n", "-d", "-f", SETTINGS, log=log_of("bluetoothd")
        )
        eventually(
            lambda: self._inside.run("busctl", "--system", "tree", "org.bluez").out,
            lambda tree: OWN in tree and PHONE in tree,
            what="BlueZ has both controllers",
        )

    def stop(self) -> None:
        """End BlueZ; the controllers stay."""
        self._inside.kill("bluetoothd")

    def close(self) -> None:
        """All gone."""
        self.stop()
        self._inside.kill("btvirt")

    def client(self, *steps: str) -> list[Any]:
        """What came of each step of ``improv_client.py``, what was found first."""
        path, *found = self._program("find", PHONE)[0]
        came = [["found", *found]]
        while len(came) <= len(steps):
            told = self._program("take", path, *steps[len(came) - 1 :])
            assert told, "nothing came of it"
            came += told
        return came

    def _program(self, *words: str) -> list[Any]:
        done = self._inside.run(sys.executable, str(PROGRAM), *words, timeout=240)
        assert done.rc == 0, (done.out, done.err[-2000:])
        return [json.loads(line) for line in done.out.splitlines()]
