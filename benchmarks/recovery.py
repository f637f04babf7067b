"""In the radio lab: how long an outage keeps the device out of reach, and a person waiting.

A round is: the router goes off, the hotspot is seen, the router returns, the device is online
again; then a wrong password, and the diagnostic ladder. All settings of recovery are the default.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace

from tests.radio.lab.device import API, Device
from tests.radio.lab.routers import Upstream
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

from benchmarks.figures import Figure, figure

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "10"))
FEW = 3
"""Rounds of what hardly varies."""

HOTSPOT = "Lighthouse"
CHANNEL, FREQUENCY = 1, 2412
CONFIGURATION = f"""\
[hotspot]
ssid = "{HOTSPOT}"
channel = {CHANNEL}
"""
USUAL_BEACONS = 100
SPREAD_SECONDS = 30.0
PROMISED_SECONDS = 120.0
WRONG_KEY = "not-the-password"


def measure(world: World) -> list[Figure]:
    """All figures of coming back."""
    device = Device(world.inside)
    _settle(world, device)
    away, back, told, climbed, climbed_dead = [], [], [], [], []
    for number in range(ROUNDS):
        away.append(_outage(world))
        # From one look for home to the next is half a minute: return at another moment each time.
        time.sleep(SPREAD_SECONDS * number / ROUNDS)
        back.append(_return(world, device))
        climbed.append(_ladder(device))
        if number < FEW:
            told.append(_wrong_password(world, device))
            world["home"].rewire(Upstream.DEAD)
            climbed_dead.append(_ladder(device))
            world["home"].rewire(Upstream.INTERNET)
    device.clear()
    floor = [_wrong_password_by_nmcli(world) for _ in range(FEW)]
    beacons = "beacons every 0.1 s, no goodbye"
    return [
        figure("outage begins until hotspot seen", "s", away, "at most 15 + 10", beacons),
        figure("network back until online", "s", back, "at most 60", "from the hotspot"),
        figure("wrong password told", "s", told, "at most 20", "scan and hotspot included"),
        figure("wrong password told by nmcli", "s", floor, "", "NetworkManager's floor"),
        figure("diagnostic ladder, online", "s", climbed, "at most 8"),
        figure("diagnostic ladder, line dead", "s", climbed_dead, "at most 8"),
    ]


def _settle(world: World, device: Device) -> None:
    device.clear()
    world.as_usual()
    world.system.forget_everything()
    home = replace(world["home"].spec, beacon_interval=USUAL_BEACONS)
    world["home"].start(home)
    device.configure(CONFIGURATION)
    device.start()
    attempt = device.join(home.ssid, home.psk)
    if attempt["state"] != "succeeded":
        raise RuntimeError(f"the join failed: {attempt}")


def _outage(world: World) -> float:
    """Seconds from the router's end until a phone sees the hotspot."""

    def seen() -> bool:
        return any(heard.ssid == HOTSPOT for heard in world.phone.hears(FREQUENCY))

    return _seconds(world["home"].stop, seen, "the hotspot is seen")


def _return(world: World, device: Device) -> float:
    """Seconds from the router's first beacon until the device is online."""
    home = replace(world["home"].spec, beacon_interval=USUAL_BEACONS)
    world["home"].start(home)
    return _seconds(
        lambda: None, lambda: device.status()["network"]["connected"], "the device is online"
    )


def _wrong_password(world: World, device: Device) -> float:
    """Seconds from the request until the attempt is over; before and after it is at home."""
    office = world["office"].spec
    began = time.perf_counter()
    attempt = device.join(office.ssid, WRONG_KEY)
    seconds = time.perf_counter() - began
    if attempt["cause"] != "wrong_password":
        raise RuntimeError(f"another cause was told: {attempt}")
    eventually(
        lambda: device.status()["network"]["connected"],
        what="the device is back at home",
        within=PROMISED_SECONDS,
    )
    return seconds


def _wrong_password_by_nmcli(world: World) -> float:
    world.system.forget_everything()
    office = world["office"].spec
    world.sees([office.ssid])
    began = time.perf_counter()
    refused = world.system.nmcli(
        "device", "wifi", "connect", office.ssid.decode(), "password", WRONG_KEY
    )
    seconds = time.perf_counter() - began
    if refused.rc == 0:
        raise RuntimeError("nmcli joined with a wrong password")
    return seconds


def _ladder(device: Device) -> float:
    climbed = device.api("GET", f"{API}/network/diagnostics", timeout=60)
    return climbed.json["diagnostics"]["ladder"]["elapsedMs"] / 1000


def _seconds(begin: Callable[[], object], over: Callable[[], object], what: str) -> float:
    began = time.perf_counter()
    begin()
    eventually(over, what=what, within=PROMISED_SECONDS, every=0.05)
    return time.perf_counter() - began
