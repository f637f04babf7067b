"""What an outage must leave behind, as NetworkManager, the kernel and the disk tell it."""

import re
from typing import Any

from tests.radio.lab.device import Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.station import Heard
from tests.radio.lab.system import PROFILES, System
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

HOME = NEIGHBOURHOOD["home"]
HOME_NAME = HOME.ssid.decode()
HOTSPOT_PROFILE = "Firstlight-Hotspot"
PROMISED_SECONDS = 120
HOMECOMING_SECONDS = 90
"""The first try begins within 60 s of the network's return; then it has to be joined."""


def on_air(world: World, system: System | None = None) -> str | None:
    """The router whose network the radio is on, with an address of it; None while on none.

    ``system``: whose radio, if not the device's.
    """
    system = system or world.system
    bssid, addresses = system.linked_to(), system.addresses()
    for name, router in world.routers.items():
        if bssid == router.bssid and any(a.startswith(f"{router.network}.") for a in addresses):
            return name
    return None


def on_disk(world: World) -> set[str]:
    """The names of the profiles that would survive a power cut."""
    kept = world.inside.run("sh", "-c", f"grep -h ^id= {PROFILES}/*").out
    return set(kept.replace("id=", "").splitlines())


def returns_to(
    world: World, *names: str, within: float = PROMISED_SECONDS, system: System | None = None
) -> str | None:
    """Wait until the radio is on one of these, within what is promised; ``system`` as above."""
    return eventually(
        lambda: on_air(world, system),
        lambda name: name in names,
        what=f"the device is on {' or '.join(names)}",
        within=within,
        every=1,
    )


def home_profile_is_intact(world: World) -> None:
    """The profile of "home" has its password, and comes back by itself."""
    [home] = [profile for profile in world.system.profiles() if profile.name == HOME_NAME]
    kept = world.inside.shell(f"cat $(grep -l uuid={home.uuid} {PROFILES}/*)")
    assert f"psk={HOME.psk}" in kept.splitlines()
    assert world.system.setting(home.uuid, "connection.autoconnect") == "yes"


def falls_back(device: Device, *, within: float = PROMISED_SECONDS) -> dict[str, Any]:
    """Wait until the device offers its hotspot; its status then."""
    return eventually(
        device.status,
        lambda seen: seen["network"]["apEnabled"],
        what="the hotspot is up",
        within=within,
    )


def comes_home(
    device: Device, world: World, *, within: float = HOMECOMING_SECONDS
) -> dict[str, Any]:
    """Wait until the device is on "home" again, its profile intact; its status then."""
    returns_to(world, "home", within=within)
    status = eventually(
        device.status,
        lambda seen: seen["network"]["connected"] and not seen["recovery"]["degradedNetworkStreak"],
        what="the daemon knows that it is at home",
    )
    assert status["network"]["apEnabled"] is False
    home_profile_is_intact(world)
    return status


def seen_by_phone(world: World, ssid: str, *, within: float = PROMISED_SECONDS) -> Heard:
    """Wait until the phone sees a network of that name."""
    [heard, *_] = eventually(
        lambda: [bss for bss in world.phone.hears() if bss.ssid == ssid],
        what=f"the phone sees {ssid}",
        within=within,
    )
    return heard


def phases(said: str) -> list[str]:
    """The phases of recovery in a stretch of the daemon's log, in order."""
    return re.findall(r"recovery: (resting|steady|degraded|looking|rejoining"
                      r"|fallback|scouting|rehearsing|homing)\b", said)  # fmt: skip
