"""What the machine tells of itself, also while no daemon runs. Nothing here changes anything."""

import asyncio
import os
import platform
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

import msgspec

from firstlight import __version__
from firstlight.core.hooks import PATH
from firstlight.daemon.process import Ended, run
from firstlight.support.archive import MOST_CHARACTERS, Part

SECONDS = 10.0

MOST_OUTPUT = 10 * MOST_CHARACTERS
"""Bytes of one program's output that are taken in: the end of a log is what a bundle keeps."""

_RELEASE = Path("/etc/os-release")
_OWN = frozenset({
    "aiomqtt", "cryptography", "dbus-fast", "h11", "httpx", "msgspec", "starlette", "uvicorn",
    "zeroconf",
})  # fmt: skip


class Asked(NamedTuple):
    """A file of the bundle, and the programs that fill it."""

    name: str
    about: str
    commands: Sequence[Sequence[str]]


PROGRAMS = (
    ("NetworkManager", "--version"),
    ("wpa_supplicant", "-v"),
    ("bluetoothctl", "--version"),
    ("iw", "--version"),
    ("nft", "--version"),
    ("dnsmasq", "--version"),
)
ASKED = (
    Asked("programs.txt", "versions of the programs around Firstlight", PROGRAMS),
    Asked(
        "radio.txt",
        "the radios, what they can, and which rules they obey",
        (("iw", "dev"), ("iw", "phy"), ("iw", "reg", "get"), ("rfkill", "list")),
    ),
    Asked(
        "network.txt",
        "addresses, routes and name servers",
        (("ip", "address"), ("ip", "route"), ("ip", "neigh"), ("cat", "/etc/resolv.conf")),
    ),
    Asked(
        "networkmanager.txt",
        "NetworkManager's devices and profiles, without their secrets",
        (
            ("nmcli", "general", "status"),
            ("nmcli", "device", "show"),
            ("nmcli", "--fields", "NAME,TYPE,AUTOCONNECT,DEVICE", "connection", "show"),
        ),
    ),
)
JOURNAL = Asked(
    "journal.txt",
    "the system's log of Firstlight, NetworkManager and wpa_supplicant",
    (
        (
            *("journalctl", "--no-pager", "--output", "short-iso", "--lines", "2000"),
            *("--unit", "firstlight", "--unit", "NetworkManager", "--unit", "wpa_supplicant"),
        ),
    ),
)
KERNEL = Asked("kernel.txt", "the kernel's log", (("dmesg", "--ctime"),))


async def machine_parts(state: Path, *, logs: bool) -> list[Part]:
    """All of it. ``logs``: also the system's own, which not everybody may read."""
    asked = (*ASKED, JOURNAL, KERNEL) if logs else ASKED
    told = await asyncio.gather(*(_told(one) for one in asked))
    return [_versions(), *told, _folder(state)]


async def _told(asked: Asked) -> Part:
    said = [f"$ {' '.join(words)}\n{await _said(words)}" for words in asked.commands]
    return Part(name=asked.name, about=asked.about, text="\n".join(said))


async def _said(command: Sequence[str]) -> str:
    environment = {"PATH": f"{os.environ.get('PATH', PATH)}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
    try:
        ended = await run(
            command, environment=environment, seconds=SECONDS, most_output=MOST_OUTPUT
        )
    except OSError as error:
        return f"(can't be run: {error.strerror})\n"
    return ended.output.decode("utf-8", "replace") + _how(ended)


def _how(ended: Ended) -> str:
    if ended.status is None:
        return f"(no answer within {SECONDS:g} s)\n"
    cut = "(cut here)\n" if ended.cut else ""
    return cut if ended.status == 0 else f"{cut}(status {ended.status})\n"


def _versions() -> Part:
    told = {
        "firstlight": __version__,
        "python": platform.python_version(),
        "kernel": " ".join(platform.uname()[2:5]),
        "system": _system(),
        "packages": {
            one.name: one.version
            for one in sorted(distributions(), key=lambda one: one.name)
            if one.name.lower().replace("_", "-") in _OWN
        },
    }
    text = msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
    about = "versions of Firstlight, Python and the system"
    return Part(name="versions.json", about=about, text=text)


def _system() -> str:
    try:
        lines = _RELEASE.read_text("utf-8", "replace").splitlines()
    except OSError:
        return "unknown"
    pairs = dict(line.split("=", 1) for line in lines if "=" in line)
    return pairs.get("PRETTY_NAME", "unknown").strip('"')


def _folder(state: Path) -> Part:
    """Names, sizes and rights; never what stands in a file."""
    about = "which files the state folder holds"
    try:
        rows = [
            f"{oct(info.st_mode)} {info.st_uid:>6} {info.st_size:>9} {path.name}"
            for path in sorted(state.iterdir())
            for info in (path.lstat(),)
        ]
    except OSError as error:
        return Part(name="state-folder.txt", about=about, missing=f"{error.strerror}")
    return Part(name="state-folder.txt", about=about, text="\n".join([str(state), *rows, ""]))
