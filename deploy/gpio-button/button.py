#!/usr/bin/env python3
"""Runs a command once a button has been held for a while: here, a factory reset.

The kernel's gpio-keys driver turns the GPIO line into an input device and debounces it. What comes
from there is ``struct input_event`` (Linux, Documentation/input/input.rst).

    button.py DEVICE [--key CODE] [--seconds S] -- COMMAND [WORD ...]
"""

import argparse
import fcntl
import logging
import os
import select
import shlex
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

log = logging.getLogger(__name__)

EVENT = struct.Struct("llHHi")
EVIOCSCLOCKID = 0x400445A0
EV_SYN, SYN_DROPPED = 0, 3
EV_KEY, RELEASED, PRESSED = 1, 0, 1
KEY_SETUP = 141

BOUNCE_SECONDS = 0.05
COMMAND_SECONDS = 330.0


class Hold(NamedTuple):
    """A button: since when it is down, since when it is up again, whether the hold has counted.

    Times are monotonic; ``None``: not so.
    """

    down: float | None = None
    up: float | None = None
    counted: bool = False


def changed(hold: Hold, pressed: bool, now: float) -> Hold:
    """The button has gone down or up. Up for no longer than a bounce is not up."""
    if not pressed:
        return hold if hold.down is None or hold.up is not None else hold._replace(up=now)
    if hold.down is not None and (hold.up is None or now - hold.up <= BOUNCE_SECONDS):
        return hold._replace(up=None)
    return Hold(down=now)


def due(hold: Hold, seconds: float) -> float | None:
    """When a hold of ``seconds`` is complete, if it goes on; ``None`` when nothing is to come."""
    if hold.down is None or hold.up is not None or hold.counted:
        return None
    return hold.down + seconds


def is_complete(hold: Hold, seconds: float, now: float) -> bool:
    """Whether the button has been held for ``seconds`` and this is not known yet."""
    at = due(hold, seconds)
    return at is not None and now >= at


def levels(data: bytes, key: int) -> Iterator[tuple[float, bool]]:
    """When it went down or up, as the events in ``data`` say of ``key``.

    Where the kernel had to drop events nobody knows; then up is the harmless guess.
    """
    for seconds, micros, kind, code, value in EVENT.iter_unpack(data):
        at = seconds + micros / 1_000_000
        if (kind, code) == (EV_SYN, SYN_DROPPED):
            yield at, False
        elif (kind, code) == (EV_KEY, key) and value in {RELEASED, PRESSED}:
            yield at, value == PRESSED


def watch(device: int, key: int, seconds: float) -> Iterator[None]:
    """Yield once for each completed hold. Ends when the device is gone."""
    if stat.S_ISCHR(os.fstat(device).st_mode):  # else its times would jump with the wall clock
        fcntl.ioctl(device, EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
    hold = Hold()
    while True:
        at = due(hold, seconds)
        patience = None if at is None else max(0.0, at - time.monotonic())
        ready, _, _ = select.select([device], [], [], patience)
        if ready:
            data = os.read(device, EVENT.size * 64)
            if not data:
                return
            for when, pressed in levels(data, key):
                hold = changed(hold, pressed, when)
        if is_complete(hold, seconds, time.monotonic()):
            hold = hold._replace(counted=True)
            yield


def main() -> int:
    """Watch until the device is gone or the command fails. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("device", help="such as /dev/input/by-path/platform-button@11-event")
    parser.add_argument("--key", type=int, default=KEY_SETUP, help="key code of the button")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to hold it")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="button: %(message)s", stream=sys.stderr)
    try:
        device = os.open(given.device, os.O_RDONLY | os.O_CLOEXEC)
        for _ in watch(device, given.key, given.seconds):
            log.info("held for %g s: %s", given.seconds, shlex.join(given.command))
            subprocess.run(given.command, check=True, timeout=COMMAND_SECONDS)  # noqa: S603  as told
    except (OSError, subprocess.SubprocessError) as error:
        log.error("%s", error)
    else:
        log.error("%s is gone", given.device)
    return 1


if __name__ == "__main__":
    sys.exit(main())
