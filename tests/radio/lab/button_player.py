"""A button that is an input device (Linux, Documentation/input/uinput.rst), held as it is told.

``button_player.py KEY WISHES``: names its device on standard output. Whoever writes seconds to the
file ``WISHES`` has it held for so long.
"""

import fcntl
import os
import struct
import sys
import time
from pathlib import Path

UI_DEV_CREATE = 0x5501
UI_DEV_SETUP = 0x405C5503
UI_SET_EVBIT, UI_SET_KEYBIT = 0x40045564, 0x40045565
UI_GET_SYSNAME = 0x8040552C
EV_SYN, EV_KEY = 0, 1
EVENT = struct.Struct("llHHi")
BUS_VIRTUAL = 6


def made(key: int) -> int:
    """The device's descriptor; it is gone when that is closed."""
    device = os.open("/dev/uinput", os.O_WRONLY)
    fcntl.ioctl(device, UI_SET_EVBIT, EV_KEY)
    fcntl.ioctl(device, UI_SET_KEYBIT, key)
    fcntl.ioctl(device, UI_DEV_SETUP, struct.pack("HHHH80sI", BUS_VIRTUAL, 1, 1, 1, b"reset", 0))
    fcntl.ioctl(device, UI_DEV_CREATE)
    return device


def node(device: int) -> str:
    """Where others read it."""
    name = fcntl.ioctl(device, UI_GET_SYSNAME, bytes(64)).rstrip(b"\0").decode()
    [event] = Path("/sys/devices/virtual/input", name).glob("event*")
    return f"/dev/input/{event.name}"


def turn(device: int, key: int, value: int) -> None:
    """Down (1) or up (0)."""
    os.write(device, EVENT.pack(0, 0, EV_KEY, key, value) + EVENT.pack(0, 0, EV_SYN, 0, 0))


def main(key: int, wishes: Path) -> None:
    """For ever."""
    device = made(key)
    print(node(device), flush=True)
    while True:
        time.sleep(0.1)
        if wishes.exists() and (told := wishes.read_text()):
            wishes.unlink()
            turn(device, key, 1)
            time.sleep(float(told))
            turn(device, key, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
