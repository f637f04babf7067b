"""``iw``: what the driver says of itself over nl80211, and interfaces beside the radio's own.

NetworkManager speaks of neither. docs/decisions/0005-beside-the-hotspot.md weighs the ways to ask.
"""

import re
from typing import NamedTuple

from firstlight.errors import RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Abilities
from firstlight.radio.nm import programs
from firstlight.radio.nm.programs import Run

_BOTH = 2
_MILLI = 100

_WIPHY = re.compile(r"^\s*wiphy (\d+)", re.MULTILINE)
_ADDRESS = re.compile(r"^\s*addr ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$", re.MULTILINE)
_POWER = re.compile(r"^\s*txpower (-?\d+(?:\.\d+)?) dBm", re.MULTILINE)
_COMBINATION = re.compile(r"^\s*\* (#\{.*?)(?=^\s*\* |^\s*$|\Z)", re.MULTILINE | re.DOTALL)
_LIMIT = re.compile(r"#\{([^}]*)\} <= (\d+)")
_TOTAL = re.compile(r"total <= (\d+)")
_CHANNELS = re.compile(r"#channels <= (\d+)")


class OnAir(NamedTuple):
    """An interface as the driver uses it; ``None`` for what it does not say.

    As an access point, its address is the BSSID. ``tx_power`` in dBm.
    """

    address: MacAddress | None = None
    tx_power: float | None = None


async def run(*arguments: str) -> str:
    """Run the system's ``iw``."""
    return await programs.run("iw", *arguments)


async def abilities_of(interface: str, iw: Run) -> Abilities:
    """What the driver of that interface promises. Raises ``RadioFailure``."""
    found = _WIPHY.search(await iw("dev", interface, "info"))
    if found is None:
        raise RadioFailure(f"iw does not say which radio {interface} belongs to.")
    return abilities(await iw(f"phy#{found.group(1)}", "info"))


async def add_interface(beside: str, name: str, address: MacAddress, iw: Run) -> None:
    """A second interface on the radio of ``beside``, a station until it is told otherwise."""
    await iw("dev", beside, "interface", "add", name, "type", "managed", "addr", str(address))


async def remove(name: str, iw: Run) -> None:
    """Take an interface away."""
    await iw("dev", name, "del")


async def on_air(interface: str, iw: Run) -> OnAir:
    """How the driver uses that interface now. Raises ``RadioFailure``."""
    text = await iw("dev", interface, "info")
    address, power = _ADDRESS.search(text), _POWER.search(text)
    return OnAir(
        address=MacAddress(address.group(1)) if address else None,
        tx_power=float(power.group(1)) if power else None,
    )


async def limit_power(interface: str, dbm: float | None, iw: Run) -> None:
    """Ask for a transmit power, which iw takes in 1/100 dBm; ``None``: the driver's own choice."""
    wish = ("auto",) if dbm is None else ("fixed", str(round(dbm * _MILLI)))
    await iw("dev", interface, "set", "txpower", *wish)


def abilities(text: str) -> Abilities:
    """What ``iw phy`` says of one radio (nl80211's feature flags and interface combinations)."""
    channels = [
        int(found.group(1))
        for one in _COMBINATION.findall(text)
        if _has_room(one) and (found := _CHANNELS.search(one))
    ]
    return Abilities(
        scan_as_hotspot="Device supports AP scan" in text,
        join_as_hotspot=bool(channels),
        one_channel=max(channels, default=1) < _BOTH,
    )


def _has_room(combination: str) -> bool:
    """Whether it allows an access point and a station at once."""
    total = _TOTAL.search(combination)
    if total is None or int(total.group(1)) < _BOTH:
        return False
    limits = [
        ({kind.strip() for kind in kinds.split(",")}, int(most))
        for kinds, most in _LIMIT.findall(combination)
    ]
    return any(
        "AP" in one and "managed" in other and (i != j or most >= _BOTH)
        for i, (one, most) in enumerate(limits)
        for j, (other, _) in enumerate(limits)
    )
