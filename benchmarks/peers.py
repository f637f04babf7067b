"""Beside comitup, as Debian has it, in the same lab: by turns, on the same radio, round by round.

comitup needs D-Bus, NetworkManager, Avahi and systemd. The first three are the real ones;
``systemd_part.py`` starts and stops its web service in systemd's place, and ``comitup_part.py``
starts comitup itself.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin

from tests.radio.lab.device import Device
from tests.radio.lab.system import log_of
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

from benchmarks.figures import Figure, figure

ROUNDS = 3
IDLE_SECONDS = 120.0
CHANNELS = (2412, 2437, 2462, 2472)
"""Those that NetworkManager chooses from for a hotspot that names none, in MHz."""

SEEN_SECONDS = 180.0
ONLINE_SECONDS = 180.0
STATE = "/var/lib/comitup"
BUS_NAME = "com.github.davesteele.comitup"
BUS_PATH = "/com/github/davesteele/comitup"
SYSTEMD_PART = Path(__file__).with_name("systemd_part.py")
COMITUP_PART = Path(__file__).with_name("comitup_part.py")
COMITUP_PROCESSES = f"{COMITUP_PART.name}|/usr/sbin/comitup"
PYTHON = "/usr/bin/python3"
"""Debian's: comitup is no part of our own environment."""

TICKS = 100
_LINK = re.compile(r"""(?:src|href)="([^"#]+)\"""")


class Peer(Protocol):
    """One of the two, in the lab."""

    name: str

    def start(self) -> None:
        """From nothing: no network saved."""
        ...

    def hotspot(self) -> str:
        """What its hotspot's name begins with."""
        ...

    def connect(self, ssid: str, password: str) -> None:
        """Hand over the home network, and return at once."""
        ...

    def pids(self) -> list[int]:
        """Its processes."""
        ...

    def stop(self) -> None:
        """Gone, with all that it left."""
        ...


class Firstlight:
    """As its unit runs it."""

    name = "Firstlight"

    def __init__(self, world: World) -> None:
        self._world = world
        self._device = Device(world.inside)

    def start(self) -> None:
        """As the protocol has it."""
        self._device.configure("[hotspot]\nssid = 'Firstlight-Bench'\n")
        self._device.start()

    def hotspot(self) -> str:
        """As the protocol has it."""
        return "Firstlight-Bench"

    def connect(self, ssid: str, password: str) -> None:
        """As the protocol has it."""
        self._device.connect(ssid.encode(), password)

    def pids(self) -> list[int]:
        """As the protocol has it."""
        return _pids(self._world, "firstlight serve")

    def stop(self) -> None:
        """As the protocol has it."""
        self._device.clear()


class Comitup:
    """As its units run it, but for systemd itself."""

    name = "comitup"

    def __init__(self, world: World) -> None:
        self._world, self._inside = world, world.inside
        self._inside.shell(f"for folder in {STATE} /var/log; do mount -t tmpfs tmpfs $folder; done")
        self._inside.spawn("avahi", "avahi-daemon", "--no-drop-root", log=log_of("avahi"))
        self._inside.spawn(
            "systemd",
            sys.executable,
            str(SYSTEMD_PART),
            log_of("comitup-web"),
            log=log_of("systemd"),
        )
        eventually(
            lambda: self._inside.run("busctl", "list").out,
            lambda told: "org.freedesktop.systemd1" in told and "org.freedesktop.Avahi" in told,
            what="Avahi and systemd's part are there",
        )

    def start(self) -> None:
        """As the protocol has it."""
        self._inside.spawn("comitup", PYTHON, str(COMITUP_PART), log=log_of("comitup"))

    def hotspot(self) -> str:
        """As the protocol has it."""
        return "comitup-"

    def connect(self, ssid: str, password: str) -> None:
        """As the protocol has it."""
        self._inside.must(
            *("busctl", "--system", "call", BUS_NAME, BUS_PATH, BUS_NAME),
            *("connect", "ss", ssid, password),
        )

    def pids(self) -> list[int]:
        """As the protocol has it."""
        return _pids(self._world, COMITUP_PROCESSES)

    def stop(self) -> None:
        """As the protocol has it."""
        self._inside.kill("comitup", "SIGKILL")
        self._inside.run("pkill", "-KILL", "-f", COMITUP_PROCESSES)
        self._inside.shell(f"rm -f {STATE}/*; nft flush ruleset; iptables -F || true")


