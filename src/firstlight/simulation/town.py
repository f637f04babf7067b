"""The neighbourhood of one device, and what is true in it."""

from random import Random

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Availability, Link
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.air import WEAKEST_USABLE, opens
from firstlight.radio.simulated.description import (
    AccessPointTable,
    Description,
    Durations,
    RadioTable,
)
from firstlight.radio.simulated.faults import Dhcp, OnAir, Upstream
from firstlight.radio.simulated.profiles import Kept
from firstlight.radio.simulated.world import World
from firstlight.simulation.chance import happens

HOME = Ssid(b"Home")
OFFICE = Ssid(b"Office")
STRANGER = Ssid(b"Stranger")
PHONES = tuple(MacAddress.from_bytes(b"\x02\xf0\0\0\0" + bytes([number])) for number in (1, 2, 3))
DURATIONS = Durations(rescan=60.0, rescan_connected=86_400.0, expiry=180.0)

_FREQUENCIES = (2412, 2437, 2462, 5180)


class Town(msgspec.Struct, frozen=True):
    """``passphrases``: of every network, before any was changed.

    ``second``: Office is in reach; ``hidden``: Home does not announce its name.
    """

    described: Description
    passphrases: dict[Ssid, Passphrase]
    second: bool
    hidden: bool


def found(rng: Random, *, connectivity_check: bool = True) -> Town:
    """A neighbourhood and a radio, as they come. ``connectivity_check``: NetworkManager's own."""
    second = happens(rng, 0.4)
    names = [HOME, STRANGER, *([OFFICE] if second else [])]
    passphrases = {ssid: Passphrase(f"{ssid.text}-passphrase") for ssid in names}
    frequencies = {ssid: rng.choice(_FREQUENCIES) for ssid in names}
    hidden = happens(rng, 0.15)
    scans = happens(rng, 0.3)
    return Town(
        Description(
            radio=RadioTable(
                scan_while_hotspot=scans,
                join_while_hotspot=happens(rng, 0.4),
                one_channel=happens(rng, 0.7),
                connectivity_check=connectivity_check,
            ),
            durations=DURATIONS,
            access_points=tuple(
                AccessPointTable(
                    ssid=ssid,
                    passphrase=passphrases[ssid],
                    frequency=frequencies[ssid],
                    hidden=hidden and ssid == HOME,
                    signal=rng.randint(35, 95),
                )
                for ssid in names
            ),
        ),
        passphrases,
        second,
        hidden,
    )


def is_reachable(world: World) -> bool:
    """Whether somebody could reach the device: at a network whose gateway lives, or its hotspot."""
    device = world.device
    if device.link is Link.HOTSPOT:
        return True
    return is_home(world)


def is_home(world: World) -> bool:
    """Whether it is joined to a network whose gateway lives."""
    device = world.device
    if device.link is not Link.CONNECTED or device.ipv4 is None:
        return False
    met = world.air.at(device.bssid)
    return met is not None and met.signal >= WEAKEST_USABLE and _lives(met)


def is_ready(world: World) -> bool:
    """Whether the radio works, and NetworkManager runs."""
    return world.air.availability is Availability.READY


def way_home(world: World) -> Kept | None:
    """A saved network that could be joined now."""
    heard = world.air.heard()
    for profile in world.book:
        if profile.kind is not ProfileKind.STATION or profile.trial or not profile.autoconnect:
            continue
        for met in heard:
            if met.ssid == profile.ssid and _joinable(met, profile):
                return profile
    return None


def _joinable(met: OnAir, profile: Kept) -> bool:
    return (
        met.signal >= WEAKEST_USABLE
        and met.dhcp is not Dhcp.SILENT
        and _lives(met)
        and opens(met, profile.passphrase)
    )


def _lives(met: OnAir) -> bool:
    return met.internet is not Upstream.DEAD and met.dhcp is not Dhcp.NO_GATEWAY
