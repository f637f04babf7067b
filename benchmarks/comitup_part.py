"""Starts comitup where NetworkManager lists the loopback device, which its D-Bus binding lacks.

NetworkManager does so since 1.42; Debian 12's python3-networkmanager ends with a KeyError there.
"""

import runpy
import sys
from pathlib import Path

import NetworkManager

PROGRAM = Path("/usr/sbin/comitup")
LOOPBACK = 32
"""NM_DEVICE_TYPE_LOOPBACK."""

known = NetworkManager.device_class


def device_class(kind: int) -> type:
    """As a device without a class of its own."""
    return NetworkManager.Generic if kind == LOOPBACK else known(kind)


if __name__ == "__main__":
    NetworkManager.device_class = device_class
    sys.path[0] = str(PROGRAM.resolve().parent)
    runpy.run_path(str(PROGRAM), run_name="__main__")
