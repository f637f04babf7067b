"""In the radio lab: Firstlight against nmcli, paired in one run.

Both sides of a pair begin with the radio and the list of networks in the same state.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.radio.lab.device import NO_HOTSPOT_AT_START, Device
from tests.radio.lab.inside import Inside
from tests.radio.lab.vm import Machine, unavailable
from tests.radio.lab.world import World

from benchmarks.figures import Figure, circumstances, figure, table

ROUNDS = 3
LOGS = Path("tests/radio/artifacts/benchmarks").resolve()
CHANNELS = (2412, 2437, 2462)
RADIO = "wlan0"
HOTSPOT = "Yardstick"
PASSWORD = "yardstick-password"

HOTSPOT_CONFIGURATION = f"""\
[hotspot]
ssid = "{HOTSPOT}"
password = "{PASSWORD}"
channel = 1
"""


def measure(*measures: Callable[[World], list[Figure]]) -> str:
    """A section of the page, in Markdown; one boot of the laboratory for all of ``measures``."""
    if missing := unavailable():
        return f"Not measured: {missing}"
    LOGS.mkdir(parents=True, exist_ok=True)
    machine = Machine(LOGS)
    machine.boot()
    try:
        world = World(Inside(machine))
        world.build()
        figures = [one for measured in measures for one in measured(world)]
    finally:
        machine.stop()
    return (
        f"{circumstances()} Virtual radios (mac80211_hwsim) in an emulated machine of two cores: "
        f"only ratios travel to other machines.\n\n{table(figures)}"
    )


def pairs(world: World) -> list[Figure]:
    """Joining and the hotspot, each beside nmcli."""
    return [*_joins(world), *_hotspots(world)]


def _joins(world: World) -> list[Figure]:
    device = Device(world.inside)
    ours, theirs = list[float](), list[float]()
    steps: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        ours.append(_ours(world, device, steps))
        theirs.append(_theirs(world))
    return [
        *_paired("join HomeNet", ("network/connect", ours), ("nmcli", theirs), goal=1.0),
        *(figure(f"join HomeNet: until {name}", "s", when, "") for name, when in steps.items()),
    ]


def _ours(world: World, device: Device, steps: dict[str, list[float]]) -> float:
    """Seconds from the request to the end of the attempt: proven, saved, old profiles removed.

    ``steps``: takes up when each of its steps was reached.
    """
    _fresh(world, device)
    device.configure(NO_HOTSPOT_AT_START)
    device.start()
    home = world["home"].spec
    _scanned(world)
    began = time.perf_counter()
    attempt = device.join(home.ssid, home.psk)
    seconds = time.perf_counter() - began
    if attempt["state"] != "succeeded":
        raise RuntimeError(f"the join failed: {attempt}")
    for step in attempt["steps"]:
        steps.setdefault(step["name"], []).append(step["elapsedMs"] / 1000)
    return seconds


def _theirs(world: World) -> float:
    """Seconds that ``nmcli device wifi connect`` takes until the device is connected."""
    _fresh(world, Device(world.inside))
    home = world["home"].spec
    _scanned(world)
    began = time.perf_counter()
    world.inside.must(
        *("nmcli", "--wait", "60", "device", "wifi", "connect", home.ssid.decode()),
        *("password", home.psk or "", "ifname", RADIO),
        timeout=90,
    )
    return time.perf_counter() - began


def _hotspots(world: World) -> list[Figure]:
    ours, theirs, started = list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):
        ours.append(_our_hotspot(world, started))
        theirs.append(_their_hotspot(world))
    return [
        *_paired("hotspot seen", ("firstlight serve", ours), ("nmcli", theirs), goal=1.3),
        figure("hotspot seen: until the process answers", "s", started, ""),
    ]


def _our_hotspot(world: World, started: list[float]) -> float:
    """Seconds from the start of the process until a phone sees the hotspot.

    ``started``: takes up how much of that passed until the process answered.
    """
    device = Device(world.inside)
    _fresh(world, device)
    device.configure(HOTSPOT_CONFIGURATION)
    _scanned(world)

    def start() -> None:
        began = time.perf_counter()
        device.start()
        started.append(time.perf_counter() - began)

    return _until_seen(world, start)


def _their_hotspot(world: World) -> float:
    """The same for ``nmcli connection up`` of a profile that is there already."""
    _fresh(world, Device(world.inside))
    world.inside.must(
        *("nmcli", "connection", "add", "type", "wifi", "ifname", RADIO, "con-name", HOTSPOT),
        *("autoconnect", "no", "ssid", HOTSPOT, "mode", "ap", "802-11-wireless.band", "bg"),
        *("802-11-wireless.channel", "1", "ipv4.method", "shared"),
        *("ipv4.addresses", "192.168.4.1/24", "ipv6.method", "disabled"),
        *("wifi-sec.key-mgmt", "wpa-psk", "wifi-sec.psk", PASSWORD, "wifi-sec.proto", "rsn"),
        *("wifi-sec.pairwise", "ccmp", "wifi-sec.group", "ccmp"),
    )
    _scanned(world)
    return _until_seen(
        world,
        lambda: world.inside.must("nmcli", "--wait", "0", "connection", "up", HOTSPOT),
    )


def _until_seen(world: World, start: Callable[[], object]) -> float:
    began = time.perf_counter()
    start()
    while not any(heard.ssid == HOTSPOT for heard in world.phone.hears(CHANNELS[0])):
        if time.perf_counter() - began > 90:
            raise RuntimeError("the hotspot was not seen within 90 s")
    return time.perf_counter() - began


def _fresh(world: World, device: Device) -> None:
    """No daemon, no profile, and a radio with nothing to do."""
    device.clear()
    world.as_usual()
    world.system.forget_everything()


def _scanned(world: World) -> None:
    """A scan has just ended, and none is under way: the same state for both sides of a pair."""
    world.inside.must("nmcli", "device", "wifi", "list", "--rescan", "yes", timeout=60)


def _paired(
    what: str,
    ours: tuple[str, Sequence[float]],
    theirs: tuple[str, Sequence[float]],
    *,
    goal: float,
) -> list[Figure]:
    """Both sides, each in seconds a round, and the ratio of ours to theirs."""
    ratios = [mine / other for mine, other in zip(ours[1], theirs[1], strict=True)]
    medians = statistics.median(ours[1]) / statistics.median(theirs[1])
    return [
        *(figure(f"{what}: {name}", "s", seconds, "") for name, seconds in (ours, theirs)),
        figure(f"{what}: ratio", "", ratios, f"at most {goal}", f"of medians: {medians:.2f}"),
    ]
