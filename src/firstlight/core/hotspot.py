"""What the device's own network is like, and when it should be up."""

import ipaddress
from collections import Counter
from collections.abc import Iterable

from firstlight.model.access_point import AccessPoint, channel_of
from firstlight.model.kept import Kept
from firstlight.model.radio import Availability, Link, RadioState, Station
from firstlight.model.ssid import MAX_BYTES, Ssid
from firstlight.model.status import Mode
from firstlight.model.text import plain
from firstlight.model.wire import HotspotAnswer

CHANNELS = (1, 6, 11)
"""The three channels of 2.4 GHz that don't overlap; every country allows all of them."""

PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else on a label."""

PASSWORD_LENGTH = 12

_FAILS_WITH_PMF = frozenset({"brcmfmac", "brcmfmac_sdio"})
_NODE_CHARACTERS = 4
_BAND_END = 2484


def default_ssid(brand: str, hostname: str) -> Ssid:
    """``<Brand>-<last four alphanumerics of the hostname, upper case; NODE if fewer>``.

    The brand is cut where the whole would be longer than an SSID may be.
    """
    letters = [char for char in hostname if char.isascii() and char.isalnum()]
    node = (
        "".join(letters[-_NODE_CHARACTERS:]).upper() if len(letters) >= _NODE_CHARACTERS else "NODE"
    )
    room = MAX_BYTES - len(node) - 1
    short = brand.encode()[:room].decode(errors="ignore")
    return Ssid.from_text(f"{short}-{node}")


def quietest_channel(access_points: Iterable[AccessPoint]) -> int:
    """The one of ``CHANNELS`` with the least signal on it and beside it; the lowest of equals."""
    load: Counter[int] = Counter(dict.fromkeys(CHANNELS, 0))
    for seen in access_points:
        heard_on = seen.channel
        if heard_on is None or seen.frequency > _BAND_END:
            continue
        for channel in CHANNELS:
            overlap = max(0, 4 - abs(channel - heard_on))
            load[channel] += seen.signal * overlap
    return min(CHANNELS, key=lambda channel: (load[channel], channel))


def channel_for(state: RadioState, access_points: Iterable[AccessPoint]) -> int:
    """That of the hotspot already up, so that it can stay up; otherwise the quietest."""
    if state.link is Link.HOTSPOT and state.frequency is not None:
        used = channel_of(state.frequency)
        if used in CHANNELS:
            return used
    return quietest_channel(access_points)


def tolerates_pmf(driver: str) -> bool:
    """Whether protected management frames may be offered.

    Some firmware fails to start a secured access point with them (raspberrypi/linux #7247, #3619).
    """
    return driver not in _FAILS_WITH_PMF


def should_be_up(
    mode: Mode, state: RadioState, *, wanted: bool, alone: bool, over_link: bool = False
) -> bool:
    """Whether to raise it now: the device waits for WiFi, and its radio has nothing to do.

    ``alone``: its turn has come, whatever the mode. ``over_link``: and the link that there is leads
    nowhere.
    """
    idle = state.link is Link.DOWN or (over_link and state.link is Link.CONNECTED)
    return (
        wanted
        and (alone or mode in {Mode.PROVISIONING, Mode.ERROR})
        and state.availability is Availability.READY
        and idle
    )


def came_over_hotspot(state: RadioState, peer: str, own: str) -> bool:
    """Whether a connection from ``peer`` to ``own`` came over the hotspot that is up.

    Both addresses as text. A host elsewhere with a route to ``own`` has an address of its own
    there; one that makes up an address of the hotspot's network never gets the answers, for they go
    out over the hotspot.
    """
    if state.link is not Link.HOTSPOT or state.ipv4 is None:
        return False
    ours = ipaddress.ip_interface(f"{state.ipv4.address}/{state.ipv4.prefix}")
    try:
        source, target = (_unmapped(ipaddress.ip_address(text)) for text in (peer, own))
    except ValueError:
        return False
    return target == ours.ip and source in ours.network and source != ours.ip


def _unmapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address in an IPv6 one that a socket for both sees (RFC 4291, 2.5.5.2)."""
    return getattr(address, "ipv4_mapped", None) or address


def told(
    kept: Kept,
    state: RadioState,
    stations: Iterable[Station],
    *,
    address: str,
    channel: int | None,
) -> HotspotAnswer:
    """The hotspot as it is, or as it would be.

    ``address`` (with prefix length) and ``channel`` are the configured ones; those in use win.
    """
    up = state.link is Link.HOTSPOT
    lease = state.ipv4 if up else None
    used = channel_of(state.frequency) if up and state.frequency is not None else None
    return HotspotAnswer(
        ssid=plain(kept.hotspot_ssid),
        ssid_hex=kept.hotspot_ssid.encode().hex(),
        password=kept.hotspot_password,
        profile=kept.hotspot_profile,
        address=lease.address if lease is not None else address.partition("/")[0],
        channel=used if used is not None else channel,
        up=up,
        stations=tuple(str(station.mac) for station in stations) if up else (),
    )