def measure(world: World) -> list[Figure]:
    """All figures of both, each round by turns."""
    peers: list[Peer] = [Firstlight(world), Comitup(world)]
    found: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS):
        for peer in peers if number % 2 == 0 else reversed(peers):
            for what, value in _round(world, peer, idle=number == 0).items():
                found.setdefault((what, peer.name), []).append(value)
    units = dict(_UNITS)
    return [
        figure(f"{what}: {name}", units[what], found[what, name], "")
        for what in units
        for name in (peer.name for peer in peers)
        if (what, name) in found
    ]


_UNITS = (
    ("start to hotspot seen by a phone", "s"),
    ("credentials to online", "s"),
    ("idle memory (PSS)", "MB"),
    ("idle processor", "% of a core"),
    ("first page", "kB"),
)


def unavailable() -> str:
    """What is missing here, in a sentence; empty when nothing is."""
    if shutil.which("comitup") is None:
        return "comitup is not installed; tools/setup bench does it."
    return ""


def versions() -> str:
    """For the page."""
    asked = ["dpkg-query", "--show", "--showformat", "${Version}", "comitup"]
    told = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
    return f"comitup {told} of Debian"


def _round(world: World, peer: Peer, *, idle: bool) -> dict[str, float]:
    world.as_usual()
    world.system.forget_everything()
    world.inside.must("nmcli", "device", "wifi", "list", "--rescan", "yes", timeout=60)
    home = world["home"]
    try:
        seen = _seconds(peer.start, lambda: _heard(world, peer.hotspot()), SEEN_SECONDS)
        figures = {"start to hotspot seen by a phone": seen}
        if idle:
            figures |= _idle(world, peer)
            figures["first page"] = _page(world) / 1000
        figures["credentials to online"] = _seconds(
            lambda: peer.connect(home.spec.ssid.decode(), home.spec.psk or ""),
            lambda: world.system.linked_to() == home.bssid and world.system.gateway() is not None,
            ONLINE_SECONDS,
        )
        return figures
    finally:
        peer.stop()


def _seconds(begin: Callable[[], object], holds: Callable[[], bool], most: float) -> float:
    began = time.perf_counter()
    begin()
    while not holds():
        if time.perf_counter() - began > most:
            raise RuntimeError(f"not within {most:.0f} s")
        time.sleep(0.05)
    return time.perf_counter() - began


def _heard(world: World, beginning: str) -> bool:
    return any(
        heard.ssid.startswith(beginning)
        for channel in CHANNELS
        for heard in world.phone.hears(channel)
    )


def _idle(world: World, peer: Peer) -> dict[str, float]:
    """After half a minute to settle."""
    time.sleep(30)
    before, began = _ticks(world, peer), time.monotonic()
    time.sleep(IDLE_SECONDS)
    used = (_ticks(world, peer) - before) / TICKS
    pss = sum(
        int(re.search(r"(?m)^Pss: +(\d+)", world.inside.read(f"/proc/{pid}/smaps_rollup"))[1])  # type: ignore[index]
        for pid in peer.pids()
    )
    return {
        "idle memory (PSS)": pss / 1024,
        "idle processor": 100 * used / (time.monotonic() - began),
    }


def _ticks(world: World, peer: Peer) -> int:
    fields = [
        world.inside.read(f"/proc/{pid}/stat").rpartition(")")[2].split() for pid in peer.pids()
    ]
    return sum(int(one[11]) + int(one[12]) for one in fields)


def _pids(world: World, command: str) -> list[int]:
    told = world.inside.run("pgrep", "-f", command).out
    return [int(word) for word in told.split()]


def _page(world: World) -> int:
    """Bytes over the wire for the first page and what it is made of."""
    address = next(one for one in world.system.addresses()).partition("/")[0]
    start = f"http://{address}/"
    page, size = _fetched(world, start)
    links = {urljoin(start, link) for link in _LINK.findall(page)}
    own = sorted(link for link in links if link.startswith(start) and _is_part(link))
    return size + sum(_fetched(world, link)[1] for link in own)


def _is_part(link: str) -> bool:
    return link.rpartition(".")[2] in {"css", "js", "png", "gif", "svg", "ico"}


def _fetched(world: World, address: str) -> tuple[str, int]:
    told = world.inside.must(
        *("curl", "--silent", "--location", "--compressed", "--max-time", "30"),
        *("--write-out", "\\n%{size_download}", address),
        timeout=60,
    )
    page, _, size = told.rpartition("\n")
    return page, int(size)
